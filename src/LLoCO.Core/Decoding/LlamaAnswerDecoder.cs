using System.Runtime.CompilerServices;
using LLoCO.Core.Compression;
using LLoCO.Core.Compression.Published;
using LLoCO.Core.Decoding.Batching;
using LLoCO.Core.Decoding.Prefixes;
using LLoCO.Core.Decoding.Sampling;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Validation;

namespace LLoCO.Core.Decoding;

/// <summary>
/// The LoRA-adapted LLaMA that reads summary embeddings (arXiv 2404.07979, section 3.3): prefix, prompt, then token by token
/// with a key/value cache.
/// </summary>
internal sealed class LlamaAnswerDecoder : IAnswerDecoder, IContinuationScorer, IPrefixPreparer, IKeyValueReader, IAsyncDisposable
{
    private readonly LoadedModel _model;
    private readonly ITokenizer? _tokenizer;
    private readonly PrefixCache _prefixes;
    private readonly BatchOptions _options;
    private readonly ModelKernels _kernels;
    private readonly AnswerBatch _batch;

    /// <summary>Creates a decoder over a loaded model.</summary>
    /// <param name="model">The model; not disposed here.</param>
    /// <param name="fingerprint">The fingerprint that summary embeddings must have: the compressor's.</param>
    /// <param name="tokenizer">Gives end tokens and finds stop strings; without one the model's own end tokens are used and stop
    /// strings are refused.</param>
    /// <param name="prefixes">Limits and folder of the prefix cache; the defaults if omitted.</param>
    /// <param name="decoding">How decode steps are computed; the defaults if omitted.</param>
    /// <param name="batching">How many answers are decoded together; the defaults if omitted.</param>
    /// <param name="frame">What stands around summary embeddings; nothing if omitted.</param>
    /// <param name="like">A decoder over the same weights, which outlives this one: its kernels are used, where the options are the
    /// same.</param>
    internal LlamaAnswerDecoder(
        LoadedModel model,
        ModelFingerprint fingerprint,
        ITokenizer? tokenizer,
        PrefixCacheOptions? prefixes = null,
        DecodingOptions? decoding = null,
        BatchOptions? batching = null,
        PrefixFrame? frame = null,
        LlamaAnswerDecoder? like = null)
    {
        decoding ??= new DecodingOptions();
        _options = batching ?? new BatchOptions();
        prefixes ??= new PrefixCacheOptions();
        OptionsFaults.ThrowIfAny(decoding, "decoding options");
        OptionsFaults.ThrowIfAny(_options, "batch options");
        OptionsFaults.ThrowIfAny(prefixes, "prefix cache options");
        _model = model;
        _tokenizer = tokenizer;
        _prefixes = new PrefixCache(
            prefixes.MaxBytes,
            prefixes.Folder is null ? null : new PrefixFolder(prefixes.Folder, prefixes.MaxFolderBytes, fingerprint, model.Model),
            frame);
        ModelKernels? known = like?._kernels.FindLike(decoding, _options.MaxSequences);
        _kernels = known ?? new ModelKernels(decoding, _options.MaxSequences);
        _batch = new AnswerBatch(model.Worker, new SessionEngine(model, _prefixes, _kernels, ownsKernels: known is null), _options);
        Fingerprint = fingerprint;
    }

    /// <inheritdoc/>
    public ModelFingerprint Fingerprint { get; }

    /// <inheritdoc/>
    public int NativeWindow => _model.Config.MaxPositions;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Adapters => _model.Adapters;

    /// <summary>Gets the model.</summary>
    internal LoadedModel Loaded => _model;

    /// <summary>Gets the prefix cache, for tests and measurements.</summary>
    internal PrefixCache Prefixes => _prefixes;

    /// <summary>Gets the batch, for tests and measurements.</summary>
    internal AnswerBatch Batch => _batch;

    /// <inheritdoc/>
    public PrefixFrame Frame => _prefixes.Frame;

    /// <inheritdoc/>
    public int CountKeyValues(string? adapter) => _model.FindPrefix(adapter)?.Length ?? 0;

