// Names what the analyzer bans, and uses none of it.
#pragma warning disable RS0030
using System.Reflection;
using TorchSharp;

namespace LLoCO.Core.Tests.Layers;

/// <summary>
/// Finds in TorchSharp's compiled code what makes a native number whose owner nobody holds: conversions of plain numbers, and
/// whatever calls them by any way. The names are what the analyzer's list must hold.
/// </summary>
internal sealed class NumberMakers
{
    /// <summary>Whole groups that the code needs nothing of, and that make numbers throughout.</summary>
    private static readonly Type[] Groups = [typeof(torch.optim), typeof(torch.distributions), typeof(torch.utils.tensorboard)];

    private readonly HashSet<MethodBase> _methods = [];

    public NumberMakers()
    {
        ILookup<MethodBase, MethodBase> callers =
            CallScan.Calls(typeof(torch).Assembly).ToLookup(call => call.Callee, call => call.Caller);
        ConstructorInfo[] owners = typeof(Scalar).GetConstructors(
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

        // Methods that hand a number out which a script returned make none of a plain number, but are nothing to call either.
        var open = new Queue<MethodBase>(owners);
        while (open.TryDequeue(out MethodBase? callee))
        {
            foreach (MethodBase caller in callers[callee].Where(_methods.Add))
            {
                open.Enqueue(caller);
            }
        }
    }

    /// <summary>Gets the lines that the list must hold, without their messages.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            Type[] modules = [.. _methods.Select(method => method.DeclaringType!).Where(IsModule).Where(IsVisible).Distinct()];
            IEnumerable<string> factories = typeof(torch.nn).GetMethods(BindingFlags.Public | BindingFlags.Static)
                .Where(method => modules.Contains(method.ReturnType)).Select(DocumentationId.Of);
            return
            [
                .. Groups.Concat(modules).Select(DocumentationId.Of)
                    .Concat(factories)
                    .Concat(_methods.Where(IsCallable).Select(DocumentationId.Of))
                    .Distinct().Order(StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>Whether a method makes such a number or belongs to a group that does.</summary>
    public bool Contains(MethodBase method) =>
        _methods.Contains(method) || Outer(method.DeclaringType).Any(Groups.Contains)
        || (method.DeclaringType is { } type && typeof(torch.optim.Optimizer).IsAssignableFrom(type));

    private static bool IsCallable(MethodBase method) =>
        (method.IsPublic || method.IsFamily) && method.DeclaringType is { } type && IsVisible(type) && !IsModule(type)
        && !Outer(type).Any(Groups.Contains);

    private static bool IsModule(Type type) => Outer(type).Last().Namespace == "TorchSharp.Modules";

    private static bool IsVisible(Type type) => Outer(type).All(one => one.IsPublic || one.IsNestedPublic);

    private static IEnumerable<Type> Outer(Type? type)
    {
        for (; type is not null; type = type.DeclaringType)
        {
            yield return type;
        }
    }
}
