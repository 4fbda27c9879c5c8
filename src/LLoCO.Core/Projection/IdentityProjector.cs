namespace LLoCO.Core.Projection;

/// <summary>Passes vectors on as they are: encoder and decoder share a width, as in the original.</summary>
/// <param name="width">Numbers per vector, in and out; at least 1.</param>
public sealed class IdentityProjector(int width) : ISummaryProjector
{
    /// <summary>What the fingerprint of an identity says.</summary>
    public const string Name = ModelFingerprint.IdentityProjector;

    /// <inheritdoc/>
    public int InputWidth { get; } = width > 0 ? width : throw new ArgumentOutOfRangeException(nameof(width));

    /// <inheritdoc/>
    public int OutputWidth => InputWidth;

    /// <inheritdoc/>
    public string Fingerprint => Name;

    /// <inheritdoc/>
    public float[] Project(ReadOnlySpan<float> vectors)
    {
        ProjectorWeights.CountRows(vectors, InputWidth);
        return vectors.ToArray();
    }
}
