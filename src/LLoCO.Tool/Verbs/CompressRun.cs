using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Trust;
using LLoCO.Training.Grouping;
using LLoCO.Training.Memories;

namespace LLoCO.Tool.Verbs;

/// <summary>Compresses documents, prepares them for their first question if requested, and writes a line for each.</summary>
/// <param name="pipeline">The pipeline.</param>
/// <param name="console">Where lines go.</param>
internal sealed class CompressRun(LlocoPipeline pipeline, ToolConsole console)
{
    private readonly string _unit =
        pipeline.Fingerprint.FindMemoryKind() == MemoryKind.KeyValue ? "key/value slots" : "summary embeddings";

    /// <summary>Gets whether the keys and values of summary embeddings are kept in the pipeline's folder.</summary>
    public bool Prepares { get; init; }

    /// <summary>Gets the adapter that they are for; <see langword="null"/> for the one named as the group.</summary>
    public string? Adapter { get; init; }

    /// <summary>Gets what finds their groups; <see langword="null"/> where they have them.</summary>
    public AutoGroup? Groups { get; init; }

    /// <summary>Ingests the documents and writes one result line for each.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="cancellationToken">Checked before each segment.</param>
    /// <returns>Whether all succeeded.</returns>
    public async Task<bool> RunAsync(IReadOnlyList<SourceDocument> documents, CancellationToken cancellationToken)
    {
        int failed = 0;
        var progress = new ProgressLine(console.Error, console.ErrorWidth, documents.Count);
        IAsyncEnumerable<IngestResult> results = Groups is null
            ? pipeline.IngestAsync(documents, progress, cancellationToken)
            : pipeline.IngestAsync(Groups.AssignAsync(documents, cancellationToken), progress, cancellationToken);
        await foreach (IngestResult result in results.ConfigureAwait(false))
        {
            PrepareResult? prepared = Prepares && result.Failure is null
                ? await PrepareAsync(result.DocumentId, cancellationToken).ConfigureAwait(false)
                : null;
            progress.Clear();
            Exception? failure = result.Failure ?? prepared?.Failure;
            failed += failure is null ? 0 : 1;
            progress.Count(result);
            GroupAssignment? assigned = Groups?.Find(result.DocumentId);
            console.Result(
                ToJson(result, pipeline.Fingerprint.FindMemoryKind(), prepared, failure, assigned),
                Describe(result, _unit) + Describe(prepared) + Describe(assigned) + Warn(result.Warning));
        }

        progress.Close();
        if (failed > 0)
        {
            console.Error.WriteLine($"lloco: {failed} of {documents.Count} documents failed; their lines say why.");
        }

        return failed == 0;
    }

    private async Task<PrepareResult?> PrepareAsync(string id, CancellationToken cancellationToken)
    {
        PrepareResult? one = null;
        await foreach (PrepareResult result in pipeline.PrepareAsync([id], Adapter, cancellationToken).ConfigureAwait(false))
        {
            one = result;
        }

        return one;
    }

    private static object ToJson(IngestResult result, MemoryKind kind, PrepareResult? prepared, Exception? failure, GroupAssignment? assigned) => new
    {
        document = result.DocumentId,
        memory = kind,
        group = result.Group,
        group_nearest = assigned?.Nearest,
        group_similarity = assigned?.Similarity,
        group_limit = assigned?.Limit,
        outcome = result.Outcome,
        tokens = result.Tokens,
        summary = result.SummaryVectors,
        segments = result.Segments,
        segments_compressed = result.SegmentsCompressed,
        seconds = result.Elapsed.TotalSeconds,
        fidelity = result.Fidelity is { Probes: > 0 } ? result.Fidelity.Score : (double?)null,
        fidelity_agreement = result.Fidelity is { Probes: > 0 } ? result.Fidelity.Agreement : (double?)null,
        fidelity_probes = result.Fidelity?.Probes,
        marked = result.Fidelity?.IsMarked,
        warning = result.Warning,
        seconds_fidelity = result.FidelityTime.TotalSeconds,
        prefill = prepared?.Outcome,
        prefill_adapter = prepared?.Adapter,
        seconds_prefill = prepared?.Elapsed.TotalSeconds,
        failure = failure?.Message,
    };

    private static string Describe(IngestResult result, string unit) => result.Failure is { } failure
        ? $"{result.DocumentId}: failed: {failure.Message}"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{result.DocumentId}: {result.Outcome.ToString().ToLowerInvariant()}, {result.Tokens} tokens -> "
            + $"{result.SummaryVectors} {unit}, {result.SegmentsCompressed} of {result.Segments} segments "
            + $"compressed, {result.Elapsed.TotalSeconds:F2} s")
            + Describe(result.Fidelity, result.FidelityTime);

    private static string Describe(PrepareResult? prepared) => prepared switch
    {
        null => string.Empty,
        { Failure: { } failure } => $"; prefill failed: {failure.Message}",
        { Outcome: PrepareOutcome.Known } => $"; keys and values known ({prepared.Adapter ?? "no adapter"})",
        _ => string.Create(
            CultureInfo.InvariantCulture,
            $"; keys and values kept ({prepared.Adapter ?? "no adapter"}), {prepared.Elapsed.TotalSeconds:F2} s"),
    };

    private static string Describe(GroupAssignment? assigned) => assigned is null
        ? string.Empty
        : string.Create(
            CultureInfo.InvariantCulture,
            $"; group {assigned.Group} ({assigned.Nearest ?? "no group"} is nearest: {assigned.Similarity:F2}, {assigned.Limit:F2} is needed)");

    private static string Warn(string? warning) =>
        warning is null ? string.Empty : $"{Environment.NewLine}  WARNING: {warning}";

    private static string Describe(DocumentFidelity? fidelity, TimeSpan time) => fidelity is null
        ? string.Empty
        : fidelity.Probes == 0 ? "; fidelity not known: the model gives no left-out word from the raw text; marked"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"; fidelity {fidelity.Score:P1} ({fidelity.Agreement:P1} of {fidelity.Probes} probes told in the same words), {
                time.TotalSeconds:F2} s of that{(fidelity.IsMarked ? "; marked: below the threshold" : string.Empty)}");
}
