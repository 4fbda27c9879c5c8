using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Runtime;
using LLoCO.Core.Validation;
using LLoCO.Training.Memories;

namespace LLoCO.Training.Probing;

/// <summary>A model on a thread of its own, with its adapters, as a pipeline holds one; and its passes, one by one.</summary>
/// <remarks>Safe for concurrent use. Work on the passes takes turns with compressor, decoder and training.</remarks>
public sealed class ModelProbe : IAsyncDisposable
{
    private readonly LoadedModel _model;
    private readonly ModelPasses _passes;

    private ModelProbe(LoadedModel model)
    {
        _model = model;
        _passes = new ModelPasses(model.Model, model.FindAdapter);
    }

    /// <summary>Gets the model's shape.</summary>
    public LlamaConfig Config => _model.Config;

    /// <summary>Gets what summary embeddings of this model carry.</summary>
    public ModelFingerprint Fingerprint => _model.Fingerprint;

    /// <summary>Gets the names of the adapters.</summary>
    public IReadOnlyCollection<string> Adapters => _model.Adapters;

    /// <summary>Loads a model folder. Blocking.</summary>
    /// <param name="folder"><c>config.json</c> and weights, as Hugging Face lays them out; a tokenizer is not needed.</param>
    /// <param name="device">Where to keep the weights. Default: the CPU.</param>
    /// <param name="precision">In which format. Default: as stored.</param>
    /// <param name="tokenizerFingerprint">Fingerprint of the tokenizer, for the model's own.</param>
    /// <param name="cancellationToken">Checked before each weight.</param>
    /// <returns>The model, the caller's to dispose.</returns>
    /// <exception cref="LLoCO.Core.Checkpoints.CheckpointFormatException">The folder is not a model that this library
    /// runs.</exception>
    /// <exception cref="LlocoRuntimeException">libtorch or the device is not there.</exception>
    public static ModelProbe Open(
        string folder,
        LlocoDevice device = default,
        WeightPrecision precision = WeightPrecision.AsStored,
        string tokenizerFingerprint = "none",
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(tokenizerFingerprint);
        return new ModelProbe(LoadedModel.Open(folder, device, precision, tokenizerFingerprint, cancellationToken));
    }

    /// <summary>Makes a model with random weights, whose speed is that of any other of its shape.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="precision">Number format; float32 for <see cref="WeightPrecision.AsStored"/>, since nothing is stored.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <param name="device">Where to keep them. Default: the CPU.</param>
    /// <returns>The model, the caller's to dispose.</returns>
    /// <exception cref="LlocoRuntimeException">libtorch or the device is not there.</exception>
    public static ModelProbe CreateRandom(
        LlamaConfig config, WeightPrecision precision = WeightPrecision.BFloat16, long seed = 1, LlocoDevice device = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        LlocoRuntime.EnsureAvailable(device);
        var fingerprint = new ModelFingerprint(
            "random", "random", config.SegmentLength, config.SummaryLength, ModelFingerprint.IdentityProjector);
        return new ModelProbe(new LoadedModel(ModelPasses.MakeRandom(config, precision, seed, device), fingerprint));
    }

    /// <summary>Loads an adapter and makes it known under a name. Blocking.</summary>
    /// <param name="name">The name.</param>
    /// <param name="folder">The PEFT folder.</param>
    /// <exception cref="LlocoException">A file is damaged, does not fit the model, or was trained for another one.</exception>
    public void LoadAdapter(string name, string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _model.LoadAdapter(name, folder, _model.Fingerprint);
    }

