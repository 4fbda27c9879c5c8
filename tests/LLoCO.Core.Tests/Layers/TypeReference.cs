namespace LLoCO.Core.Tests.Layers;

/// <summary>A type that some other type refers to.</summary>
/// <param name="Assembly">The assembly it lives in; empty for the assembly that was scanned.</param>
/// <param name="Namespace">Its namespace; a nested type has that of the outermost one.</param>
/// <param name="Name">The outermost type's name.</param>
internal readonly record struct TypeReference(string Assembly, string Namespace, string Name)
{
    public override string ToString() => $"{Namespace}.{Name}";
}
