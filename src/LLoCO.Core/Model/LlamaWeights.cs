using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>
/// All weights of a LLaMA and of its compressor, by their Hugging Face names. The constructor loads the weights; nothing is
/// initialised first.
/// </summary>
internal sealed partial class LlamaWeights : IDisposable
{
    /// <summary>The tensors that are disposed with this object; <see langword="null"/> for all weights.</summary>
    private readonly IReadOnlyList<Tensor>? _own;
    private readonly LazyTensor? _summary;

    private LlamaWeights(LlamaConfig config, Func<string, long[], LazyTensor> take)
    {
        Config = config;
        long hidden = config.HiddenSize;
        StoredEmbedding = take("model.embed_tokens.weight", [config.VocabularySize, hidden]);
        Layers = new LlamaLayerWeights[config.Layers];
        for (int layer = 0; layer < config.Layers; layer++)
        {
            string prefix = LayerTable.Prefix(layer);
            Layers[layer] = new LlamaLayerWeights(config, stored => take(prefix + stored.Name, stored.Shape(config)));
        }

        StoredNorm = take("model.norm.weight", [hidden]);
        StoredHead = config.TieWordEmbeddings ? StoredEmbedding : take("lm_head.weight", [config.VocabularySize, hidden]);
        _summary = config.SummaryLength > 0 ? take("embed_summary.weight", [config.SummaryLength, hidden]) : null;
    }

    private LlamaWeights(LlamaWeights other, LlamaLayerWeights[] layers, IReadOnlyList<Tensor> own)
    {
        (Config, StoredEmbedding, StoredNorm, StoredHead, _summary) =
            (other.Config, other.StoredEmbedding, other.StoredNorm, other.StoredHead, other._summary);
        Layers = layers;
        _own = own;
    }

    /// <summary>Gets the shape of the model.</summary>
    internal LlamaConfig Config { get; }

    /// <summary>Gets <c>model.embed_tokens</c>, <c>[vocabulary, hidden]</c>.</summary>
    internal Tensor TokenEmbedding => StoredEmbedding.Tensor;

    /// <summary>Gets <see cref="TokenEmbedding"/> for readers without libtorch.</summary>
    internal LazyTensor StoredEmbedding { get; }

    /// <summary>Gets the decoder layers.</summary>
    internal LlamaLayerWeights[] Layers { get; }

    /// <summary>Gets <c>model.norm</c>, <c>[hidden]</c>.</summary>
    internal Tensor FinalNorm => StoredNorm.Tensor;

    /// <summary>Gets <see cref="FinalNorm"/> for readers without libtorch.</summary>
    internal LazyTensor StoredNorm { get; }

    /// <summary>Gets <c>lm_head</c>, <c>[vocabulary, hidden]</c>; the token embedding itself where they are tied.</summary>
    internal Tensor Head => StoredHead.Tensor;

    /// <summary>Gets <see cref="Head"/> for readers without libtorch.</summary>
    internal LazyTensor StoredHead { get; }

    /// <summary>Gets <c>embed_summary</c>, <c>[summary length, hidden]</c>: the inputs at the summary places.</summary>
    internal Tensor? SummaryEmbedding => _summary?.Tensor;

    /// <summary>Gets the number format of the weights.</summary>
    internal ScalarType Type => StoredEmbedding.Type;

    /// <summary>Gets where the weights are.</summary>
    internal Device Device => StoredEmbedding.Device;

    /// <summary>Loads the weights in one pass over the files; memory holds the model once.</summary>
    /// <param name="source">The checkpoint's tensors.</param>
    /// <param name="config">The model's shape; every weight is checked against it before the first is read.</param>
    /// <param name="type">The format to keep them in, or <see langword="null"/> for each as it is stored.</param>
    /// <param name="device">Where to keep them.</param>
    /// <param name="file">The checkpoint's path, for messages.</param>
    /// <param name="digest">Takes the hash of every tensor that it covers, of those that are not loaded too.</param>
    /// <param name="besides">A tensor that may be there too and is left alone.</param>
    /// <param name="cancellationToken">Checked before each weight.</param>
    internal static LlamaWeights Load(
        ITensorSource source, LlamaConfig config, ScalarType? type, Device device, string file,
        CheckpointDigest? digest = null, string? besides = null, CancellationToken cancellationToken = default)
    {
        WeightsCheck.EnsureFits(source, config, file, besides);
        var loaded = new WeightsReader(source, type, device, file, digest);
        foreach ((string name, long[] shape) in Shapes(config))
        {
            loaded.Expect(name, shape);
        }

        Dictionary<string, LazyTensor> weights = loaded.Read(cancellationToken);
        return new LlamaWeights(config, (name, _) => weights[name]);
    }

