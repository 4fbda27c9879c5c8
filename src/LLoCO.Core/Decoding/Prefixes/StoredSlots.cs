using LLoCO.Core.Compression;

namespace LLoCO.Core.Decoding.Prefixes;

/// <summary>Slots of a stored memory that lie at one place: the first of a segment, in order of worth.</summary>
/// <param name="Document">The memory.</param>
/// <param name="Start">The first row.</param>
/// <param name="Count">Rows.</param>
/// <param name="Place">The position at which the segment begins.</param>
internal readonly record struct StoredSlots(SummaryEmbeddings Document, int Start, int Count, int Place)
{
    /// <summary>The slots of a memory, segment by segment.</summary>
    /// <param name="document">The memory.</param>
    /// <param name="slots">Most slots; 0 for all.</param>
    /// <param name="start">The position at which the document begins.</param>
    /// <param name="window">The native window.</param>
    internal static IEnumerable<StoredSlots> Find(SummaryEmbeddings document, int slots, int start, int window)
    {
        SummaryPayload.EnsureLength(document.Payload, document.Count, document.Width, document.Encoding);
        int[] offsets = KeyValueMemory.Offsets(document, window);
        int[] kept = KeyValueMemory.CountKept(document, slots);
        return kept.Select((count, i) => new StoredSlots(document, document.Segments[i].VectorStart, count, start + offsets[i]));
    }
}
