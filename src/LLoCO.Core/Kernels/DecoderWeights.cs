namespace LLoCO.Core.Kernels;

/// <summary>The weights that decoding reads. Matrices may be borrowed from elsewhere; what was made for the kernels is disposed
/// with this object.</summary>
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

/// <summary>The weights of one layer.</summary>
/// <param name="InputNorm">Float32.</param>
/// <param name="PostAttentionNorm">Float32.</param>
/// <param name="Matrices">By <see cref="DecoderMatrix"/>.</param>
internal sealed record DecoderLayer(NativeBlock InputNorm, NativeBlock PostAttentionNorm, WeightMatrix[] Matrices) : IDisposable
{
    /// <summary>Gets the bytes of the weights.</summary>
    internal long Bytes => InputNorm.Bytes + PostAttentionNorm.Bytes + Matrices.Sum(matrix => matrix.Bytes);

    /// <summary>Gets a matrix.</summary>
    internal WeightMatrix this[DecoderMatrix which] => Matrices[(int)which];

    /// <inheritdoc/>
    public void Dispose()
    {
        InputNorm.Dispose();
        PostAttentionNorm.Dispose();
        foreach (WeightMatrix matrix in Matrices)
        {
            matrix.Dispose();
        }
    }
}

/// <summary>The matrices of a layer, in the order of the LoRA targets.</summary>
internal enum DecoderMatrix
{
    /// <summary><c>q_proj</c>.</summary>
    Query = 0,

    /// <summary><c>k_proj</c>.</summary>
    Key = 1,

    /// <summary><c>v_proj</c>.</summary>
    Value = 2,

    /// <summary><c>o_proj</c>.</summary>
    Output = 3,

    /// <summary><c>gate_proj</c>.</summary>
    Gate = 4,

    /// <summary><c>up_proj</c>.</summary>
    Up = 5,

    /// <summary><c>down_proj</c>.</summary>
    Down = 6,
}
