using LLoCO.Core.Compression;
using LLoCO.Core.Index;

namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>What is left to do to bring a document into an index.</summary>
internal enum IngestAction
{
    /// <summary>Nothing: text and group are those of the index.</summary>
    Skip,

    /// <summary>Some leading segments of the stored document are unchanged: compress the rest behind them.</summary>
    Append,

    /// <summary>An interrupted ingest got further than what is stored: go on behind its last good segment.</summary>
    Resume,

    /// <summary>Every segment is compressed: nothing stored can be kept.</summary>
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
