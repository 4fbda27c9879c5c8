using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>Stores only the first positions of a pass, although the pass attends to all of them.</summary>
/// <param name="cache">The store of the kept positions.</param>
/// <param name="kept">How many of them.</param>
internal sealed class PartialKeyValueStore(KeyValueCache cache, long kept) : KeyValueStore
{
    /// <inheritdoc/>
    internal override long Length => cache.Length;

    /// <inheritdoc/>
    internal override long NextPosition => cache.NextPosition;

    /// <inheritdoc/>
    internal override Tensor? Bias(int layer) => cache.Bias(layer);

    /// <inheritdoc/>
    internal override bool IsLong
    {
        get => cache.IsLong;
        set => cache.IsLong = value;
    }

    /// <inheritdoc/>
    internal override (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values)
    {
        (Tensor Keys, Tensor Values)[] stored = [.. cache.Stored(layer)];
        if (kept > 0)
        {
            cache.Write(layer, keys.narrow(2, 0, kept), values.narrow(2, 0, kept));
        }

        return (
            cat([.. stored.Select(part => part.Keys), keys], 2),
            cat([.. stored.Select(part => part.Values), values], 2));
    }

    /// <inheritdoc/>
    internal override void Commit(long positions) => cache.Commit(positions);

    /// <inheritdoc/>
    public override void Dispose()
    {
        // The cache belongs to the caller.
    }
}
