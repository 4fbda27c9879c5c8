using System.Globalization;
using LLoCO.Core.Families;

namespace LLoCO.Core.Compression;

/*
 *   a row = a slot      [ layer 0: keys of all heads | values of all heads | layer 1: … | biases of layer 0 | biases of layer 1 … ]
 *   rows of a segment   in order of worth, for each head by itself: a smaller memory is the first rows
 *   keys                rotated as if the segment began at position 0, behind what a prompt begins with
 */

/// <summary>How a key/value memory is laid out as rows of numbers, so that it is stored, hashed, appended to and deleted as summary
/// embeddings are. What kind a memory is, its fingerprint says in place of a projector.</summary>
internal static class KeyValueMemory
{
    private const string Name = ModelFingerprint.KeyValueProjector;

    /// <summary>The share of the window, in quarters, up to which the segments of a document keep their places.</summary>
    private const long PlacedQuarters = 3;

    /// <summary>What the fingerprint of key/value memories says in place of a projector.</summary>
    /// <param name="head">Tokens in front of every segment: what a prompt begins with.</param>
    internal static string Projector(int head) => head == 0 ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}+{head}");

    /// <summary>The fingerprint of a model's key/value memories. Memories of different sizes fit together.</summary>
    /// <param name="model">The model's own.</param>
    /// <param name="head">Tokens in front of every segment.</param>
    internal static ModelFingerprint Fingerprint(ModelFingerprint model, int head) =>
        model with { SegmentLength = 0, SummaryLength = 0, Projector = Projector(head) };

    /// <summary>Reads from a fingerprint how many tokens stand in front of every segment.</summary>
    /// <param name="fingerprint">Any fingerprint.</param>
    /// <returns>The tokens; <see langword="null"/> if it is not that of key/value memories.</returns>
    internal static int? FindHead(ModelFingerprint fingerprint) => !fingerprint.IsKeyValue ? null
        : fingerprint.Projector.Length > Name.Length
        && int.TryParse(fingerprint.Projector.AsSpan(Name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int head)
            ? head
            : 0;

    /// <summary>Numbers of a row.</summary>
    /// <param name="config">The model's shape.</param>
    internal static int Width(LlamaConfig config) =>
        checked(config.Layers * config.KeyValueHeads * ((2 * config.HeadDimension) + 1));

    /// <summary>Finds where the memories of a prefix begin. While they take at most three quarters of the window they lie end to end, as
    /// the segments of one document do; those that take more lie side by side, each with its end before the prompt.</summary>
    /// <param name="spans">Positions of each memory alone.</param>
    /// <param name="window">The native window.</param>
    /// <param name="places">Which of the two, where it is not left open.</param>
    /// <returns>Where each begins, and where the prompt begins.</returns>
    internal static (int[] Starts, int Positions) Arrange(IReadOnlyList<int> spans, int window, PrefixPlaces places)
    {
        long all = spans.Sum(span => (long)span);
        bool beside = spans.Count > 1 && (places == PrefixPlaces.SideBySide || (places == PrefixPlaces.Auto && IsLong(all, window)));
        if (beside)
        {
            int longest = spans.Max();
            return ([.. spans.Select(span => longest - span)], longest);
        }

        var starts = new int[spans.Count];
        for (int i = 1; i < starts.Length; i++)
        {
            starts[i] = checked(starts[i - 1] + spans[i - 1]);
        }

        return (starts, checked((int)all));
    }

    /// <summary>Counts the positions that each document adds to those before it: fewer than its own, or less than none, where memories
    /// come to lie side by side.</summary>
    /// <param name="documents">Memories of one kind.</param>
    /// <param name="window">The native window.</param>
    /// <param name="places">Where they lie.</param>
    internal static int[] CountAdded(IReadOnlyList<SummaryEmbeddings> documents, int window, PrefixPlaces places)
    {
        int[] spans = [.. documents.Select(document => CountPositions(document, window))];
        if (!documents.Any(document => document.IsKeyValue))
        {
            return spans;
        }

        int[] totals = [.. spans.Select((_, i) => Arrange(spans[..(i + 1)], window, places).Positions)];
        return [.. totals.Select((total, i) => i == 0 ? total : total - totals[i - 1])];
    }

    /// <summary>Counts the positions that a memory takes of the window: where the prompt behind it begins.</summary>
    /// <param name="memory">The memory, of any kind.</param>
    /// <param name="window">The native window.</param>
    internal static int CountPositions(SummaryEmbeddings memory, int window)
    {
        if (!memory.IsKeyValue)
        {
            return memory.Count;
        }

        int[] offsets = Offsets(memory, window);
        return offsets.Length == 0 ? 0 : offsets.Select((offset, i) => offset + Span(memory, i)).Max();
    }

    /// <summary>Where each segment begins. While they take at most three quarters of the window they lie end to end; those of a longer
    /// document lie side by side, each with its end before the prompt, as in parallel context windows (arXiv 2212.10947).</summary>
    /// <param name="memory">A key/value memory.</param>
    /// <param name="window">The native window.</param>
    internal static int[] Offsets(SummaryEmbeddings memory, int window)
    {
        int[] spans = [.. memory.Segments.Select((_, i) => Span(memory, i))];
        return Arrange(spans, window, PrefixPlaces.Auto).Starts;
    }

    /// <summary>Chooses the rows of a smaller memory: of each segment the first, in proportion.</summary>
    /// <param name="memory">A key/value memory.</param>
    /// <param name="slots">Most rows of the document; 0 for all.</param>
    /// <returns>The rows of each segment to read, from its first.</returns>
    internal static int[] CountKept(SummaryEmbeddings memory, int slots) =>
    [
        .. memory.Segments.Select(segment => slots == 0 || slots >= memory.Count
            ? segment.VectorCount
            : (int)Math.Max(1, (long)segment.VectorCount * slots / memory.Count)),
    ];

    private static bool IsLong(long positions, int window) => positions * 4 > window * PlacedQuarters;

    private static int Span(SummaryEmbeddings memory, int segment) =>
        memory.Segments[segment].TokenCount + (FindHead(memory.Fingerprint) ?? 0);
}
