using LLoCO.Core.Kernels;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;

namespace LLoCO.Core.Decoding;

/// <summary>The decoding kernels over one model: weights, threads and work space. Used on the model's thread only.</summary>
internal sealed class KernelDecoder : IDisposable
{
    /// <summary>Rows of a prefill that the kernels compute. Their products are as fast as libtorch's with few rows, and nothing of
    /// libtorch has to be compiled for them first.</summary>
    private const int PrefillRows = 64;

    /// <summary>Rows of a prefill by a small model: with the embedded one, the kernels are as fast as libtorch at 109 rows and take 1.5
    /// times as long at 397.</summary>
    private const int SmallModelRows = 128;
    private const long SmallModel = 32 << 20;

    private readonly LlamaModel _model;
    private readonly DecoderWeights _weights;
    private readonly KernelPool _pool;
    private readonly int _layers;
    private readonly int _logits;
    private DecoderWeights? _stored;
    private DecodeEngine? _prefill;

    private KernelDecoder(LlamaModel model, DecodingOptions options, int rows)
    {
        _model = model;
        _layers = model.Config.Layers;
        _logits = rows;
        _weights = KernelWeights.Create(model, options.Weights);
        _pool = new KernelPool(options.Threads == 0 ? Environment.ProcessorCount : options.Threads);
        Engine = new DecodeEngine(_weights, _pool, KernelSet.Best, rows, rows);
    }

    /// <summary>Gets the engine.</summary>
    internal DecodeEngine Engine { get; }

    /// <summary>Gets the engine of short prefills, made at its first use: with the weights as they are
    /// stored.</summary>
    internal DecodeEngine Prefill
    {
        get
        {
            _stored ??= KernelWeights.Create(_model, DecodeWeights.AsStored);
            return _prefill ??= new DecodeEngine(_stored, _pool, KernelSet.Best, MaxPrefill, _logits);
        }
    }

    /// <summary>Gets whether the kernels compute a prefill. With longrope they do not: its length decides how all of it is
    /// rotated.</summary>
    /// <param name="rows">Its rows.</param>
    internal bool CanPrefill(int rows) => rows <= MaxPrefill && _model.Config.RopeScaling.Long is null;

    private int MaxPrefill => BytesPerToken <= SmallModel ? SmallModelRows : PrefillRows;

    /// <summary>Gets the bytes of weights that one step reads.</summary>
    internal long BytesPerToken => _weights.BytesPerToken;

    /// <summary>Prepares the kernels for a model.</summary>
    /// <param name="model">The model; must outlive this object.</param>
    /// <param name="options">Checked options.</param>
    /// <param name="rows">Most answers of a step.</param>
    /// <returns>The kernels, or <see langword="null"/> if libtorch decodes.</returns>
    internal static KernelDecoder? Create(LlamaModel model, DecodingOptions options, int rows = 1) =>
        options.Engine == DecodeEngineKind.Auto && KernelWeights.CanRead(model)
            ? new KernelDecoder(model, options, rows)
            : null;

    /// <summary>Begins a row behind a cache, which stays where it is: the kernels add to it.</summary>
    /// <param name="cache">Keys and values, one row; must outlive the row.</param>
    /// <param name="adapter">The adapter, or <see langword="null"/> for the base model.</param>
    internal DecodeSequence Begin(KeyValueCache cache, LoraAdapter? adapter) =>
        new(cache.Show(), adapter is null ? null : KernelWeights.Adapter(adapter, _layers));

    /// <inheritdoc/>
    public void Dispose()
    {
        Engine.Dispose();
        _prefill?.Dispose();
        _stored?.Dispose();
        _pool.Dispose();
        _weights.Dispose();
    }
}
