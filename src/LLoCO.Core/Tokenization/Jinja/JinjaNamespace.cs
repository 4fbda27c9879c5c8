namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>What <c>namespace(…)</c> makes: an object whose attributes loops can set.</summary>
internal sealed class JinjaNamespace
{
    /// <summary>Gets the attributes.</summary>
    public Dictionary<string, object?> Attributes { get; } = new(StringComparer.Ordinal);
}
