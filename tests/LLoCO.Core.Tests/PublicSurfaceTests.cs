using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;

namespace LLoCO.Core.Tests;

/// <summary>
/// Counts what users of a package see: constructors, methods, properties, fields, enum values and events of public types, without
/// what the compiler adds to records. A property counts once.
/// </summary>
public sealed class PublicSurfaceTests(ITestOutputHelper output)
{
    /// <summary>The most public members that <c>LLoCO.Core</c> may have: each is a promise.</summary>
    private const int MaxCoreMembers = 700;

    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void Core_HasNoMorePublicMembersThanItMay()
    {
        Dictionary<string, int> members = Packages().ToDictionary(
            name => name, name => Assembly.Load(name).GetExportedTypes().Sum(CountMembers));
        foreach ((string name, int count) in members)
        {
            output.WriteLine($"{name}: {count} public members");
        }

        Assert.InRange(members["LLoCO.Core"], 1, MaxCoreMembers);
    }

    [Theory]
    [InlineData(typeof(SurfaceRecord), 2)]
    [InlineData(typeof(SurfaceClass), 4)]
    [InlineData(typeof(SurfaceEnum), 2)]
    public void CountMembers_CountsWhatTheSourceDeclares(Type type, int expected) => Assert.Equal(expected, CountMembers(type));

    private static IEnumerable<string> Packages() => Directory.EnumerateDirectories(Path.Combine(RepositoryFiles.Root, "src"))
        .Select(folder => Path.GetFileName(folder)!).Where(name => name != "LLoCO.Tool").Order(StringComparer.Ordinal);

    private static int CountMembers(Type type) => typeof(Delegate).IsAssignableFrom(type)
        ? 1
        : type.GetMembers(Declared).Count(member => member switch
        {
            ConstructorInfo made => IsSeen(made) && !type.IsAbstract && !IsCompilerMade(made) && !IsCopy(made, type),
            MethodInfo method => IsSeen(method) && !IsCompilerMade(method)
                && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)),
            PropertyInfo property => property.Name != "EqualityContract" && (IsSeen(property.GetMethod) || IsSeen(property.SetMethod)),
            FieldInfo field => (field.IsPublic || field.IsFamily) && !field.IsSpecialName,
            EventInfo happening => IsSeen(happening.AddMethod),
            _ => false,
        });

    private static bool IsSeen(MethodBase? method) => method is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };

    private static bool IsCompilerMade(MethodBase method) => method.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);

    private static bool IsCopy(ConstructorInfo made, Type type) =>
        made.GetParameters() is [var only] && only.ParameterType == type;

    /// <summary>A record: its constructor and its property.</summary>
    public sealed record SurfaceRecord(int Number);

    /// <summary>A class: a constructor that is not written, a property, a method, a constant.</summary>
    public class SurfaceClass
    {
        /// <summary>A field.</summary>
        public const int Constant = 1;

        /// <summary>Gets or sets a property.</summary>
        public int Property { get; set; }

        /// <summary>A method that inheritors see.</summary>
        protected int Method() => Hidden;

        private int Hidden => Property;
    }

    /// <summary>Two values.</summary>
    public enum SurfaceEnum
    {
        /// <summary>The first.</summary>
        First = 0,

        /// <summary>The second.</summary>
        Second = 1,
    }
}
