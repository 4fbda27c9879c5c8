using LLoCO.Core.Kernels;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;

namespace LLoCO.Core.Decoding;

/// <summary>The decoding kernels over one model: weights, threads and work space. Used on the model's thread only.</summary>
internal sealed class KernelDecoder : IDisposable
{
    private readonly DecoderWeights _weights;
    private readonly KernelPool _pool;
    private readonly int _layers;

    private KernelDecoder(LlamaModel model, DecodingOptions options, int rows)
    {
        _layers = model.Config.Layers;
        _weights = KernelWeights.Create(model, options.Weights);
        _pool = new KernelPool(options.Threads == 0 ? Environment.ProcessorCount : options.Threads);
        Engine = new DecodeEngine(_weights, _pool, KernelSet.Best, rows);
    }

    /// <summary>Gets the engine.</summary>
    internal DecodeEngine Engine { get; }

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
        _pool.Dispose();
        _weights.Dispose();
    }
}
