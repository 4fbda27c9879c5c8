using System.Runtime.CompilerServices;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Pipeline;
using LLoCO.Core.Pipeline.Asking;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Pipeline.Ingestion;
using LLoCO.Core.Tokenization;
using Microsoft.Extensions.Logging;

namespace LLoCO.Core;

/// <summary>
/// Compresses documents into summary embeddings, stores them, and answers questions from them with the adapter of their group
/// (arXiv 2404.07979).
/// </summary>
/// <remarks>
/// Safe for concurrent use: concurrent questions share decode steps (<see cref="BatchOptions"/>), and a few documents are
/// ingested at the same time. The pipeline disposes the layers that it created, not those that the caller supplied. Dispose it
/// when no call is in progress.
/// </remarks>
public sealed partial class LlocoPipeline : IAsyncDisposable, IDisposable
{
    private readonly PipelineLayers _layers;
    private readonly DocumentIngester _ingester;
    private readonly QuestionAnswerer _answerer;
    private readonly ILogger _logger;
    private int _disposed;

    internal LlocoPipeline(PipelineLayers layers)
    {
        _layers = layers;
        _logger = layers.Settings.Loggers.CreateLogger<LlocoPipeline>();
        _ingester = new DocumentIngester(layers, _logger);
        _answerer = new QuestionAnswerer(layers, layers.Settings, _logger);
        Log.PipelineReady(
            _logger, layers.Settings.Model?.DisplayName ?? "of the caller", layers.Decoder.Adapters.Count,
            layers.Decoder.NativeWindow, layers.LoadTime.TotalSeconds);
    }

    /// <summary>Gets the fingerprint that the index carries.</summary>
    public ModelFingerprint Fingerprint => _layers.Decoder.Fingerprint;

    /// <summary>Gets the number of positions that summary prefix, prompt and answer may take together.</summary>
    public int NativeWindow => _layers.Decoder.NativeWindow;

    /// <summary>Gets the names of the loaded adapters.</summary>
    public IReadOnlyCollection<string> Adapters => _layers.Decoder.Adapters;

    /// <summary>Gets the tokenizer.</summary>
    public ITokenizer Tokenizer => _layers.Tokenizer;

    /// <summary>Gets the index. The pipeline disposes it only if it created it.</summary>
    public IRetrievalIndex Index => _layers.Index;

    /// <summary>Creates a builder.</summary>
    /// <param name="sharing">A pipeline whose model the new one uses too: weights are in memory once, and one thread computes for both. The
    /// builder begins with its settings, but without its index, folder of prefixes and adapters. What the new pipeline adds (documents,
    /// prefixes, adapters) is its own, and unknown to the other; it answers with the adapters of the other, unless it has one of the same
    /// name. Must be disposed after the new one. <see langword="null"/> for a pipeline with a model of its own.</param>
    /// <returns>A new builder.</returns>
    /// <remarks>Layers that the caller brought are used as they are: a decoder (<see cref="LlocoPipelineBuilder.UseDecoder"/>) with its
    /// adapters and caches, for both.</remarks>
    public static LlocoPipelineBuilder CreateBuilder(LlocoPipeline? sharing = null) =>
        sharing is null ? new() : new(sharing.Layers.Settings.Share(sharing.Layers));

