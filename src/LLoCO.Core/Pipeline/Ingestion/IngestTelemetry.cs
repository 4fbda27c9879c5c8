using System.Diagnostics;

namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>Publishes metrics and traces of an ingested document.</summary>
internal static class IngestTelemetry
{
    /// <summary>Counts the document and closes its activity's tags.</summary>
    /// <param name="result">The result.</param>
    /// <param name="activity">The activity, or <see langword="null"/> if there is no listener.</param>
    public static void Publish(IngestResult result, Activity? activity)
    {
        var outcome = new KeyValuePair<string, object?>("outcome", result.Outcome.ToString().ToLowerInvariant());
        LlocoDiagnostics.Documents.Add(1, outcome);
        LlocoDiagnostics.IngestTokens.Add(result.Tokens, outcome);
        LlocoDiagnostics.IngestDuration.Record(result.Elapsed.TotalSeconds, outcome);
        activity?.SetTag("lloco.outcome", outcome.Value);
        activity?.SetTag("lloco.segments", result.Segments);
        activity?.SetTag("lloco.segments.compressed", result.SegmentsCompressed);
    }
}
