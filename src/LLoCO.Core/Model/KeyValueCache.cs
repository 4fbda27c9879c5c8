using LLoCO.Core.Families;
using LLoCO.Core.Kernels;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>
/// KV cache of one request: a read-only prefix that it may share with others, followed by preallocated memory of its own, into
/// which passes write. Nothing is copied between the two.
/// </summary>
internal sealed class KeyValueCache : KeyValueStore
{
    private readonly LazyTensor[] _keys;
    private readonly LazyTensor[] _values;
    private readonly long _capacity;
    private PrefixKeyValues? _prefix;
    private long _own;
    private bool _released;
    private bool _isPlain;

    /// <summary>Allocates the cache's own part.</summary>
    /// <param name="config">Gives layers, key/value heads and head width.</param>
    /// <param name="batch">Rows; 1 behind a prefix.</param>
    /// <param name="capacity">Most positions behind the prefix.</param>
    /// <param name="type">Number format of the stored keys and values: the weights' own.</param>
    /// <param name="device">Where the model lives.</param>
    internal KeyValueCache(LlamaConfig config, long batch, long capacity, ScalarType type, Device device)
    {
        _capacity = capacity;
        _isPlain = LazyTensor.IsPlain(device);
        _keys = new LazyTensor[config.Layers];
        _values = new LazyTensor[config.Layers];
        long[] shape = [batch, config.KeyValueHeads, capacity, config.HeadDimension];
        for (int layer = 0; layer < config.Layers; layer++)
        {
            _keys[layer] = LazyTensor.Allocate(shape, type, device);
            _values[layer] = LazyTensor.Allocate(shape, type, device);
        }
    }

    /// <inheritdoc/>
    internal override long Length => (_prefix?.Length ?? 0) + _own;

    /// <inheritdoc/>
    internal override long NextPosition => (_prefix?.Positions ?? 0) + _own;

    /// <inheritdoc/>
    internal override Tensor? Bias(int layer) => _prefix?.Bias(layer);

    /// <summary>Gets what stands in front, if anything.</summary>
    internal PrefixKeyValues? Prefix => _prefix;

    /// <summary>Gets the positions of the cache's own part.</summary>
    internal long OwnLength => _own;

    /// <summary>Gets the memory of the cache's own part, in bytes.</summary>
    internal long Bytes => 2 * _keys.Length * _keys[0].Bytes;

    /// <summary>Gets whether libtorch has not used the own part yet. When it does, the numbers move: ask <see cref="Show"/> again.</summary>
    internal bool IsPlain => _isPlain;

    /// <summary>The memory that a cache would take, in bytes.</summary>
    internal static long BytesFor(LlamaConfig config, long batch, long capacity, ScalarType type) =>
        2L * config.Layers * batch * config.KeyValueHeads * capacity * config.HeadDimension
        * (type == ScalarType.Float32 ? 4 : 2);

    /// <summary>Gets a layer's own keys with all their room, <c>[batch, kv heads, capacity, head]</c>; the first
    /// <see cref="OwnLength"/> positions are stored.</summary>
    internal Tensor OwnKeys(int layer) => Own(_keys, layer);

    /// <summary>Gets a layer's own values; see <see cref="OwnKeys"/>.</summary>
    internal Tensor OwnValues(int layer) => Own(_values, layer);

    /// <summary>Gets the stored entries of a layer in order of position: the prefix, then the own part; empty parts are left out.
    /// Views, not copies.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="written">Positions that were written but not committed and count as stored.</param>
    internal IEnumerable<(Tensor Keys, Tensor Values)> Stored(int layer, long written = 0)
    {
        if (_prefix is not null)
        {
            yield return (_prefix.Keys(layer), _prefix.Values(layer));
        }

        long own = _own + written;
        if (own > 0)
        {
            yield return (OwnKeys(layer).narrow(2, 0, own), OwnValues(layer).narrow(2, 0, own));
        }
    }

