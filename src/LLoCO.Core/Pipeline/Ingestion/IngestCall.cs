using LLoCO.Core.Compression;
using LLoCO.Core.Index;

namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>What the ingest of a document knows of the call that it belongs to.</summary>
/// <param name="Number">The document's place in the call, from 1.</param>
/// <param name="Progress">Told after each segment.</param>
/// <param name="Cache">Holds the vectors of the document, which is then not compressed.</param>
internal sealed record IngestCall(int Number, ProgressReports Progress, SummaryCacheFile? Cache)
{
    /// <summary>Gets the segments of the parts before this one.</summary>
    public int Before { get; init; }

    /// <summary>Gets the segments of all parts; 0 for a document without parts.</summary>
    public int All { get; init; }

    /// <summary>Tells how far a document, or a part of it, is.</summary>
    /// <param name="id">The document or part.</param>
    /// <param name="done">Its segments that are done.</param>
    /// <param name="segments">Its segments in all.</param>
    public Task ReportAsync(string id, int done, int segments) => Progress.ReportAsync(new IngestProgress(
        DocumentParts.DocumentOf(id), Number, Before + done, All == 0 ? segments : Math.Max(All, Before + done)));
}
