using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>
/// Keys and values of the positions before a pass. Request state: it is an argument of <see cref="LlamaModel.Forward"/> and never
/// a field of the model, so requests cannot share it.
/// </summary>
internal abstract class KeyValueStore : IDisposable
{
    /// <summary>Gets the positions stored.</summary>
    internal abstract long Length { get; }

    /// <summary>Appends a layer's new positions to the stored ones. Every layer must get the same number.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="keys">Rotated keys, <c>[batch, kv heads, new, head]</c>.</param>
    /// <param name="values">Values, same shape.</param>
    /// <returns>All keys and values of the layer, <c>[batch, kv heads, stored + new, head]</c>; valid until the next
    /// call.</returns>
    internal abstract (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values);

    /// <summary>Makes the positions of the last pass part of the store.</summary>
    /// <param name="positions">How many of them to keep, from the first.</param>
    internal abstract void Commit(long positions);

    /// <inheritdoc/>
    public abstract void Dispose();
}