    /// <summary>Adds an adapter as training begins with: random, and without effect.</summary>
    /// <param name="name">The name.</param>
    /// <param name="rank">Rank of the pairs; at least 1.</param>
    /// <param name="alpha">Their scale times the rank.</param>
    /// <param name="targets">The layers that it adapts.</param>
    /// <param name="seed">The same seed gives the same numbers.</param>
    public void AddAdapter(string name, int rank, double alpha, IReadOnlyList<LoraTarget> targets, long seed)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(targets);
        _model.SetAdapter(LoraAdapter.Fresh(name, Config, rank, alpha, [.. targets], seed, _model.Model.Weights.Device));
    }

    /// <summary>Makes a compressor over the model.</summary>
    /// <returns>The compressor, usable as long as the model is. It cuts documents at the model's segment length.</returns>
    /// <exception cref="LlocoException">The model has no summary embeddings.</exception>
    public IContextCompressor CreateCompressor() => new AutoCompressor(_model, Cut);

    /// <summary>Makes a compressor of key/value memories over the model, whose words are numbers.</summary>
    /// <param name="options">How memories are made.</param>
    /// <returns>The compressor, usable as long as the model is.</returns>
    /// <exception cref="LlocoException">An option is out of range, or the model cannot read such memories.</exception>
    public IContextCompressor CreateMemoryCompressor(KeyValueMemoryOptions options)
    {
        OptionsFaults.ThrowIfAny(options, "options of key/value memories");
        return new KeyValueCompressor(_model, new NumberText(Config), new PromptTemplate(PromptTemplate.QuestionMark), options);
    }

    /// <summary>Begins to train a key/value memory with the trainer's own step, on questions of random tokens with a teacher of random
    /// words, without its files and validation.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="options">How to train; its passes are asked as many different questions as one step has.</param>
    /// <param name="questionTokens">Tokens of a question.</param>
    /// <param name="answerTokens">Tokens of its answer; at least 1.</param>
    /// <param name="cancellationToken">Takes the work out of the queue.</param>
    /// <returns>The run, the caller's to dispose before the model.</returns>
    /// <exception cref="LlocoException">An option is out of range.</exception>
    public async Task<AdapterSteps> BeginLearnAsync(
        SummaryEmbeddings memory, CartridgeTrainingOptions options, int questionTokens, int answerTokens,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(questionTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(answerTokens, 1);
        options.Check();
        var random = new Random(1);
        int[] Words(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(Config.VocabularySize))];
        AdapterExample[] examples = [.. Enumerable.Range(0, options.BatchSize * options.AccumulationSteps).Select(number => new AdapterExample
        {
            Id = $"{number}",
            Prompt = Words(questionTokens),
            Answer = Words(answerTokens),
            Teacher = [.. Enumerable.Range(0, answerTokens).Select(_ => new TeacherToken(
                Words(options.TopLogits), Enumerable.Repeat(-MathF.Log(options.TopLogits), options.TopLogits).ToArray()))],
        })];
        CartridgePart[] parts = [new(memory.DocumentId, memory, null, null, examples, [])];
        CartridgeRun run = await _model.Worker.RunAsync(
            () => new CartridgeRun(_model.Model, options, parts, (null, _model.Fingerprint)), cancellationToken, gradients: true).ConfigureAwait(false);
        return new AdapterSteps(_model.Worker, run);
    }

    /// <summary>Makes a decoder over the model.</summary>
    /// <param name="decoding">What generates tokens; the defaults with <see langword="null"/>.</param>
    /// <returns>The decoder, the caller's to dispose before the model.</returns>
    /// <exception cref="LlocoException">An option is out of range.</exception>
    public ProbeDecoder CreateDecoder(DecodingOptions? decoding = null) =>
        new(new LlamaAnswerDecoder(_model, _model.Fingerprint, tokenizer: null, decoding: decoding));

    /// <summary>Runs work with the model's passes on the thread that owns it.</summary>
    /// <typeparam name="T">What the work gives.</typeparam>
    /// <param name="work">Synchronous work. What it makes of the passes belongs to that thread and ends with the work.</param>
    /// <param name="cancellationToken">Takes the work out of the queue; once it has started it runs to its end.</param>
    /// <returns>The work's result or its exception.</returns>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public Task<T> RunAsync<T>(Func<ModelPasses, T> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return _model.Worker.RunAsync(() => work(_passes), cancellationToken);
    }

    /// <summary>Runs work with an adapter whose weights learn, on the thread that owns the model.</summary>
    /// <typeparam name="T">What the work gives.</typeparam>
    /// <param name="folder">The PEFT folder that the adapter begins with; it is not changed.</param>
    /// <param name="work">Synchronous work with the adapter, which ends with it.</param>
    /// <param name="cancellationToken">Takes the work out of the queue; once it has started it runs to its end.</param>
    /// <returns>The work's result or its exception.</returns>
    /// <exception cref="LLoCO.Core.Checkpoints.CheckpointFormatException">A file is damaged or does not fit the
    /// model.</exception>
    public Task<T> LearnAsync<T>(string folder, Func<LearningAdapter, T> work, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(work);
        return _model.Worker.RunAsync(
            () =>
            {
                using var adapter = new LearningAdapter(_model.Model, folder);
                return work(adapter);
            },
            cancellationToken,
            gradients: true);
    }

    /// <summary>Begins to finetune an adapter with the trainer's own step, without its files and validation.</summary>
    /// <param name="examples">What to learn; at least one example.</param>
    /// <param name="options">How to train.</param>
    /// <param name="cancellationToken">Takes the work out of the queue.</param>
    /// <returns>The run, the caller's to dispose before the model.</returns>
    /// <exception cref="LlocoException">An option is out of range.</exception>
    public async Task<AdapterSteps> BeginFinetuneAsync(
        IAdapterExampleSource examples, AdapterTrainingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        AdapterRun run = await _model.Worker.RunAsync(
            () => new AdapterRun(_model.Model, _model.Fingerprint, null, options, examples, [], null),
            cancellationToken,
            gradients: true).ConfigureAwait(false);
        return new AdapterSteps(_model.Worker, run);
    }

    /// <summary>Lets waiting work end, then releases the weights.</summary>
    /// <returns>Done when the memory is free.</returns>
    public ValueTask DisposeAsync() => _model.DisposeAsync();

    private List<int> Cut(ReadOnlySpan<int> tokens)
    {
        var counts = new List<int>();
        for (int left = tokens.Length; left > 0; left -= Config.SegmentLength)
        {
            counts.Add(Math.Min(left, Config.SegmentLength));
        }

        return counts;
    }
}
