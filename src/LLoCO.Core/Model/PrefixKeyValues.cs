using LLoCO.Core.Tensors;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/*
 *   prefix cache ──────┐
 *   answer 1 ──────────┼──► PrefixKeyValues   [ prefix: read by all, written by nobody ]
 *   answer 2 ──────────┘                     ▲
 *                                            └── attended to in front of each answer's own KeyValueCache
 */

/// <summary>KV cache entries of a prefix: computed once, read by any number of answers at the same time without a copy, and
/// released by the last holder.</summary>
internal sealed class PrefixKeyValues : IDisposable
{
    private readonly LazyTensor[] _keys;
    private readonly LazyTensor[] _values;
    private readonly LazyTensor[] _biases = [];
    private int _holders = 1;

    /// <summary>Takes ownership of one pair of tensors per layer.</summary>
    /// <param name="keys">Rotated keys, <c>[1, kv heads, length, head]</c>, contiguous, in no dispose scope.</param>
    /// <param name="values">Values, same shape.</param>
    internal PrefixKeyValues(Tensor[] keys, Tensor[] values)
        : this(Array.ConvertAll(keys, tensor => new LazyTensor(tensor)), Array.ConvertAll(values, tensor => new LazyTensor(tensor)))
    {
    }

    /// <summary>Takes ownership of numbers that libtorch may not know yet.</summary>
    /// <inheritdoc cref="PrefixKeyValues(Tensor[], Tensor[])"/>
    internal PrefixKeyValues(LazyTensor[] keys, LazyTensor[] values)
    {
        _keys = keys;
        _values = values;
        Length = keys[0].Shape[2];
        Positions = Length;
        Bytes = 2 * keys.Length * keys[0].Bytes;
    }

    /// <summary>Gets the entries: one per position, or one per slot of a document's memory.</summary>
    internal long Length { get; }

    /// <summary>Gets the positions that the entries stand for, from 0; what follows is rotated from there on. More than
    /// <see cref="Length"/> where slots stand for more tokens than they are.</summary>
    internal long Positions { get; init; }

    /// <summary>Gets the numbers that are added to the scores of a layer, <c>[kv heads, length]</c>, float32, contiguous;
    /// <see langword="null"/> for none. Taken over.</summary>
    internal LazyTensor[] Biases
    {
        init
        {
            _biases = value;
            Bytes += _biases.Sum(bias => bias.Bytes);
        }
    }

    /// <summary>Gets whether the keys are rotated with the long factors of longrope.</summary>
    internal bool IsLong { get; init; }

    /// <summary>Gets the memory taken, in bytes.</summary>
    internal long Bytes { get; private init; }

    /// <summary>Gets the layers.</summary>
    internal int Layers => _keys.Length;

    /// <summary>Gets a layer's keys, <c>[1, kv heads, length, head]</c>. Not to be written to.</summary>
    internal Tensor Keys(int layer) => _keys[layer].Tensor;

    /// <summary>Gets a layer's values, <c>[1, kv heads, length, head]</c>. Not to be written to.</summary>
    internal Tensor Values(int layer) => _values[layer].Tensor;

    /// <summary>Where the keys of all layers are, for readers without libtorch; valid as long as there is a holder.</summary>
    internal nint[] KeyAddresses() => Array.ConvertAll(_keys, keys => keys.Address);

    /// <summary>Where the values are; see <see cref="KeyAddresses"/>.</summary>
    internal nint[] ValueAddresses() => Array.ConvertAll(_values, values => values.Address);

    /// <summary>Gets what is added to a layer's scores, <c>[kv heads, length]</c>, float32; <see langword="null"/> for nothing. Not to
    /// be written to.</summary>
    internal Tensor? Bias(int layer) => _biases.Length == 0 ? null : _biases[layer].Tensor;

    /// <summary>Where what is added to scores is; empty for nothing. See <see cref="KeyAddresses"/>.</summary>
    internal nint[] BiasAddresses() => Array.ConvertAll(_biases, biases => biases.Address);

    /// <summary>Adds a holder, which must also dispose once.</summary>
    /// <returns>This object.</returns>
    internal PrefixKeyValues Share()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }

    /// <summary>Releases one holder. The last one frees the memory.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) != 0)
        {
            return;
        }

        foreach (LazyTensor tensor in _keys.Concat(_values).Concat(_biases))
        {
            tensor.Dispose();
        }
    }
}
