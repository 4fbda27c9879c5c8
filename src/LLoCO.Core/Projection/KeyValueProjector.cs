using LLoCO.Core.Compression;

namespace LLoCO.Core.Projection;

/// <summary>Passes key/value memories on as they are; its fingerprint is theirs.</summary>
/// <param name="compressor">What makes them.</param>
internal sealed class KeyValueProjector(IContextCompressor compressor) : ISummaryProjector
{
    /// <inheritdoc/>
    public int InputWidth => compressor.Width;

    /// <inheritdoc/>
    public int OutputWidth => compressor.Width;

    /// <inheritdoc/>
    public string Fingerprint => compressor.Fingerprint.Projector;

    /// <inheritdoc/>
    public float[] Project(ReadOnlySpan<float> vectors) => vectors.ToArray();
}
