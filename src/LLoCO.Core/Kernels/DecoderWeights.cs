using LLoCO.Core.Families;

namespace LLoCO.Core.Kernels;

/// <summary>The weights for decoding. Matrices may be borrowed from another owner; copies made for the kernels are disposed with
/// this object.</summary>
internal sealed class DecoderWeights : IDisposable
{
    /// <summary>Gets the shape.</summary>
    internal required DecoderShape Shape { get; init; }

    /// <summary>Gets the token embedding, in a floating-point format.</summary>
    internal required WeightMatrix Embedding { get; init; }

    /// <summary>Gets the decoder layers.</summary>
    internal required DecoderLayer[] Layers { get; init; }

    /// <summary>Gets the last norm's weight, float32.</summary>
    internal required NativeBlock FinalNorm { get; init; }

    /// <summary>Gets the output head.</summary>
    internal required WeightMatrix Head { get; init; }

    /// <summary>Gets the bytes of weights that generating one token reads.</summary>
    internal long BytesPerToken => Head.Bytes + FinalNorm.Bytes + Layers.Sum(layer => layer.Bytes);

    /// <inheritdoc/>
    public void Dispose()
    {
        Embedding.Dispose();
        Head.Dispose();
        FinalNorm.Dispose();
        foreach (DecoderLayer layer in Layers)
        {
            layer.Dispose();
        }
    }
}

/// <summary>The weights of one layer, those of <see cref="LayerTable"/> that the model has.</summary>
/// <param name="Matrices">The linear layers, by <see cref="LoraTarget"/>.</param>
/// <param name="Vectors">Norms and other vectors, float32, by <see cref="LayerWeight"/>; <see langword="null"/> where the model
/// has none.</param>
internal sealed record DecoderLayer(WeightMatrix[] Matrices, NativeBlock?[] Vectors) : IDisposable
{
    /// <summary>Gets the bytes of the weights.</summary>
    internal long Bytes => Matrices.Sum(matrix => matrix.Bytes) + Vectors.Sum(vector => vector?.Bytes ?? 0);

    /// <summary>Gets a matrix.</summary>
    internal WeightMatrix this[LoraTarget which] => Matrices[(int)which];

    /// <summary>Gets a vector that the model must have.</summary>
    internal NativeBlock this[LayerWeight which] => Vectors[(int)which]
        ?? throw new InvalidOperationException($"The model's layers have no weight {which}.");

    /// <summary>A vector, or <see langword="null"/> where the model has none.</summary>
    internal NativeBlock? Find(LayerWeight which) => Vectors[(int)which];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (WeightMatrix matrix in Matrices)
        {
            matrix.Dispose();
        }

        foreach (NativeBlock? vector in Vectors)
        {
            vector?.Dispose();
        }
    }
}