    /// <summary>Names and shapes of all weights of a model, as a checkpoint holds them; a tied head appears once.</summary>
    internal static IEnumerable<(string Name, long[] Shape)> Shapes(LlamaConfig config)
    {
        long hidden = config.HiddenSize;
        yield return ("model.embed_tokens.weight", [config.VocabularySize, hidden]);
        for (int layer = 0; layer < config.Layers; layer++)
        {
            foreach (StoredWeight stored in LayerTable.Stored(config))
            {
                yield return (LayerTable.Prefix(layer) + stored.Name, stored.Shape(config));
            }
        }

        yield return ("model.norm.weight", [hidden]);
        if (!config.TieWordEmbeddings)
        {
            yield return ("lm_head.weight", [config.VocabularySize, hidden]);
        }

        if (config.SummaryLength > 0)
        {
            yield return ("embed_summary.weight", [config.SummaryLength, hidden]);
        }
    }

    /// <summary>Makes weights of which some differ: the others are shared with these, which must outlive them.</summary>
    /// <param name="replace">Gives the weight of a layer's linear layer that takes the place of this one, or
    /// <see langword="null"/> to keep it.</param>
    /// <returns>Weights that own what was replaced, and nothing else.</returns>
    internal LlamaWeights With(Func<int, LoraTarget, Tensor, Tensor?> replace)
    {
        var layers = new LlamaLayerWeights[Layers.Length];
        var own = new List<Tensor>();
        try
        {
            for (int layer = 0; layer < Layers.Length; layer++)
            {
                layers[layer] = Layers[layer].With(target =>
                {
                    Tensor? other = replace(layer, target, Layers[layer][target]);
                    own.AddRange(other is null ? [] : [other]);
                    return other;
                });
            }
        }
        catch
        {
            own.ForEach(weight => weight.Dispose());
            throw;
        }

        return new LlamaWeights(this, layers, own);
    }

    /// <summary>Converts the weights to trainable parameters. This object must not be used afterwards.</summary>
    /// <param name="which">Chooses by name; all with <see langword="null"/>. The others stay as they are.</param>
    internal LlamaWeights AsParameters(Func<string, bool>? which = null)
    {
        Dictionary<string, Tensor> weights = Named().ToDictionary(entry => entry.Name, entry => entry.Weight);
        return From(Config, name => which?.Invoke(name) ?? true
            ? new TorchSharp.Modules.Parameter(weights[name], requires_grad: true).DetachFromDisposeScope()
            : weights[name]);
    }

    /// <summary>Builds from tensors at hand.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="weight">Gives the weight of a name, owned by the result.</param>
    internal static LlamaWeights From(LlamaConfig config, Func<string, Tensor> weight) => new(config, (name, _) => weight(name));

    /// <summary>All weights with the names a checkpoint gives them; a tied head appears once, as the embedding.</summary>
    internal IEnumerable<(string Name, Tensor Weight)> Named()
    {
        yield return ("model.embed_tokens.weight", TokenEmbedding);
        for (int layer = 0; layer < Layers.Length; layer++)
        {
            foreach ((string name, Tensor weight) in Layers[layer].Named())
            {
                yield return (LayerTable.Prefix(layer) + name, weight);
            }
        }

        yield return ("model.norm.weight", FinalNorm);
        if (!Config.TieWordEmbeddings)
        {
            yield return ("lm_head.weight", Head);
        }

        if (SummaryEmbedding is not null)
        {
            yield return ("embed_summary.weight", SummaryEmbedding);
        }
    }

    private IEnumerable<LazyTensor> Stored() =>
        [StoredEmbedding, StoredNorm, StoredHead, .. Layers.SelectMany(layer => layer.Whole), .. _summary is null ? [] : new[] { _summary }];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable weight in (IEnumerable<IDisposable>?)_own ?? Stored())
        {
            weight.Dispose();
        }
    }
}
