using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LLoCO.Core;

/// <summary>Names under which traces and metrics are published, for OpenTelemetry or any other listener.</summary>
/// <remarks>
/// Activities: <c>lloco.ingest</c> per document, <c>lloco.ask</c> per question with <c>lloco.retrieve</c> and
/// <c>lloco.decode</c> in it. Instruments: <c>lloco.ingest.documents</c> (tag <c>outcome</c>), <c>lloco.ingest.tokens</c>,
/// <c>lloco.ingest.segments</c>, <c>lloco.ingest.duration</c> (s), <c>lloco.ask.questions</c> (tag <c>outcome</c>:
/// <c>answered</c>, <c>failed</c> or <c>cancelled</c>), <c>lloco.ask.tokens</c> (tag <c>kind</c>: <c>raw</c>, <c>summary</c>,
/// <c>prompt</c> or <c>generated</c>), <c>lloco.ask.retrieve</c> (s), <c>lloco.ask.first_token</c> (s) and
/// <c>lloco.ask.duration</c> (s). None carries text of documents, questions or answers.
/// </remarks>
public static class LlocoDiagnostics
{
    /// <summary>Name of the activity source.</summary>
    public const string ActivitySourceName = "LLoCO.Core";

    /// <summary>Name of the meter.</summary>
    public const string MeterName = "LLoCO.Core";

    private static readonly string? Version = typeof(LlocoDiagnostics).Assembly.GetName().Version?.ToString(3);
    private static readonly Meter Meter = new(MeterName, Version);

    internal static ActivitySource Activities { get; } = new(ActivitySourceName, Version);

    internal static Counter<long> Documents { get; } =
        Meter.CreateCounter<long>("lloco.ingest.documents", "{document}", "Documents ingested.");

    internal static Counter<long> IngestTokens { get; } =
        Meter.CreateCounter<long>("lloco.ingest.tokens", "{token}", "Tokens of the documents ingested.");

    internal static Counter<long> Segments { get; } =
        Meter.CreateCounter<long>("lloco.ingest.segments", "{segment}", "Segments compressed.");

    internal static Histogram<double> IngestDuration { get; } =
        Meter.CreateHistogram<double>("lloco.ingest.duration", "s", "Time per document.");

    internal static Counter<long> Questions { get; } =
        Meter.CreateCounter<long>("lloco.ask.questions", "{question}", "Questions asked.");

    internal static Counter<long> AskTokens { get; } =
        Meter.CreateCounter<long>("lloco.ask.tokens", "{token}", "Tokens of the questions answered, by kind.");

    internal static Histogram<double> RetrieveDuration { get; } =
        Meter.CreateHistogram<double>("lloco.ask.retrieve", "s", "Time to find and load the documents of a question.");

    internal static Histogram<double> FirstToken { get; } =
        Meter.CreateHistogram<double>("lloco.ask.first_token", "s", "Time from a question to its first answer token.");

    internal static Histogram<double> AskDuration { get; } =
        Meter.CreateHistogram<double>("lloco.ask.duration", "s", "Time from a question to the end of its answer.");
}
