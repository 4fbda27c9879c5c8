using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Pipeline;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Projection;
using LLoCO.Core.Retrieval;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Trust;
using Microsoft.Extensions.Logging;

namespace LLoCO.Core;

/// <summary>
/// Configures a <see cref="LlocoPipeline"/>: the model, its device, its index, and any layer that the caller supplies.
/// </summary>
/// <remarks>
/// Nothing is opened before <see cref="Build"/> or <see cref="BuildAsync"/>, which check everything first and list all faults at
/// once. A successful build seals the builder. After a failed build you can correct the settings and build again. What the caller
/// passes in as an object stays the caller's: the pipeline disposes only what it made itself. Not safe for concurrent use.
/// </remarks>
public sealed partial class LlocoPipelineBuilder
{
    private readonly PipelineSettings _settings;
    private bool _sealed;

    /// <summary>Begins without settings.</summary>
    public LlocoPipelineBuilder()
        : this(new PipelineSettings())
    {
    }

    internal LlocoPipelineBuilder(PipelineSettings settings) => _settings = settings;

    /// <summary>Uses the model in a folder (<c>config.json</c>, weights, <c>tokenizer.model</c>).</summary>
    /// <param name="folder">The model folder, as it comes from Hugging Face.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseCheckpoint(string folder) => UseModel(new ModelPackage(folder));

    /// <summary>Uses a model from a package, with its adapters and prompts. The build checks the adapters' settings, names and shapes;
    /// the weights of each are read when it is first used.</summary>
    /// <param name="model">The model.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseModel(ModelPackage model) => Set(settings => settings.Model = NotNull(model));

    /// <summary>
    /// Sets the device of the weights and tensors; the CPU by default. CUDA needs the application to reference a CUDA backend
    /// package of TorchSharp.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseDevice(LlocoDevice device) => Set(settings => settings.Device = device);

    /// <summary>Sets the number format of the weights; <see cref="WeightPrecision.AsStored"/> by default.</summary>
    /// <param name="precision">The format.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UsePrecision(WeightPrecision precision) => Set(settings => settings.Precision = precision);

    /// <summary>Uses the caller's tokenizer in place of the model's.</summary>
    /// <param name="tokenizer">The tokenizer; stays the caller's.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseTokenizer(ITokenizer tokenizer) => Set(settings => settings.Tokenizer = NotNull(tokenizer));

    /// <summary>Uses the caller's compressor in place of the model's.</summary>
    /// <param name="compressor">The compressor; stays the caller's.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseCompressor(IContextCompressor compressor) =>
        Set(settings => settings.Compressor = NotNull(compressor));

    /// <summary>Uses the caller's projector in place of the identity.</summary>
    /// <param name="projector">The projector; stays the caller's.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseProjector(ISummaryProjector projector) =>
        Set(settings => settings.Projector = NotNull(projector));

    /// <summary>Uses the caller's decoder in place of the model's.</summary>
    /// <param name="decoder">The decoder with its adapters; stays the caller's.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseDecoder(IAnswerDecoder decoder) => Set(settings => settings.Decoder = NotNull(decoder));

    /// <summary>Loads an adapter in addition to those of the model, whole, during the build.</summary>
    /// <param name="name">The adapter's name. If it equals a group's name, the adapter is the default for that group.</param>
    /// <param name="folder">The PEFT folder.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder AddAdapter(string name, string folder) =>
        Set(settings => settings.Adapters.Add((NotNull(name), NotNull(folder))));

    /// <summary>
    /// Merges an adapter into a copy of the weights that it changes. Its questions are answered a little faster, at the cost of
    /// the memory for the copy (a third of the model for the four projections of attention). They do not share decode steps with
    /// questions of other adapters.
    /// </summary>
    /// <param name="name">The name of an adapter that is added or that the model ships.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder MergeAdapter(string name) => Set(settings => settings.MergedAdapters.Add(NotNull(name)));

    /// <summary>Sets the default generation options of questions.</summary>
    /// <param name="generation">The options; by default greedy, 64 new tokens.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseGeneration(GenerationOptions generation) =>
        Set(settings => settings.Generation = NotNull(generation));

    /// <summary>Sets the engine of decode steps, and its weight format.</summary>
    /// <param name="decoding">The options; by default this library's kernels on a CPU, over the weights as they are
    /// stored.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseDecoding(DecodingOptions decoding) =>
        Set(settings => settings.Decoding = NotNull(decoding));

    /// <summary>Sets how much of the KV cache of summary prefixes is kept, and whether it outlives the process.</summary>
    /// <param name="prefixes">The options; by default 1 GiB in memory.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UsePrefixCache(PrefixCacheOptions prefixes) =>
        Set(settings => settings.Prefixes = NotNull(prefixes));

    /// <summary>Sets how many questions are answered at the same time and how many may wait.</summary>
    /// <param name="batching">The options; by default 16 together and 1,024 waiting.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseBatching(BatchOptions batching) => Set(settings => settings.Batching = NotNull(batching));

    /// <summary>Sets the prompt in place of the model's own (<c>lloco.json</c>).</summary>
    /// <param name="template">A text that holds <see cref="PromptTemplate.QuestionMark"/> once.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UsePrompt(string template) => Set(settings => settings.Prompt = NotNull(template));