    /// <summary>
    /// Compresses documents and puts them into the index. A few are processed at the same time, because short segments of several
    /// documents are compressed together faster than alone.
    /// </summary>
    /// <param name="documents">The documents. The next one is read when there is room for it. Documents with the same id are
    /// processed one after the other.</param>
    /// <param name="progress">Called after each segment, with the document and its number. Calls never overlap and hold no lock,
    /// so the callback may use the pipeline.</param>
    /// <param name="cancellationToken">Checked before each segment. Finished segments are kept; the next ingest of the document
    /// continues there.</param>
    /// <returns>One result per document in the order of the documents, as soon as it and those before it are done. A document
    /// that fails is a result with its <see cref="IngestResult.Failure"/>; the others go on. Leaving the enumeration early stops
    /// the documents in progress.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IAsyncEnumerable<IngestResult> IngestAsync(
        IEnumerable<SourceDocument> documents,
        IProgress<IngestProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        return IngestAsync(IngestQueue.From(documents), progress, cancellationToken);
    }

    /// <inheritdoc cref="IngestAsync(IEnumerable{SourceDocument}, IProgress{IngestProgress}?, CancellationToken)"/>
    public IAsyncEnumerable<IngestResult> IngestAsync(
        IAsyncEnumerable<SourceDocument> documents,
        IProgress<IngestProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var reports = new ProgressReports(progress);
        return IngestQueue.RunAsync(
            documents, (document, number, stop) => IngestAsync(document, reports, number, stop), cancellationToken);
    }

    /// <summary>Adds documents to the index with the vectors of an original summary cache, instead of compressing them.</summary>
    /// <param name="cache">The cache, opened with the fingerprint of the model that made it. It must equal this pipeline's
    /// <see cref="Fingerprint"/>. A document is found in it by its id.</param>
    /// <param name="documents">The documents with the texts that the cache was made from; taken one at a time.</param>
    /// <param name="cancellationToken">Checked before each document.</param>
    /// <returns>One result per document. A document that the cache lacks, or that is cut into other segments than it says, is a
    /// result with its <see cref="IngestResult.Failure"/>; one that the index holds already stays as it is.</returns>
    /// <exception cref="FingerprintMismatchException">The cache was opened with another model's fingerprint.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async IAsyncEnumerable<IngestResult> ImportAsync(
        SummaryCacheFile cache,
        IEnumerable<SourceDocument> documents,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(documents);
        Fingerprint.EnsureMatches(cache.Fingerprint, $"summary cache '{cache.Path}'");
        int number = 0;
        var untold = new ProgressReports(null);
        foreach (SourceDocument document in documents)
        {
            EnsureUsable();
            yield return await _ingester.IngestAsync(document, ++number, untold, cancellationToken, cache).ConfigureAwait(false);
        }
    }

    /// <summary>Removes a document from the index, with all its parts.</summary>
    /// <param name="documentId">The document's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether there was one.</returns>
    public async ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default)
    {
        EnsureUsable();
        bool deleted = await DocumentParts.DeleteAsync(_layers.Index, documentId, first: 1, cancellationToken).ConfigureAwait(false);
        if (deleted)
        {
            Log.DocumentDeleted(_logger, documentId);
        }

        return deleted;
    }

    /// <summary>Answers a question.</summary>
    /// <param name="question">The question; not empty.</param>
    /// <param name="options">How to answer it; the pipeline's defaults with <see langword="null"/>.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    /// <returns>The answer with sources, token counts and times.</returns>
    /// <exception cref="LlocoException">There is nothing to answer from, or an option names what is not there.</exception>
    /// <exception cref="Decoding.WindowExceededException">It does not fit the native window under the policy.</exception>
    public async Task<LlocoAnswer> AskAsync(
        string question, AskOptions? options = null, CancellationToken cancellationToken = default)
    {
        LlocoAnswer? answer = null;
        await foreach (AnswerUpdate update in AskStreamingAsync(question, options, cancellationToken).ConfigureAwait(false))
        {
            answer = update.Answer;
        }

        return answer!;
    }

    /// <summary>Streams the answer to a question.</summary>
    /// <param name="question">The question; not empty.</param>
    /// <param name="options">How to answer it; the pipeline's defaults with <see langword="null"/>.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    /// <returns>Pieces of text; the last update carries the whole answer with finish reason and usage. Leaving the enumeration
    /// early stops the work.</returns>
    /// <exception cref="LlocoException">There is nothing to answer from, or an option names what is not there.</exception>
    /// <exception cref="Decoding.WindowExceededException">It does not fit the native window under the policy.</exception>
    public IAsyncEnumerable<AnswerUpdate> AskStreamingAsync(
        string question, AskOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(question);
        EnsureUsable();
        return _answerer.AskAsync(question, options ?? new AskOptions(), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _layers.DisposeAsync().ConfigureAwait(false);
            _ingester.Dispose();
            Log.PipelineDisposed(_logger);
        }
    }

    /// <summary>
    /// Calls <see cref="DisposeAsync"/> and waits for it. Containers that are disposed synchronously need this.
    /// </summary>
    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).GetAwaiter().GetResult();

    private Task<IngestResult> IngestAsync(
        SourceDocument document, ProgressReports progress, int number, CancellationToken cancellationToken)
    {
        EnsureUsable();
        return _ingester.IngestAsync(document, number, progress, cancellationToken);
    }

    private void EnsureUsable() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
}
