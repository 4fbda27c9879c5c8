using System.Diagnostics;
using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Projection;
using LLoCO.Core.Retrieval;
using LLoCO.Core.Trust;
using Microsoft.Extensions.Logging;

namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>Adds documents to the index. Unchanged documents are skipped, earlier work is reused, each finished segment is kept,
/// and a document appears whole or not at all. A few go on at the same time, so that their segments share passes of the model;
/// the index has one writer.</summary>
internal sealed class DocumentIngester(PipelineLayers layers, ILogger logger) : IDisposable
{
    /// <summary>Documents processed at the same time.</summary>
    internal const int MaxAtOnce = 4;

    private readonly SemaphoreSlim _places = new(MaxAtOnce, MaxAtOnce);
    private readonly FamiliarityStep _familiarity = new(layers);
    private readonly DocumentPartition _partition = new(layers);
    private readonly SegmentStep _segments = new(layers, logger);
    private readonly IngestWriter _writer = new(layers.Index);
    private readonly Turns _turns = new();

    /// <summary>Ingests a document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="number">Its place in the call, from 1.</param>
    /// <param name="progress">Told after each segment, never under a lock.</param>
    /// <param name="cancellationToken">Checked before each segment.</param>
    /// <param name="cache">Holds the vectors of the document, which is then not compressed.</param>
    /// <returns>The result; a failure is in it.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<IngestResult> IngestAsync(
        SourceDocument document,
        int number,
        ProgressReports progress,
        CancellationToken cancellationToken,
        SummaryCacheFile? cache = null)
    {
        ArgumentNullException.ThrowIfNull(document);
        using IDisposable turn = await _turns.TakeAsync(document.Id).ConfigureAwait(false);
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        long started = Stopwatch.GetTimestamp();
        using Activity? activity = LlocoDiagnostics.Activities.StartActivity("lloco.ingest");
        activity?.SetTag("lloco.document", document.Id);
        IngestResult result;
        try
        {
            string text = await LoadAsync(document, cancellationToken).ConfigureAwait(false);
            var call = new IngestCall(number, progress, cache);
            IngestResult? whole = await WorkAsync(document, text, call, cancellationToken).ConfigureAwait(false);
            (result, int parts) = whole is null
                ? await WorkInPartsAsync(document, text, call, cancellationToken).ConfigureAwait(false)
                : (whole, 1);
            await _writer.RemovePartsAsync(document.Id, parts + 1).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.IngestFailed(logger, error, document.Id);
            activity?.SetStatus(ActivityStatusCode.Error, error.GetType().Name);
            result = new IngestResult(document.Id, document.Group, IngestOutcome.Failed) { Failure = error };
        }
        finally
        {
            _places.Release();
        }

        result = result with { Elapsed = Stopwatch.GetElapsedTime(started) };
        IngestTelemetry.Publish(result, activity);
        if (result.Failure is null)
        {
            Log.IngestEnded(
                logger, result.DocumentId, result.Outcome, result.Tokens, result.SummaryVectors, result.SegmentsCompressed,
                result.Elapsed.TotalSeconds);
            if (result.Warning is { } warning)
            {
                Log.DocumentInDoubt(logger, result.DocumentId, warning);
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _places.Dispose();
        _writer.Dispose();
    }

    /// <summary>Ingests a document that is longer than the decoder can hold, part by part. Parts that are done stay.</summary>
    private async Task<(IngestResult Result, int Parts)> WorkInPartsAsync(
        SourceDocument document, string text, IngestCall call, CancellationToken cancellationToken)
    {
        IReadOnlyList<DocumentPart> parts = await Task.Run(() => _partition.Cut(text, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        int all = parts.Sum(part => part.Segments);
        var results = new List<IngestResult>();
        foreach (DocumentPart part in parts)
        {
            var one = new SourceDocument(DocumentParts.IdOf(document.Id, results.Count + 1), part.Text, document.Group)
            {
                Origin = document.Origin, Replaces = document.Replaces,
            };
            IngestCall within = call with { Before = results.Sum(result => result.Segments), All = all };
            results.Add((await WorkAsync(one, part.Text, within, cancellationToken).ConfigureAwait(false))!);
        }

        return (PartedResult.Join(document, results), parts.Count);
    }

    /// <summary>Ingests a document.</summary>
    /// <returns>The result; <see langword="null"/> for one that is longer than the decoder can hold, and no part of one.</returns>
    private async Task<IngestResult?> WorkAsync(
        SourceDocument document, string text, IngestCall call, CancellationToken cancellationToken)
    {
        string hash = ContentHash.OfText(text);
        DocumentRecord? stored = await layers.Index.FindAsync(document.Id, cancellationToken).ConfigureAwait(false);
        if (stored is not null)
        {
            IngestChecks.EnsureSame(document, stored, hash);
        }

        bool unchanged = IngestPlanner.IsUnchanged(stored, document.Group, hash);
        bool isSettled = unchanged && layers.Compressor is not ISizedCompressor; // Of the same text other slots may be wanted.
        FidelityProber? prober = layers.Settings.Fidelity is { } options ? new FidelityProber(layers, options) : null;
        DocumentFamiliarity? known = await _familiarity.FindAsync(document.Id, unchanged, cancellationToken).ConfigureAwait(false);
        if (stored is not null && isSettled && (prober is null || stored.Fidelity is not null) && _familiarity.IsSettled(known))
        {
            return _familiarity.Unchanged(document, stored, known);
        }

        CutDocument cut = await CutAsync(text, cancellationToken).ConfigureAwait(false);
        if (call is { Cache: null, All: 0 } && !IngestChecks.IsReadable(cut, layers))
        {
            return null;
        }

        IngestChecks.EnsureReadable(document.Id, cut, layers);
        IngestPlan plan = await PlanAsync(document.Id, cut, call.Cache, cancellationToken).ConfigureAwait(false);
        Log.IngestStarted(logger, document.Id, cut.Segments.Count, plan.ReusedSegments);
        var draft = new IngestDraft(
            document.Id, hash, layers.Compressor.Width, layers.Compressor.Fingerprint, plan, cut.Hashes);
        await _segments.CompressAsync(
            document.Id, draft, cut, _writer,
            done => call.ReportAsync(document.Id, done, cut.Segments.Count), cancellationToken)
            .ConfigureAwait(false);
        SummaryEmbeddings summary = _segments.Project(draft);
        IReadOnlyList<Passage> passages = await SplitAsync(text, cancellationToken).ConfigureAwait(false);
        DocumentFamiliarity familiarity = await _familiarity.MeasureAsync(text, cut, cancellationToken).ConfigureAwait(false);
        long compressed = Stopwatch.GetTimestamp();
        DocumentFidelity? fidelity = prober is null
            ? null
            : await prober.MeasureAsync(document, text, cut, summary, cancellationToken).ConfigureAwait(false);
        TimeSpan fidelityTime = prober is null ? TimeSpan.Zero : Stopwatch.GetElapsedTime(compressed);
        var whole = new IndexedDocument(
            document.Id, document.Group, hash, text, cut.TokenCount, cut.Hashes, passages, summary)
        {
            Fidelity = fidelity, Familiarity = familiarity, Origin = document.Origin,
        };
        await _writer.WriteAsync(index => index.PutAsync(whole, cancellationToken), cancellationToken).ConfigureAwait(false);
        bool isSame = isSettled || (unchanged && plan.ReusedSegments == cut.Segments.Count);
        return new IngestResult(document.Id, document.Group, isSame ? IngestOutcome.Unchanged : Outcome(stored, plan, cut))
        {
            Fidelity = fidelity,
            FidelityTime = fidelityTime,
            Doubts = _familiarity.Judge(document, familiarity, fidelity is { IsMarked: true }),
            Tokens = cut.TokenCount,
            SummaryVectors = summary.Count,
            Segments = cut.Segments.Count,
            SegmentsCompressed = cut.Segments.Count - plan.ReusedSegments,
        };
    }

    private static async Task<string> LoadAsync(SourceDocument document, CancellationToken cancellationToken)
    {
        IndexGuard.CheckName(document.Id, "document id");
        IndexGuard.CheckName(document.Group, "group");
        IngestChecks.EnsureNoPart(document.Id);
        string text = await document.LoadAsync(cancellationToken).ConfigureAwait(false);
        return string.IsNullOrWhiteSpace(text)
            ? throw new LlocoException($"The document '{document.Id}' is empty. There is nothing to compress.")
            : text;
    }

    // Cutting a long text takes a while; a cancelled call does not wait for it.
    private Task<CutDocument> CutAsync(string text, CancellationToken cancellationToken) =>
        Task.Run(() => CutDocument.From(layers.Tokenizer, layers.Compressor, text), cancellationToken)
            .WaitAsync(cancellationToken);

    private async Task<IReadOnlyList<Passage>> SplitAsync(string text, CancellationToken cancellationToken)
    {
        IReadOnlyList<Passage> passages = layers.Passages.Split(text);
        return layers.Embedder is null
            ? passages
            : await PassageEmbedding.AttachAsync(layers.Embedder, text, passages, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<IngestPlan> PlanAsync(
        string documentId, CutDocument cut, SummaryCacheFile? cache, CancellationToken cancellationToken) =>
        cache is not null
            ? IngestPlanner.PlanImport(documentId, cut, cache)
            : await IngestPlanner.PlanAsync(
                layers.Index, documentId, cut.Hashes, layers.Projector is IdentityProjector or KeyValueProjector, cancellationToken)
                .ConfigureAwait(false);

    private static IngestOutcome Outcome(DocumentRecord? stored, IngestPlan plan, CutDocument cut) => stored is null
        ? IngestOutcome.Added
        : plan.ReusedSegments > 0 && plan.ReusedSegments < cut.Segments.Count ? IngestOutcome.Appended : IngestOutcome.Replaced;
}