    /// <summary>Sets the chat template that the prompt stands in, as a user's words.</summary>
    /// <param name="choice"><c>none</c>, <c>chat</c> (the model's own, which must be there) or the path of a Jinja file. By default
    /// it is the model's own, if it has one and no prompt in <c>lloco.json</c>.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseChatTemplate(string choice) => Set(settings => settings.ChatTemplate = NotNull(choice));

    /// <summary>Adds dense vectors to the search.</summary>
    /// <param name="embedder">Computes the vectors, for passages and questions; not disposed by the pipeline.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseEmbedder(IPassageEmbedder embedder) => Set(settings => settings.Embedder = NotNull(embedder));

    /// <summary>Sets the default maximum number of documents in one prefix; 1 by default.</summary>
    /// <param name="documents">1 to 1,024. More than one needs a model trained to read several.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseTopK(int documents) => Set(settings => settings.TopK = documents);

    /// <summary>Sets what happens when documents do not fit the native window; <see cref="WindowPolicy.Error"/> by
    /// default.</summary>
    /// <param name="policy">The policy.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseWindowPolicy(WindowPolicy policy) => Set(settings => settings.WindowPolicy = policy);

    /// <summary>Measures at ingestion how much the summary of each document keeps. Off by default, because it can take longer than
    /// compression.</summary>
    /// <param name="fidelity">How to measure, and what to do with documents below a threshold.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseFidelity(FidelityOptions fidelity) => Set(settings => settings.Fidelity = NotNull(fidelity));

    /// <summary>
    /// Sets whether the best passages are added as raw tokens to the summary embeddings by default;
    /// <see cref="ExpandOptions.Never"/> by default.
    /// </summary>
    /// <param name="expand">The options.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseExpand(ExpandOptions expand) => Set(settings => settings.Expand = NotNull(expand));

    /// <summary>Sets what is done with a question whose answer is in doubt, where the question does not say;
    /// <see cref="DoubtPolicy.Warn"/> by default.</summary>
    /// <param name="policy">The policy.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseDoubtPolicy(DoubtPolicy policy) => Set(settings => settings.DoubtPolicy = policy);

    /// <summary>Names the model that answers with <see cref="DoubtPolicy.HandOver"/>. Questions and passages are sent to
    /// it.</summary>
    /// <param name="fallback">The model; stays the caller's.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseTextFallback(ITextFallback fallback) =>
        Set(settings => settings.TextFallback = NotNull(fallback));

    /// <summary>Sets how the index stores summary embeddings; <see cref="SummaryEncoding.BFloat16"/> by default.</summary>
    /// <param name="encoding">The encoding.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseStorage(SummaryEncoding encoding) => Set(settings => settings.Storage = encoding);

    /// <summary>Sends log messages to the application's loggers.</summary>
    /// <param name="loggers">The factory; stays the caller's.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseLogging(ILoggerFactory loggers) => Set(settings => settings.Loggers = NotNull(loggers));

    /// <summary>Checks the settings as a build does, and loads nothing.</summary>
    /// <returns>Every fault, one sentence each with the remedy; empty if there is none. What only shows in the weights or in the
    /// index is found by the build.</returns>
    public IReadOnlyList<string> FindFaults() => PipelineValidator.FindFaults(_settings);

    /// <summary>As <see cref="BuildAsync"/>, and blocks until it is done.</summary>
    /// <returns>The pipeline.</returns>
    /// <exception cref="LlocoConfigurationException">The description has faults; all are listed.</exception>
    public LlocoPipeline Build() => Task.Run(() => BuildAsync()).GetAwaiter().GetResult();

    /// <summary>Checks the settings, then loads the model and opens the index in the background.</summary>
    /// <param name="cancellationToken">Cancels between the steps.</param>
    /// <returns>The pipeline.</returns>
    /// <exception cref="LlocoConfigurationException">The description has faults; all are listed.</exception>
    /// <exception cref="Checkpoints.CheckpointFormatException">A file is not what it must be.</exception>
    /// <exception cref="FingerprintMismatchException">The index was made by another model.</exception>
    public async Task<LlocoPipeline> BuildAsync(CancellationToken cancellationToken = default)
    {
        EnsureOpen();
        IReadOnlyList<string> faults = FindFaults();
        if (faults.Count > 0)
        {
            throw new LlocoConfigurationException(faults);
        }

        // Sealed while it loads, because the settings are read then. After a failure the caller may correct them.
        _sealed = true;
        try
        {
            PipelineLayers layers = await new LayerLoader(_settings).LoadAsync(cancellationToken).ConfigureAwait(false);
            return new LlocoPipeline(layers);
        }
        catch
        {
            _sealed = false;
            throw;
        }
    }

    internal LlocoPipelineBuilder Set(Action<PipelineSettings> change)
    {
        EnsureOpen();
        change(_settings);
        return this;
    }

    private void EnsureOpen()
    {
        if (_sealed)
        {
            throw new InvalidOperationException("This builder has built its pipeline and is sealed. Start with a new builder.");
        }
    }

    private static T NotNull<T>(T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value;
    }
}