    /// <summary>Attaches a prefix to an empty cache.</summary>
    /// <param name="prefix">The prefix; this cache becomes a holder, even if it throws.</param>
    internal void Attach(PrefixKeyValues prefix)
    {
        if (Length > 0 || _keys[0].Shape[0] != 1)
        {
            prefix.Dispose();
            throw new InvalidOperationException("A prefix stands in front of one row that has stored nothing yet.");
        }

        _prefix = prefix;
        IsLong = prefix.IsLong;
    }

    /// <summary>Removes all positions, those of the prefix too.</summary>
    internal void Clear()
    {
        _prefix?.Dispose();
        (_prefix, _own) = (null, 0);
    }

    /// <summary>Appends a layer's new positions to the stored ones.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="keys">Rotated keys, <c>[batch, kv heads, new, head]</c>.</param>
    /// <param name="values">Values, same shape.</param>
    internal void Write(int layer, Tensor keys, Tensor values)
    {
        long added = keys.size(2);
        if (_own + added > _capacity)
        {
            throw new InvalidOperationException(
                $"The key/value cache has room for {_capacity} positions; {_own} are stored and {added} more were given.");
        }

        using Tensor keyRows = OwnKeys(layer).narrow(2, _own, added);
        using Tensor valueRows = OwnValues(layer).narrow(2, _own, added);
        keyRows.copy_(keys);
        valueRows.copy_(values);
    }

    /// <inheritdoc/>
    internal override (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values)
    {
        Write(layer, keys, values);
        long filled = _own + keys.size(2);
        Tensor allKeys = OwnKeys(layer).narrow(2, 0, filled);
        Tensor allValues = OwnValues(layer).narrow(2, 0, filled);
        return _prefix is null
            ? (allKeys, allValues)
            : (cat([_prefix.Keys(layer), allKeys], 2), cat([_prefix.Values(layer), allValues], 2));
    }

    /// <inheritdoc/>
    internal override void Commit(long positions) => _own += positions;

    /// <summary>Gives the decoding kernels access to the keys and values. They read them and append positions;
    /// <see cref="Commit"/> adds these to the cache. The prefix is read-only.</summary>
    internal DecoderCache Show() => new(
        _keys[0].Type switch
        {
            ScalarType.Float32 => MatrixFormat.Float32,
            ScalarType.BFloat16 => MatrixFormat.BFloat16,
            _ => MatrixFormat.Float16,
        },
        checked((int)_capacity),
        Array.ConvertAll(_keys, keys => keys.Address),
        Array.ConvertAll(_values, values => values.Address))
    {
        PrefixLength = checked((int)(_prefix?.Length ?? 0)),
        PrefixKeys = _prefix is null ? [] : _prefix.KeyAddresses(),
        PrefixValues = _prefix is null ? [] : _prefix.ValueAddresses(),
        PrefixBiases = _prefix is null ? [] : _prefix.BiasAddresses(),
        PositionShift = checked((int)(NextPosition - Length)),
    };

    /// <summary>Removes all positions from the given one on; the prefix stays.</summary>
    /// <param name="length">Positions to keep, those of the prefix among them.</param>
    internal void Truncate(long length) => _own = Math.Clamp(length - (_prefix?.Length ?? 0), 0, _own);

    /// <summary>Releases the stored positions for sharing. This cache must be full and without a prefix, and must not be used
    /// afterwards.</summary>
    /// <returns>The keys and values; the caller is their holder.</returns>
    internal PrefixKeyValues Freeze()
    {
        if (_prefix is not null || _own != _capacity)
        {
            throw new InvalidOperationException(
                $"Only a full cache without a prefix can be shared; this one has {_own} of {_capacity} positions.");
        }

        _released = true;
        return new PrefixKeyValues(_keys, _values) { IsLong = IsLong };
    }

    // All layers at once: some here and some there would be read by nobody.
    private Tensor Own(LazyTensor[] which, int layer)
    {
        if (_isPlain)
        {
            _isPlain = false;
            foreach (LazyTensor numbers in _keys.Concat(_values))
            {
                _ = numbers.Tensor;
            }
        }

        return which[layer].Tensor;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_released)
        {
            return;
        }

        _released = true;
        _prefix?.Dispose();
        foreach (LazyTensor tensor in _keys.Concat(_values))
        {
            tensor.Dispose();
        }
    }
}
