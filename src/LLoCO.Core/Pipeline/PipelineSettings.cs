using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Projection;
using LLoCO.Core.Retrieval;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Trust;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LLoCO.Core.Pipeline;

/// <summary>What a builder has been told. Defaults are named here and nowhere else.</summary>
internal sealed class PipelineSettings
{
    public ModelPackage? Model { get; set; }

    public LlocoDevice Device { get; set; } = LlocoDevice.Cpu;

    public WeightPrecision Precision { get; set; } = WeightPrecision.AsStored;

    public ITokenizer? Tokenizer { get; set; }

    public IContextCompressor? Compressor { get; set; }

    public ISummaryProjector? Projector { get; set; }

    public IAnswerDecoder? Decoder { get; set; }

    public string? IndexFile { get; set; }

    public IRetrievalIndex? Index { get; set; }

    public List<(string Name, string Folder)> Adapters { get; } = [];

    public List<string> MergedAdapters { get; } = [];

    public GenerationOptions Generation { get; set; } = new();

    public DecodingOptions Decoding { get; set; } = new();

    public PrefixCacheOptions Prefixes { get; set; } = new();

    public BatchOptions Batching { get; set; } = new();

    public string? Prompt { get; set; }

    public IPassageEmbedder? Embedder { get; set; }

    public int TopK { get; set; } = 1;

    public WindowPolicy WindowPolicy { get; set; } = WindowPolicy.Error;

    public ExpandOptions Expand { get; set; } = ExpandOptions.Never;

    public FidelityOptions? Fidelity { get; set; }

    public SummaryEncoding Storage { get; set; } = SummaryEncoding.BFloat16;

    public ILoggerFactory Loggers { get; set; } = NullLoggerFactory.Instance;

    /// <summary>Gets whether a model folder must be read: a layer is missing that only it can give.</summary>
    public bool NeedsModel => Tokenizer is null || Compressor is null || Decoder is null;
}
