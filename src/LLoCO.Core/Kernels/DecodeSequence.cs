namespace LLoCO.Core.Kernels;

/// <summary>One answer in progress, as the engine sees it: the next token and the KV cache.</summary>
/// <param name="cache">Its keys and values.</param>
/// <param name="adapter">Its adapter, or <see langword="null"/> for the base model.</param>
internal sealed class DecodeSequence(DecoderCache cache, DecoderAdapter? adapter)
{
    /// <summary>Gets the keys and values; a step adds those of its position.</summary>
    internal DecoderCache Cache => cache;

    /// <summary>Gets the adapter.</summary>
    internal DecoderAdapter? Adapter => adapter;

    /// <summary>Gets or sets the token that the next step feeds.</summary>
    internal int Token { get; set; }

    /// <summary>Gets or sets its position, which is the number of cached positions.</summary>
    internal int Position { get; set; }

    /// <summary>Refuses a position that the KV cache has no room for. The kernels do not check bounds: a write past the end would hit
    /// another object's memory.</summary>
    internal void EnsureRoom()
    {
        if ((uint)(Position - cache.PrefixLength) >= (uint)cache.Capacity)
        {
            throw new InvalidOperationException(
                $"The key/value cache holds {cache.Capacity} positions behind a prefix of {cache.PrefixLength}; "
                + $"position {Position} is none of them.");
        }
    }
}
