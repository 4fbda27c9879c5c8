using LLoCO.Core.Model;
using static TorchSharp.torch;

namespace LLoCO.Training;

/// <summary>Keys and values of earlier summary embeddings while a compressor is trained: joined by concatenation, so that
/// gradients flow within a pass, and detached once stored, so that they do not flow further back.</summary>
/// <remarks>Its tensors belong to it and to no dispose scope. The backward pass holds by itself what it needs of
/// them.</remarks>
internal sealed class DifferentiableKeyValues(int layers) : KeyValueStore
{
    private readonly (Tensor Keys, Tensor Values)?[] _stored = new (Tensor, Tensor)?[layers];
    private readonly (Tensor Keys, Tensor Values)?[] _last = new (Tensor, Tensor)?[layers];
    private long _length;

    /// <inheritdoc/>
    internal override long Length => _length;

    /// <inheritdoc/>
    internal override (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values)
    {
        if (_stored[layer] is { } stored)
        {
            keys = cat([stored.Keys, keys], 2);
            values = cat([stored.Values, values], 2);
        }

        Replace(ref _last[layer], (keys.DetachFromDisposeScope(), values.DetachFromDisposeScope()));
        return (keys, values);
    }

    /// <inheritdoc/>
    internal override void Commit(long positions)
    {
        _length += positions;
        for (int layer = 0; layer < _last.Length; layer++)
        {
            if (positions > 0 && _last[layer] is { } last)
            {
                Replace(ref _stored[layer], (Kept(last.Keys), Kept(last.Values)));
            }

            Replace(ref _last[layer], null);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        for (int layer = 0; layer < _last.Length; layer++)
        {
            Replace(ref _stored[layer], null);
            Replace(ref _last[layer], null);
        }
    }

    private static void Replace(ref (Tensor Keys, Tensor Values)? place, (Tensor Keys, Tensor Values)? next)
    {
        place?.Keys.Dispose();
        place?.Values.Dispose();
        place = next;
    }

    /// <summary>A copy: a view would keep the memory of the whole pass.</summary>
    private Tensor Kept(Tensor all)
    {
        using Tensor part = all.narrow(2, 0, _length);
        using Tensor numbers = part.detach();
        return numbers.clone().DetachFromDisposeScope();
    }
}
