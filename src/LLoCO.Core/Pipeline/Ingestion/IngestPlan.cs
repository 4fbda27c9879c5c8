using LLoCO.Core.Compression;
using LLoCO.Core.Index;

namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>The work that remains to add a document to an index.</summary>
internal enum IngestAction
{
    /// <summary>Nothing to do: the index has the same text and group.</summary>
    Skip,

    /// <summary>Some leading segments of the stored document are unchanged: compress the segments after them.</summary>
    Append,

    /// <summary>An interrupted ingest got further than the stored document: continue after its last valid segment.</summary>
    Resume,

    /// <summary>Compress every segment: no stored vectors can be reused.</summary>
    Full,
}

/// <summary>What is left to do to bring a document into an index, with the vectors that need not be made again.</summary>
/// <param name="Action">What to do.</param>
/// <param name="ReusedSegments">Leading segments whose vectors are taken over; all of them where only the group changed.</param>
/// <param name="Source">Where those vectors are; <see langword="null"/> where none are taken over.</param>
internal sealed record IngestPlan(IngestAction Action, int ReusedSegments, SummaryEmbeddings? Source)
{
    /// <summary>The plan to do nothing.</summary>
    public static readonly IngestPlan Skip = new(IngestAction.Skip, 0, null);

    /// <summary>The plan to compress everything.</summary>
    public static readonly IngestPlan Full = new(IngestAction.Full, 0, null);
}
