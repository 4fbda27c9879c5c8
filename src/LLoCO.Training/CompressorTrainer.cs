using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core.Runtime;
using LLoCO.Core.Segments;
using LLoCO.Core.Tokenization;

namespace LLoCO.Training;

/// <summary>
/// Trains a compressor as AutoCompressors does (arXiv 2305.14788): a language model whose segments see each other through summary
/// embeddings only. Also trains language models from scratch.
/// </summary>
/// <remarks>Safe for concurrent use, one run at a time per folder; each run has its own weights and thread.</remarks>
public sealed class CompressorTrainer
{
    private readonly CompressorSetup _setup;
    private readonly CompressorTrainingOptions _options;
    private PromptSettings? _prompts;

    private CompressorTrainer(CompressorSetup setup, CompressorTrainingOptions options)
    {
        options.Check();
        LlamaConfig config = setup.Config;
        config = config with
        {
            SummaryLength = options.SummaryLength ?? config.SummaryLength,
            SegmentLength = options.SegmentLength ?? config.SegmentLength,
        };
        _setup = setup with { Config = config };
        _options = options;
        Tokenizer = TokenizerFile.Load(setup.TokenizerFile);
        if (options.SegmentsAsRead)
        {
            _setup = _setup with { AsRead = new Segmenter(config.SegmentLength, config.SegmentBoundary, Tokenizer) };
        }

        if (Tokenizer.VocabularySize > config.VocabularySize)
        {
            throw new LlocoException($"The tokenizer '{setup.TokenizerFile}' has {Tokenizer.VocabularySize} ids, the model knows "
                + $"{config.VocabularySize}. Bring the tokenizer that belongs to the model.");
        }
    }

    /// <summary>Gets the model's tokenizer, for making documents.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>Gets the shape that is trained, with its segment and summary length.</summary>
    public LlamaConfig Config => _setup.Config;

    /// <summary>Starts with a model: a LLaMA, which becomes a compressor, or a compressor to train further.</summary>
    /// <param name="folder">The model folder. It is not changed.</param>
    /// <param name="options">How to train; defaults with <see langword="null"/>.</param>
    /// <param name="device">Where to train; the CPU with <see langword="null"/>.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="LlocoException">The folder is not a model that this library runs, or an option is out of
    /// range.</exception>
    public static CompressorTrainer FromModel(
        string folder, CompressorTrainingOptions? options = null, LlocoDevice? device = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        LlamaConfig config = LlamaConfigFile.Read(Path.Combine(folder, LlamaConfigFile.FileName));
        return new CompressorTrainer(
            new CompressorSetup(folder, config, TokenizerFile.Open(folder).File, device ?? LlocoDevice.Cpu),
            options ?? new CompressorTrainingOptions());
    }

    /// <summary>Gives the recipe of AutoCompressors for a language model without a compressor: a LoRA update of rank 16 on the
    /// projections of attention besides the summary embeddings, segments of 1,536 tokens to 50 of them (shorter ones where the
    /// window is small), and sequences one by one, eight to a step.</summary>
    /// <param name="folder">The model folder. A model with a compressor keeps its lengths.</param>
    /// <returns>The options.</returns>
    /// <exception cref="LlocoException">The folder is not a model that this library runs.</exception>
    public static CompressorTrainingOptions Recipe(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        LlamaConfig config = LlamaConfigFile.Read(Path.Combine(folder, LlamaConfigFile.FileName));
        var recipe = new CompressorTrainingOptions { LoraRank = 16, BatchSize = 1, AccumulationSteps = 8 };
        int segment = Math.Clamp(config.MaxPositions / 4, 1, 1536);
        return config.SummaryLength > 0
            ? recipe
            : recipe with { SegmentLength = segment, SummaryLength = Math.Clamp(segment / 30, 1, 50) };
    }

    /// <summary>Makes a question of a document, as the model's own prompt asks it.</summary>
    /// <param name="adapter">The adapter whose prompt it gets; the model's own with <see langword="null"/>.</param>
    /// <param name="question">The question.</param>
    /// <param name="answer">The answer.</param>
    /// <returns>Its ids.</returns>
    /// <exception cref="LlocoException">The model's chat template cannot be used.</exception>
    public CompressorQuestion MakeQuestion(string? adapter, string question, string answer)
    {
        PromptSettings prompts = _prompts ??= _setup.Folder is null
            ? new PromptSettings()
            : PromptLoader.Load(_setup.Folder, null, null, Tokenizer);
        PromptTemplate template = prompts.For(adapter);
        return new CompressorQuestion(
            template.Encode(Tokenizer, question).Join([]), AnswerEncoding.Encode(Tokenizer, template, question, answer));
    }

    /// <summary>Starts with random weights.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="tokenizerFile">The tokenizer's file (<c>tokenizer.model</c> or <c>tokenizer.json</c>).</param>
    /// <param name="options">How to train; defaults with <see langword="null"/>.</param>
    /// <param name="device">Where to train; the CPU with <see langword="null"/>.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="LlocoException">The file is no tokenizer, or an option is out of range.</exception>
    public static CompressorTrainer FromScratch(
        LlamaConfig config, string tokenizerFile, CompressorTrainingOptions? options = null, LlocoDevice? device = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentException.ThrowIfNullOrWhiteSpace(tokenizerFile);
        return new CompressorTrainer(
            new CompressorSetup(null, config, tokenizerFile, device ?? LlocoDevice.Cpu),
            options ?? new CompressorTrainingOptions());
    }

    /// <summary>Trains into a folder, or continues an interrupted run there.</summary>
    /// <param name="corpus">The documents.</param>
    /// <param name="folder">The model folder, written when the run has ended; a folder <c>training</c> in it holds checkpoint and
    /// metrics (<see cref="TrainingFiles"/>).</param>
    /// <param name="validation">Documents that are not learned from, by whose loss the best weights are kept. Their
    /// <see cref="TrainingValidation.Exact"/> is the share of right answers, or of right next tokens where there are no
    /// questions.</param>
    /// <param name="progress">Called after each step.</param>
    /// <param name="cancellationToken">Checked before each step. Finished steps are kept: the same call continues there, and ends
    /// with the same weights as an uninterrupted one.</param>
    /// <returns>How it ended. A folder whose run has ended is not trained again.</returns>
    /// <exception cref="LlocoException">A document does not fit the model or its window, the folder holds a run with other
    /// settings, or the loss is NaN.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<TrainingResult> TrainAsync(
        ICompressorCorpus corpus,
        string folder,
        IReadOnlyList<CompressorDocument>? validation = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        LlocoRuntime.EnsureAvailable(_setup.Device);
        IReadOnlyList<CompressorDocument> held = validation ?? [];
        string settings = _setup.Hash(_options, corpus, held);
        if (_options.Patience > 0 && held.Count == 0)
        {
            throw new LlocoException("Patience needs validation documents: nothing else tells when to stop.");
        }

        var worker = new ModelWorker("LLoCO training");
        await using (worker.ConfigureAwait(false))
        {
            CompressorRun run = await worker.RunAsync(
                () => new CompressorRun(_setup, _options, corpus, held), cancellationToken, gradients: true)
                .ConfigureAwait(false);
            try
            {
                var loop = new TrainingLoop(worker, run, _options, folder, settings);
                return await loop.RunAsync(progress, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                await worker.RunAsync(run.Dispose, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }
}
