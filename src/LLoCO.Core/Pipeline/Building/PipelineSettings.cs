using System.ComponentModel.DataAnnotations;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Projection;
using LLoCO.Core.Retrieval;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Trust;
using LLoCO.Core.Validation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LLoCO.Core.Pipeline.Building;

/// <summary>The settings of a builder. This is the only place with default values.</summary>
internal sealed class PipelineSettings
{
    /// <summary>Gets the layers whose model is used; <see langword="null"/> for a model of its own.</summary>
    public PipelineLayers? Shared { get; private set; }

    public ModelPackage? Model { get; set; }

    [SetBy(nameof(LlocoPipelineBuilder.UseDevice))]
    public LlocoDevice Device { get; set; } = LlocoDevice.Cpu;

    [SetBy(nameof(LlocoPipelineBuilder.UsePrecision))]
    public WeightPrecision Precision { get; set; } = WeightPrecision.AsStored;

    public ITokenizer? Tokenizer { get; set; }

    public IContextCompressor? Compressor { get; set; }

    public ISummaryProjector? Projector { get; set; }

    /// <summary>Gets or sets what makes the compressor of key/value memories, of the model, its tokenizer and its prompt;
    /// <see langword="null"/> for summary embeddings, or for an index that is only read.</summary>
    public Func<LoadedModel, ITokenizer, PromptTemplate, IContextCompressor>? KeyValues { get; set; }

    /// <summary>Gets or sets the most slots that are read of a document's key/value memory; 0 for all.</summary>
    public int MemorySlots { get; set; }

    /// <summary>Gets or sets where the key/value memories of several documents lie in one prefix.</summary>
    public PrefixPlaces MemoryPlaces { get; set; }

    public IAnswerDecoder? Decoder { get; set; }

    [SetBy(nameof(LlocoPipelineBuilder.UseIndex)), FilePath]
    public string? IndexFile { get; set; }

    /// <summary>Gets what opens indexes that are no files, by their names.</summary>
    public List<Func<string, Func<CancellationToken, Task<IRetrievalIndex>>?>> IndexKinds { get; private set; } = [];

    /// <summary>Gets what opens the index that is named, where it is no file.</summary>
    public Func<CancellationToken, Task<IRetrievalIndex>>? FindIndexKind() =>
        IndexFile is { } name ? IndexKinds.Select(find => find(name)).FirstOrDefault(open => open is not null) : null;

    public IRetrievalIndex? Index { get; set; }

    public List<(string Name, string Folder)> Adapters { get; private set; } = [];

    [SetBy(nameof(LlocoPipelineBuilder.MergeAdapter))]
    public List<string> MergedAdapters { get; private set; } = [];

    [SetBy(nameof(LlocoPipelineBuilder.UseGeneration))]
    public GenerationOptions Generation { get; set; } = new();

    [SetBy(nameof(LlocoPipelineBuilder.UseDecoding))]
    public DecodingOptions Decoding { get; set; } = new();

    [SetBy(nameof(LlocoPipelineBuilder.UsePrefixCache))]
    public PrefixCacheOptions Prefixes { get; set; } = new();

    [SetBy(nameof(LlocoPipelineBuilder.UseBatching))]
    public BatchOptions Batching { get; set; } = new();

    public string? Prompt { get; set; }

    public string? ChatTemplate { get; set; }

    public IPassageEmbedder? Embedder { get; set; }

    [SetBy(nameof(LlocoPipelineBuilder.UseTopK)), Range(1, 1024)]
    public int TopK { get; set; } = 1;

    [SetBy(nameof(LlocoPipelineBuilder.UseWindowPolicy))]
    public WindowPolicy WindowPolicy { get; set; } = WindowPolicy.Error;

    [SetBy(nameof(LlocoPipelineBuilder.UseExpand))]
    public ExpandOptions Expand { get; set; } = ExpandOptions.Never;

    [SetBy(nameof(LlocoPipelineBuilder.UseDoubtPolicy))]
    public DoubtPolicy DoubtPolicy { get; set; } = DoubtPolicy.Warn;

    public ITextFallback? TextFallback { get; set; }

    [SetBy(nameof(LlocoPipelineBuilder.UseFidelity))]
    public FidelityOptions? Fidelity { get; set; }

    [SetBy(nameof(LlocoPipelineBuilder.UseStorage))]
    public SummaryEncoding Storage { get; set; } = SummaryEncoding.BFloat16;

    public ILoggerFactory Loggers { get; set; } = NullLoggerFactory.Instance;

    /// <summary>Gets whether a model folder must be read, because the caller did not supply every layer that it
    /// provides.</summary>
    public bool NeedsModel => Tokenizer is null || Compressor is null || Decoder is null;

    /// <summary>Makes the settings of another pipeline over the same model: without an index, without adapters of its own, and with no folder
    /// of prefixes.</summary>
    /// <param name="layers">The layers that these settings became.</param>
    public PipelineSettings Share(PipelineLayers layers)
    {
        var other = (PipelineSettings)MemberwiseClone();
        other.Shared = layers;
        (other.Index, other.IndexFile, other.IndexKinds) = (null, null, [.. IndexKinds]);
        (other.Adapters, other.MergedAdapters) = ([], []);
        other.Prefixes = Prefixes with { Folder = null };
        if (Decoder is not null)
        {
            // The library's own compressor belongs to a model that nothing else here uses.
            other.Compressor = layers.Compressor;
        }

        return other;
    }
}
