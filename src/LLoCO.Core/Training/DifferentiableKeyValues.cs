using LLoCO.Core.Model;
using static TorchSharp.torch;

namespace LLoCO.Core.Training;

/// <summary>Keys and values of earlier summary embeddings while a compressor is trained: joined by concatenation, so that
/// gradients flow within a pass, and detached once stored, so that they do not flow further back.</summary>
internal sealed class DifferentiableKeyValues(int layers) : KeyValueStore
{
    private readonly (Tensor Keys, Tensor Values)?[] _stored = new (Tensor, Tensor)?[layers];
    private readonly (Tensor Keys, Tensor Values)?[] _moved = new (Tensor, Tensor)?[layers];
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

    /// <summary>Takes what is stored out of the present dispose scope into the one around it, and lets go of everything else:
    /// the memory of a window of segments then ends with the window's scope.</summary>
    internal void MoveOut()
    {
        for (int layer = 0; layer < _stored.Length; layer++)
        {
            _last[layer] = default;
            if (_stored[layer] is not { } stored)
            {
                continue;
            }

            // A view would keep the memory of the whole pass.
            (Tensor Keys, Tensor Values) kept =
                (stored.Keys.clone().MoveToOuterDisposeScope(), stored.Values.clone().MoveToOuterDisposeScope());
            if (_moved[layer] is { } earlier)
            {
                earlier.Keys.Dispose();
                earlier.Values.Dispose();
            }

            _stored[layer] = _moved[layer] = kept;
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // The tensors belong to the dispose scopes of the training step.
    }
}
