namespace LLoCO.Core.Compression;

/// <summary>
/// The summary embeddings of a document: the decoder reads them instead of the document's tokens, and an index stores them.
/// Immutable; safe to share between threads.
/// </summary>
/// <param name="DocumentId">Id of the document.</param>
/// <param name="Count">Number of vectors: summary length times the number of segments.</param>
/// <param name="Width">Numbers per vector: the decoder's hidden size.</param>
/// <param name="Encoding">How <paramref name="Payload"/> holds the numbers.</param>
/// <param name="Payload">The vectors, row by row; layout in <see cref="SummaryEncoding"/>.</param>
/// <param name="Segments">Which tokens each group of vectors stands for, in document order.</param>
/// <param name="Fingerprint">The model that made them.</param>
/// <exception cref="ArgumentException">The payload is not as long as count, width and encoding say, or the segments do not lie
/// end to end over all vectors.</exception>
public sealed record SummaryEmbeddings(
    string DocumentId,
    int Count,
    int Width,
    SummaryEncoding Encoding,
    ReadOnlyMemory<byte> Payload,
    IReadOnlyList<SegmentSummary> Segments,
    ModelFingerprint Fingerprint)
{
    /// <summary>Gets the vectors, row by row; layout in <see cref="SummaryEncoding"/>.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; } = SummaryPayload.EnsureLength(Payload, Count, Width, Encoding);

    /// <summary>Gets which tokens each group of vectors stands for, in document order.</summary>
    public IReadOnlyList<SegmentSummary> Segments { get; init; } = SegmentMap.EnsureCovers(Segments, Count);

    /// <summary>Makes summary embeddings of vectors, as a compressor gives them.</summary>
    /// <param name="documentId">Id of the document that they stand for.</param>
    /// <param name="vectors">The vectors, row by row.</param>
    /// <param name="width">Numbers per vector: the decoder's hidden size; at least 1.</param>
    /// <param name="encoding">How to store the numbers; all but float32 round them.</param>
    /// <param name="segments">Which tokens each group of vectors stands for, in document order.</param>
    /// <param name="fingerprint">The model that made them.</param>
    /// <returns>The summary embeddings.</returns>
    /// <exception cref="ArgumentException">The vectors are not whole, or the segments do not lie end to end over them.</exception>
    public static SummaryEmbeddings FromVectors(
        string documentId,
        ReadOnlySpan<float> vectors,
        int width,
        SummaryEncoding encoding,
        IReadOnlyList<SegmentSummary> segments,
        ModelFingerprint fingerprint)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        return vectors.Length % width == 0
            ? new SummaryEmbeddings(
                documentId, vectors.Length / width, width, encoding, SummaryPayload.Encode(vectors, width, encoding), segments,
                fingerprint)
            : throw new ArgumentException($"{vectors.Length} numbers are not whole vectors of width {width}.", nameof(vectors));
    }

    /// <summary>Gets whether it is a key/value memory: a row is a slot, with the keys and values of all layers, then the
    /// biases.</summary>
    internal bool IsKeyValue => Fingerprint.IsKeyValue;

    /// <summary>The encoding for this kind: one scale for a whole slot would round its small numbers away.</summary>
    internal SummaryEncoding SuitEncoding(SummaryEncoding wanted) =>
        wanted == SummaryEncoding.Int8 && IsKeyValue ? Int8Blocks.Encoding : wanted;

    /// <summary>Gets the number of document tokens behind these vectors.</summary>
    public int RawTokens => Segments.Count == 0 ? 0 : Segments[^1].TokenStart + Segments[^1].TokenCount;
}

/// <summary>One segment's share of the summary embeddings.</summary>
/// <param name="Index">The segment's place in the document, from 0.</param>
/// <param name="TokenStart">Index of the segment's first token in the document.</param>
/// <param name="TokenCount">Tokens in the segment; at least 1.</param>
/// <param name="VectorStart">Index of its first summary vector.</param>
/// <param name="VectorCount">Summary vectors that it emitted.</param>
public readonly record struct SegmentSummary(int Index, int TokenStart, int TokenCount, int VectorStart, int VectorCount);

/// <summary>How summary vectors are stored.</summary>
public enum SummaryEncoding
{
    /// <summary>Two bytes per number, little-endian bfloat16: <c>Count * Width * 2</c> bytes.</summary>
    BFloat16 = 0,

    /// <summary>Per vector a little-endian float32 scale, then <c>Width</c> signed bytes: <c>Count * (4 + Width)</c>
    /// bytes. Key/value memories, whose numbers are of different sizes, are stored with a scale for every 32 of them instead.</summary>
    Int8 = 1,

    /// <summary>Four bytes per number, little-endian float32: <c>Count * Width * 4</c> bytes. Lossless: checkpoints use it, so
    /// that an interrupted ingest ends with the same vectors as an uninterrupted one.</summary>
    Float32 = 2,
}
