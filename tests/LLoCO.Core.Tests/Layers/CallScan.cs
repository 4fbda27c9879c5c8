using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace LLoCO.Core.Tests.Layers;

/// <summary>Which method of an assembly calls which methods, of its own and of others.</summary>
internal static class CallScan
{
    /// <summary>All calls, and references to methods, in the bodies of an assembly's methods. Generic methods and methods of
    /// generic types are their definitions.</summary>
    public static IReadOnlyList<(MethodBase Caller, MethodBase Callee)> Calls(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        MetadataReader metadata = file.GetMetadataReader();
        var calls = new List<(MethodBase, MethodBase)>();
        foreach (MethodDefinitionHandle handle in metadata.MethodDefinitions)
        {
            int address = metadata.GetMethodDefinition(handle).RelativeVirtualAddress;
            if (address != 0)
            {
                MethodBase caller = assembly.ManifestModule.ResolveMethod(MetadataTokens.GetToken(handle))!;
                calls.AddRange(IntermediateCode.Tokens(file.GetMethodBody(address).GetILReader())
                    .Where(token => IsMethod(metadata, token)).Select(token => (caller, Resolve(caller, token))));
            }
        }

        return calls;
    }

    private static bool IsMethod(MetadataReader metadata, EntityHandle token) => token.Kind switch
    {
        HandleKind.MethodDefinition or HandleKind.MethodSpecification => true,
        HandleKind.MemberReference =>
            metadata.GetMemberReference((MemberReferenceHandle)token).GetKind() == MemberReferenceKind.Method,
        _ => false,
    };

    private static MethodBase Resolve(MethodBase caller, EntityHandle token)
    {
        MethodBase callee = caller.Module.ResolveMethod(
            MetadataTokens.GetToken(token),
            caller.DeclaringType?.GetGenericArguments(),
            caller.IsGenericMethod ? caller.GetGenericArguments() : null)!;

        // Methods of arrays exist at run time only, and have no definition.
        return callee.DeclaringType is { IsArray: true } ? callee : callee.Module.ResolveMethod(callee.MetadataToken)!;
    }
}
