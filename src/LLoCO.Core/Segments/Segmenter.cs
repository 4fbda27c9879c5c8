using LLoCO.Core.Families;
using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Segments;

/// <summary>Cuts the ids of a document into segments for the compressor (LLoCO, arXiv 2404.07979, section 3.1).</summary>
/// <remarks>
/// Safe for concurrent use. Where a segment ends depends on its own ids alone, and a segment is cut as soon as
/// <c>segmentLength</c> ids are there: when a document grows, every segment but the last stays as it was.
/// </remarks>
public sealed class Segmenter
{
    private readonly SentenceEnds? _ends;

    /// <summary>Creates a segmenter.</summary>
    /// <param name="segmentLength">Ids of a full segment, at least 1 (1,536 in the paper).</param>
    /// <param name="boundary">Where segments may end.</param>
    /// <param name="tokenizer">The tokenizer the ids belong to; its ids' texts are looked at here, once.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 1, or the boundary is not known.</exception>
    public Segmenter(int segmentLength, SegmentBoundary boundary, ITokenizer tokenizer)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(segmentLength, 1);
        ArgumentNullException.ThrowIfNull(tokenizer);
        SegmentLength = segmentLength;
        Boundary = boundary;
        _ends = boundary switch
        {
            SegmentBoundary.Token => null,
            SegmentBoundary.Sentence => new SentenceEnds(tokenizer),
            _ => throw new ArgumentOutOfRangeException(nameof(boundary), boundary, "Token and Sentence are known."),
        };
    }

    /// <summary>Gets the ids of a full segment.</summary>
    public int SegmentLength { get; }

    /// <summary>Gets where segments may end.</summary>
    internal SegmentBoundary Boundary { get; }

    /// <summary>Cuts a document.</summary>
    /// <param name="tokens">The whole document's ids, without BOS; may be empty.</param>
    /// <returns>
    /// Ids per segment, in order, each from 1 to <see cref="SegmentLength"/>; they add up to the number of ids. With
    /// <see cref="SegmentBoundary.Sentence"/> a segment ends behind its last whole sentence, unless that would leave it at
    /// half its length or less; then it is full.
    /// </returns>
    public IReadOnlyList<int> Cut(ReadOnlySpan<int> tokens)
    {
        var lengths = new List<int>((tokens.Length / SegmentLength) + 1);
        while (tokens.Length >= SegmentLength)
        {
            int length = _ends?.LastWithin(tokens[..SegmentLength]) ?? SegmentLength;
            length = length > SegmentLength / 2 ? length : SegmentLength;
            lengths.Add(length);
            tokens = tokens[length..];
        }

        if (!tokens.IsEmpty)
        {
            lengths.Add(tokens.Length);
        }

        return lengths;
    }
}
