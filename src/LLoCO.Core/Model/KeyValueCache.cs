using LLoCO.Core.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>Preallocated key/value cache for inference: a step writes its rows in place and copies nothing else.</summary>
internal sealed class KeyValueCache : KeyValueStore
{
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
    private readonly long _capacity;
    private long _length;

    /// <summary>Allocates a cache.</summary>
    /// <param name="config">Gives layers, key/value heads and head width.</param>
    /// <param name="batch">Rows.</param>
    /// <param name="capacity">Most positions.</param>
    /// <param name="type">Number format of the model's activations.</param>
    /// <param name="device">Where the model lives.</param>
    internal KeyValueCache(LlamaConfig config, long batch, long capacity, ScalarType type, Device device)
    {
        _capacity = capacity;
        _keys = new Tensor[config.Layers];
        _values = new Tensor[config.Layers];
        long[] shape = [batch, config.KeyValueHeads, capacity, config.HeadDimension];
        for (int layer = 0; layer < config.Layers; layer++)
        {
            _keys[layer] = empty(shape, dtype: type, device: device).DetachFromDisposeScope();
            _values[layer] = empty(shape, dtype: type, device: device).DetachFromDisposeScope();
        }
    }

    /// <inheritdoc/>
    internal override long Length => _length;

    /// <summary>Gets the memory that a cache takes, in bytes.</summary>
    internal long Bytes => 2 * _keys.Length * _keys[0].numel() * _keys[0].element_size();

    /// <summary>The memory that a cache would take, in bytes.</summary>
    internal static long BytesFor(LlamaConfig config, long batch, long capacity, ScalarType type) =>
        2L * config.Layers * batch * config.KeyValueHeads * capacity * config.HeadDimension
        * (type == ScalarType.Float32 ? 4 : 2);

    /// <inheritdoc/>
    internal override (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values)
    {
        long added = keys.size(2);
        if (_length + added > _capacity)
        {
            throw new InvalidOperationException(
                $"The key/value cache holds {_capacity} positions; {_length} are stored and {added} more were given.");
        }

        using (Tensor keyRows = _keys[layer].narrow(2, _length, added))
        using (Tensor valueRows = _values[layer].narrow(2, _length, added))
        {
            keyRows.copy_(keys);
            valueRows.copy_(values);
        }

        return (_keys[layer].narrow(2, 0, _length + added), _values[layer].narrow(2, 0, _length + added));
    }

    /// <inheritdoc/>
    internal override void Commit(long positions) => _length += positions;

    /// <summary>Shows one row's keys and values to the decoding kernels, which read them and write the positions behind those
    /// that are stored; <see cref="Commit"/> makes what they wrote part of the cache.</summary>
    internal DecoderCache Show() => new(
        _keys[0].dtype switch
        {
            ScalarType.Float32 => MatrixFormat.Float32,
            ScalarType.BFloat16 => MatrixFormat.BFloat16,
            _ => MatrixFormat.Float16,
        },
        checked((int)_capacity),
        Array.ConvertAll(_keys, TensorMemory.AddressOf),
        Array.ConvertAll(_values, TensorMemory.AddressOf));

    /// <summary>Forgets all positions from the given one on.</summary>
    /// <param name="length">Positions to keep.</param>
    internal void Truncate(long length) => _length = Math.Min(_length, length);

    /// <summary>Copies all stored positions of another cache of the same model into this one, which must be empty.</summary>
    /// <param name="other">Where to copy from.</param>
    internal void CopyFrom(KeyValueCache other)
    {
        for (int layer = 0; layer < _keys.Length; layer++)
        {
            Append(layer, other._keys[layer].narrow(2, 0, other._length), other._values[layer].narrow(2, 0, other._length));
        }

        Commit(other._length);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (Tensor tensor in _keys.Concat(_values))
        {
            tensor.Dispose();
        }
    }
}
