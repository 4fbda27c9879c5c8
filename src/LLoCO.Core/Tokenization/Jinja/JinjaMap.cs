namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>A mapping from strings to values, in the order in which they were added.</summary>
internal sealed class JinjaMap : OrderedDictionary<string, object?>
{
    /// <summary>Creates an empty one.</summary>
    public JinjaMap()
        : base(StringComparer.Ordinal)
    {
    }
}
