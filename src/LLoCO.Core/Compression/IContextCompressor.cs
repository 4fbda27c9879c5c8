namespace LLoCO.Core.Compression;

/// <summary>
/// Turns the tokens of a document into summary embeddings, segment by segment (AutoCompressor, arXiv 2305.14788; LLoCO,
/// arXiv 2404.07979 section 3.1). Implementations are safe for concurrent use.
/// </summary>
public interface IContextCompressor
{
    /// <summary>Gets the fingerprint of the vectors.</summary>
    ModelFingerprint Fingerprint { get; }

    /// <summary>Gets the numbers per summary vector, before projection.</summary>
    int Width { get; }

    /// <summary>Cuts a document's tokens into segments.</summary>
    /// <param name="tokens">The whole document's ids.</param>
    /// <returns>Token counts of the segments, in order; they add up to the number of tokens.</returns>
    IReadOnlyList<int> Cut(ReadOnlySpan<int> tokens);

    /// <summary>Compresses segments. Each attends to all earlier summary vectors of the document.</summary>
    /// <param name="segments">Token ids of the segments, in document order; none is empty.</param>
    /// <param name="earlier">Summary vectors of the segments before these, <c>count * Width</c> floats, row by row; empty at
    /// the start of a document. They are attended to, not returned.</param>
    /// <param name="cancellationToken">Checked before each segment.</param>
    /// <returns>One item per segment as soon as it is done: its summary vectors, row by row.</returns>
    IAsyncEnumerable<float[]> CompressAsync(
        IReadOnlyList<ReadOnlyMemory<int>> segments,
        ReadOnlyMemory<float> earlier,
        CancellationToken cancellationToken = default);
}
