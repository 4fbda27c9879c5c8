using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Trust;

namespace LLoCO.Server.Documents;

/// <summary>Documents as JSON.</summary>
internal static class DocumentJson
{
    /// <summary>Describes a document of the list.</summary>
    public static object Describe(DocumentRecord record) => new
    {
        id = record.Id,
        @object = "document",
        group = record.Group,
        tokens = record.Tokens,
        vectors = record.SummaryCount,
        ratio = Ratio(record.Tokens, record.SummaryCount),
        segments = record.Segments,
        fidelity = record.Fidelity,
        is_marked = record.IsMarked,
    };

    /// <summary>Describes a document with its segments.</summary>
    public static object Describe(DocumentRecord record, SummaryEmbeddings? summary, DocumentFidelity? fidelity, string? text) => new
    {
        id = record.Id,
        @object = "document",
        group = record.Group,
        tokens = record.Tokens,
        vectors = record.SummaryCount,
        ratio = Ratio(record.Tokens, record.SummaryCount),
        fidelity = record.Fidelity,
        is_marked = record.IsMarked,
        segments = (summary?.Segments ?? []).Select(segment => new
        {
            index = segment.Index,
            first_token = segment.TokenStart,
            tokens = segment.TokenCount,
            vectors = segment.VectorCount,
            fidelity = fidelity?.Segments.FirstOrDefault(one => one.Index == segment.Index && one.Probes > 0)?.Score,
        }),
        text,
    };

    /// <summary>Describes what an upload did.</summary>
    public static object Describe(IngestResult result) => new
    {
        id = result.DocumentId,
        @object = "document",
        group = result.Group,
        outcome = result.Outcome,
        tokens = result.Tokens,
        vectors = result.SummaryVectors,
        ratio = Ratio(result.Tokens, result.SummaryVectors),
        segments = result.Segments,
        fidelity = result.Fidelity?.Score,
        warning = result.Warning,
        seconds = result.Elapsed.TotalSeconds,
    };

    private static double Ratio(int tokens, int vectors) => vectors == 0 ? 1 : (double)tokens / vectors;
}
