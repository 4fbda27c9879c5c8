using LLoCO.Core.Model;
using static TorchSharp.torch;

namespace LLoCO.Core.Training;

/// <summary>Keys and values of earlier summary embeddings while a compressor is trained: joined by concatenation, so that
/// gradients flow within a pass, and detached once stored, so that they do not flow further back.</summary>
internal sealed class DifferentiableKeyValues(int layers) : KeyValueStore
{
    private readonly (Tensor Keys, Tensor Values)?[] _stored = new (Tensor, Tensor)?[layers];
    private readonly (Tensor Keys, Tensor Values)[] _last = new (Tensor, Tensor)[layers];
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

        _last[layer] = (keys, values);
        return (keys, values);
    }

    /// <inheritdoc/>
    internal override void Commit(long positions)
    {
        _length += positions;
        for (int layer = 0; layer < _last.Length; layer++)
        {
            (Tensor keys, Tensor values) = _last[layer];
            _stored[layer] = (keys.narrow(2, 0, _length).detach(), values.narrow(2, 0, _length).detach());
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // The tensors belong to the dispose scope of the training step.
    }
}
