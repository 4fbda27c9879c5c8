namespace LLoCO.Core.Compression;

/// <summary>Checks the map from segments to tokens and vectors, and builds one from the counts.</summary>
internal static class SegmentMap
{
    /// <summary>Refuses a map whose segments are not numbered from 0 or do not lie end to end.</summary>
    /// <param name="segments">The map.</param>
    /// <param name="vectors">Number of vectors that it must cover.</param>
    /// <returns>The same map.</returns>
    /// <exception cref="ArgumentException">The map has a gap, an overlap, an empty segment or other vectors.</exception>
    public static IReadOnlyList<SegmentSummary> EnsureCovers(IReadOnlyList<SegmentSummary> segments, int vectors)
    {
        ArgumentNullException.ThrowIfNull(segments);
        long token = 0;
        long vector = 0;
        for (int i = 0; i < segments.Count; i++)
        {
            SegmentSummary segment = segments[i];
            if (segment.Index != i || segment.TokenStart != token || segment.VectorStart != vector
                || segment.TokenCount < 1 || segment.VectorCount < 0)
            {
                throw new ArgumentException(
                    $"Segment {i} of the map is {segment}; it must have index {i}, start at token {token} and vector {vector}, "
                    + "and hold at least one token.",
                    nameof(segments));
            }

            token += segment.TokenCount;
            vector += segment.VectorCount;
        }

        return vector == vectors && token <= int.MaxValue
            ? segments
            : throw new ArgumentException(
                $"The segment map covers {vector} vectors and {token} tokens; there are {vectors} vectors.", nameof(segments));
    }

    /// <summary>Lays segments end to end.</summary>
    /// <param name="counts">Tokens and vectors of each segment, in document order.</param>
    /// <returns>The map.</returns>
    public static IReadOnlyList<SegmentSummary> FromCounts(IEnumerable<(int Tokens, int Vectors)> counts)
    {
        var segments = new List<SegmentSummary>();
        int token = 0;
        int vector = 0;
        foreach ((int tokens, int vectors) in counts)
        {
            segments.Add(new SegmentSummary(segments.Count, token, tokens, vector, vectors));
            token = checked(token + tokens);
            vector = checked(vector + vectors);
        }

        return segments;
    }
}