    /// <inheritdoc/>
    public IAsyncEnumerable<DecodeStep> DecodeAsync(DecodeRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(request);
        _model.CheckAdapter(request.Adapter);
        return Stream(request, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ContinuationScore>> ScoreAsync(
        ScoringRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Continuations.Count == 0)
        {
            return Task.FromResult<IReadOnlyList<ContinuationScore>>([]);
        }

        foreach (Continuation one in request.Continuations)
        {
            _model.CheckIds(one.Cue.Span, "continuation's cue");
            _model.CheckIds(one.Target.Span, "continuation");
            Check(new DecodeRequest(
                request.Prefix,
                (int[])[.. request.Context.Span, .. one.Cue.Span],
                request.Adapter,
                new GenerationOptions { MaxNewTokens = one.Target.Length }));
        }

        _model.CheckAdapter(request.Adapter);
        return ContinuationScorer.RunAsync(_model, request, _prefixes, _kernels, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> PrepareAsync(
        IReadOnlyList<SummaryEmbeddings> prefix, string? adapter = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        int count = Check(prefix, adapter);
        if (count == 0)
        {
            throw new ArgumentException("There are no summary embeddings to prepare.", nameof(prefix));
        }

        (WindowBudget.ForAnyQuestion(NativeWindow) with { Prefix = count }).EnsureFits();
        _model.CheckAdapter(adapter);
        return ReadPrefixAsync(prefix, adapter, cancellationToken);
    }

    private async Task<bool> ReadPrefixAsync(
        IReadOnlyList<SummaryEmbeddings> prefix, string? adapter, CancellationToken cancellationToken)
    {
        LoraAdapter? found = await _model.FindAdapterAsync(adapter, cancellationToken).ConfigureAwait(false);
        return await _model.Worker.RunAsync(
            () =>
            {
                (LlamaModel model, LoraAdapter? applied) = _model.Resolve(found);
                using var session = new DecodeSession(model, applied, capacity: 1, _kernels.Find(model))
                {
                    Merged = applied is null ? found : null,
                };
                return session.PreparePrefix(prefix, _prefixes);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends answers in progress and releases the prefix cache; the model stays loaded.</summary>
    /// <returns>Done when they are released.</returns>
    public async ValueTask DisposeAsync()
    {
        await _batch.DisposeAsync().ConfigureAwait(false);
        try
        {
            await _model.Worker.RunAsync(_prefixes.Dispose, plain: true).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The model's thread has ended, so no other code uses them.
            _prefixes.Dispose();
        }
    }

    private async IAsyncEnumerable<DecodeStep> Stream(
        DecodeRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LoraAdapter? adapter = await _model.FindPassAdapterAsync(request.Adapter, cancellationToken).ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        IReadOnlyList<int> endIds = _tokenizer?.EndOfSequenceIds ?? _model.Config.EndOfSequenceIds;
        var choice = new TokenChoice(request.Prompt.Span, request.Options, endIds, _tokenizer);
        var row = new AnswerSequence(request, adapter, choice, _options.MaxUnread, stop.Token);
        _batch.Enter(row);
        try
        {
            await foreach (DecodeStep step in row.Steps.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                // Steps generated before the cancellation are discarded, too.
                cancellationToken.ThrowIfCancellationRequested();
                if (row.MayRest)
                {
                    _batch.Wake();
                }

                yield return step;
            }
        }
        finally
        {
            // If the reader leaves early, the answer must not keep running. Its errors went through the channel.
            await stop.CancelAsync().ConfigureAwait(false);
            await row.Left.ConfigureAwait(false);
        }
    }

    private void Check(DecodeRequest request)
    {
        GenerationOptions options = request.Options;
        OptionsFaults.ThrowIfAny(options, "generation options");
        if (options.StopStrings.Count > 0 && _tokenizer is null)
        {
            throw new LlocoException("Stop strings need a tokenizer, and this decoder was made without one.");
        }

        _model.CheckIds(request.Prompt.Span, "prompt");
        new WindowBudget(NativeWindow)
        {
            Prefix = CountKeyValues(request.Adapter) + Check(request.Prefix, request.Adapter), Prompt = request.Prompt.Length, Answer = options.MaxNewTokens,
        }.EnsureFits();
    }

    /// <summary>Refuses summary embeddings that this model cannot read, and counts the vectors.</summary>
    private int Check(IReadOnlyList<SummaryEmbeddings> prefix, string? adapter)
    {
        if (prefix.Count > 0 && CountKeyValues(adapter) > 0)
        {
            throw new LlocoException(
                $"The adapter '{adapter}' is a key/value prefix and stands in place of summary embeddings. Ask it without them.");
        }

        foreach (SummaryEmbeddings document in prefix)
        {
            Fingerprint.EnsureMatches(document.Fingerprint, $"summary of document '{document.DocumentId}'");
            int width = document.IsKeyValue ? KeyValueMemory.Width(_model.Config) : _model.Config.HiddenSize;
            if (document.Width != width)
            {
                throw new LlocoException(
                    $"The summary embeddings of '{document.DocumentId}' are {document.Width} wide, the decoder reads "
                    + $"{width}. Use the projector between encoder and decoder, and ingest again.");
            }
        }

        return KeyValueMemory.CountAdded(prefix, NativeWindow, Frame.Places).Sum() + Frame.Count(prefix.Count);
    }
}
