namespace LLoCO.Core.Kernels;

/// <summary>One answer under way, as the engine sees it: what is fed next, and behind what.</summary>
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

    /// <summary>Gets or sets its position: how many are cached.</summary>
    internal int Position { get; set; }
}
