using LLoCO.Core.Lora;
using LLoCO.Core.Tensors;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>Everything a pass through the decoder needs besides its inputs.</summary>
/// <param name="Positions">Int64 rotary positions of the inputs, <c>[seq]</c> or <c>[batch, seq]</c>.</param>
/// <param name="PositionLimit">One more than the largest position.</param>
internal sealed record ForwardPass(Tensor Positions, long PositionLimit)
{
    /// <summary>Gets the attention mask, boolean (true: attend) or numbers of the model's format that are added to the scores,
    /// <c>[batch or 1, 1, seq, stored + seq]</c>, or <see langword="null"/> for none: then <see cref="Causal"/>
    /// decides.</summary>
    internal Tensor? Mask { get; init; }

    /// <summary>Gets whether attention is causal by itself. Only for an empty cache: libtorch aligns the triangle
    /// top-left.</summary>
    internal bool Causal { get; init; }

    /// <summary>Gets the KV cache to read and extend, if any.</summary>
    internal KeyValueStore? Cache { get; init; }

    /// <summary>Gets the adapter, or <see langword="null"/> for the base model.</summary>
    internal LoraAdapter? Adapter { get; init; }

    /// <summary>Gets what is called with each layer and its rotated queries, <c>[batch, heads, seq, head]</c>.</summary>
    internal Action<int, SeenQueries>? Seen { get; init; }

    /// <summary>Gets the caches and adapters of the rows, in place of <see cref="Cache"/> and <see cref="Adapter"/>: one input
    /// per row, each after its own KV cache.</summary>
    internal SequenceBatch? Rows { get; init; }

    /// <summary>Creates a causal pass over consecutive positions after all stored ones.</summary>
    /// <param name="start">The number of stored entries.</param>
    /// <param name="length">Number of inputs.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="cache">The stored keys and values; their length must equal <paramref name="start"/>. They say at which position
    /// the inputs begin.</param>
    /// <param name="adapter">The adapter.</param>
    internal static ForwardPass Consecutive(
        long start, long length, Device device, KeyValueStore? cache = null, LoraAdapter? adapter = null)
    {
        long first = cache?.NextPosition ?? start;
        Tensor positions = HeldNumbers.Range(first, first + length, device);
        return new ForwardPass(positions, first + length)
        {
            Mask = start > 0 && length > 1 ? SuffixMask(start, length, device) : null,
            Causal = start == 0,
            Cache = cache,
            Adapter = adapter,
        };
    }

    /// <summary>Causal mask of inputs behind stored positions: bottom-right aligned.</summary>
    private static Tensor SuffixMask(long stored, long length, Device device) =>
        ones([length, stored + length], dtype: ScalarType.Bool, device: device).tril(stored).view(1, 1, length, stored + length);
}
