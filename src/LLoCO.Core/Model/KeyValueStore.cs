using LLoCO.Core.Families;
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

    /// <summary>Gets the position of what follows, by which it is rotated: <see cref="Length"/>, unless slots in front stand for more
    /// positions than they are.</summary>
    internal virtual long NextPosition => Length;

    /// <summary>Gets what is added to the scores of a layer's first entries, <c>[kv heads, entries]</c>, float32; <see langword="null"/>
    /// for nothing.</summary>
    internal virtual Tensor? Bias(int layer) => null;

    /// <summary>Gets or sets whether the keys are rotated with the long factors of longrope. Whoever feeds a sequence in parts
    /// sets it before the first.</summary>
    internal virtual bool IsLong { get; set; }

    /// <summary>Chooses the factors of longrope for a pass: the long ones where the sequence is longer than the original window,
    /// with the pass or because the store says so. Other models have no such choice.</summary>
    /// <param name="scaling">The model's rule.</param>
    /// <param name="store">The keys before the pass, or <see langword="null"/> for none; takes the choice.</param>
    /// <param name="length">Positions of the sequence after the pass.</param>
    /// <returns>Whether the long ones are used.</returns>
    /// <exception cref="LlocoException">Keys before the pass are rotated with the short ones.</exception>
    internal static bool SetLong(RopeScaling scaling, KeyValueStore? store, long length)
    {
        bool isLong = scaling.IsLong(length) || (scaling.Long is not null && store?.IsLong == true);
        if (store is null || store.IsLong == isLong)
        {
            return isLong;
        }

        if (store.Length > 0)
        {
            throw new LlocoException(
                $"The sequence grows to {length} positions, beyond original_max_position_embeddings ({scaling.OriginalMaxPositions}), where "
                + "longrope rotates all positions by other angles; those before are stored with the angles of a short sequence. Use "
                + "shorter segments or fewer of them in a row");
        }

        store.IsLong = isLong;
        return isLong;
    }

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
