using LLoCO.Core.Trust;

namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>Sums the results of a document's parts up.</summary>
internal static class PartedResult
{
    /// <summary>Makes the result of the document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="parts">The results of its parts, in order; none failed.</param>
    public static IngestResult Join(SourceDocument document, IReadOnlyList<IngestResult> parts) =>
        new(document.Id, document.Group, Outcome(parts))
        {
            Tokens = parts.Sum(part => part.Tokens),
            SummaryVectors = parts.Sum(part => part.SummaryVectors),
            Segments = parts.Sum(part => part.Segments),
            SegmentsCompressed = parts.Sum(part => part.SegmentsCompressed),
            Fidelity = Join([.. parts.Select(part => part.Fidelity)]),
            FidelityTime = TimeSpan.FromTicks(parts.Sum(part => part.FidelityTime.Ticks)),
            Doubts = [.. parts.SelectMany(part => part.Doubts).DistinctBy(doubt => doubt.Reason)],
        };

    private static IngestOutcome Outcome(IReadOnlyList<IngestResult> parts) =>
        parts.All(part => part.Outcome == parts[0].Outcome) ? parts[0].Outcome
        : parts[0].Outcome is IngestOutcome.Unchanged or IngestOutcome.Appended ? IngestOutcome.Appended
        : IngestOutcome.Replaced;

    private static DocumentFidelity? Join(IReadOnlyList<DocumentFidelity?> parts) => parts.Any(part => part is null)
        ? null
        : DocumentFidelity.Create(
            [.. parts.SelectMany(part => part!.Segments).Select((segment, place) => segment with { Index = place })],
            parts[0]!.IsGiven) with
        {
            IsMarked = parts.Any(part => part!.IsMarked),
        };
}
