using LLoCO.Core.Compression;
using LLoCO.Core.Tokenization;

namespace LLoCO.Training.Memories;

/// <summary>A document's text as the teacher reads it: the segment that a question is about, behind what a prompt begins with.</summary>
internal sealed class TaughtText
{
    private readonly IReadOnlyList<TextToken> _tokens;
    private readonly IReadOnlyList<SegmentSummary> _segments;
    private readonly IReadOnlyList<int> _head;
    private readonly int _width;

    /// <summary>Reads a text.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="text">The text.</param>
    /// <param name="memory">Its memory, which says where it is cut.</param>
    /// <param name="head">What a prompt begins with.</param>
    internal TaughtText(ITokenizer tokenizer, string text, SummaryEmbeddings memory, IReadOnlyList<int> head)
    {
        _tokens = tokenizer.EncodeWithOffsets(text);
        _segments = memory.Segments;
        _head = head;
        _width = memory.Segments.Max(segment => segment.TokenCount);
    }

    /// <summary>Finds what to read for a question.</summary>
    /// <param name="start">First character of the stretch that it was made from.</param>
    /// <param name="length">Characters of the stretch.</param>
    /// <returns>The first token: of the segment that holds the stretch; of as many tokens around it where a segment ends within it.</returns>
    internal int FindStart(int start, int length)
    {
        int first = Find(start);
        int last = Find(start + length - 1);
        foreach (SegmentSummary segment in _segments)
        {
            if (segment.TokenStart <= first && last < segment.TokenStart + segment.TokenCount)
            {
                return segment.TokenStart;
            }
        }

        return Math.Clamp((first + last - _width) / 2, 0, Math.Max(0, _tokens.Count - _width));
    }

    /// <summary>Reads the ids from a token on.</summary>
    /// <param name="start">The token, from <see cref="FindStart"/>.</param>
    internal int[] Read(int start)
    {
        SegmentSummary? own = _segments.Where(segment => segment.TokenStart == start).Select(segment => (SegmentSummary?)segment).FirstOrDefault();
        return [.. _head, .. _tokens.Skip(start).Take(own?.TokenCount ?? _width).Select(token => token.Id)];
    }

    /// <summary>The token that holds a character, or the last one before it.</summary>
    private int Find(int character)
    {
        int low = 0;
        int high = _tokens.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _tokens[middle].Start <= character ? (middle, high) : (low, middle - 1);
        }

        return low;
    }
}
