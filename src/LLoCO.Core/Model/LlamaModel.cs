using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>
/// The LLaMA decoder (arXiv 2302.13971; reference: the original's modeling_flash_llama.py) over inputs that may be token
/// embeddings, summary embeddings, or both. It holds weights only: positions, mask, cached keys and values, and adapter are
/// arguments of a pass. One thread at a time.
/// </summary>
internal sealed class LlamaModel : IDisposable
{
    private readonly RotaryTable _rotary;
    private readonly RotaryTable? _localRotary;
    private readonly PlainAttention _attention;
    private InferencePass? _inference;

    internal LlamaModel(LlamaWeights weights)
    {
        Weights = weights;
        _attention = new PlainAttention(weights.Config);
        _rotary = new RotaryTable(weights.Config, weights.Device);
        _localRotary = Config.Plan.LocalRopeTheta is null ? null : new RotaryTable(weights.Config, weights.Device, local: true);
    }

    /// <summary>Gets the weights.</summary>
    internal LlamaWeights Weights { get; }

    /// <summary>Gets the shape of the model.</summary>
    internal LlamaConfig Config => Weights.Config;

    /// <summary>Looks up token embeddings.</summary>
    /// <param name="ids">Int64 ids, <c>[batch, seq]</c>.</param>
    /// <returns><c>[batch, seq, hidden]</c>.</returns>
    internal Tensor Embed(Tensor ids)
    {
        Tensor rows = Weights.TokenEmbedding.index_select(0, ids.reshape(-1));
        return Scale(rows, EmbeddingFactor).view(ids.size(0), ids.size(1), Config.HiddenSize);
    }

    /// <summary>Gets what token embeddings are multiplied with: rounded to the weights' format, as Gemma's code does.</summary>
    internal double EmbeddingFactor
    {
        get
        {
            if (Config.Plan.EmbeddingFactor == 1)
            {
                return 1;
            }

            float factor = (float)Config.Plan.EmbeddingFactor;
            return Weights.Type switch
            {
                ScalarType.BFloat16 => Numerics.BFloat16.ToSingle(Numerics.BFloat16.FromSingle(factor)),
                ScalarType.Float16 => (float)(Half)factor,
                _ => factor,
            };
        }
    }

    /// <summary>Runs the decoder layers and the final norm.</summary>
    /// <param name="inputs">Input vectors, <c>[batch, seq, hidden]</c>.</param>
    /// <param name="pass">Positions, mask, cache and adapter.</param>
    /// <returns>Outputs of the final norm, <c>[batch, seq, hidden]</c>: summaries at the summary places, or what
    /// <see cref="Logits"/> reads.</returns>
    internal Tensor Forward(Tensor inputs, ForwardPass pass)
    {
        bool? isLong = pass.Cache is null ? null : KeyValueStore.SetLong(Config.RopeScaling, pass.Cache, pass.PositionLimit);
        (Tensor Cos, Tensor Sin)[] angles = SelectAngles(pass.Positions, pass.PositionLimit, isLong);
        Tensor hidden = Scale(inputs, Config.Plan.InputFactor);
        for (int layer = 0; layer < Weights.Layers.Length; layer++)
        {
            (Tensor cos, Tensor sin) = angles[Config.Plan.IsLocal(layer) ? 1 : 0];
            Tensor next = RunLayer(hidden, layer, cos, sin, pass);
            if (layer > 0)
            {
                hidden.Dispose();
            }

            hidden = next;
        }

        return Norm(hidden, Weights.FinalNorm);
    }

    /// <summary>Runs sequences without gradients, one behind the other in one pass; keys and values go to their caches, which the
    /// caller
    /// commits.</summary>
    /// <param name="inputs">Input vectors of all sequences, <c>[rows, hidden]</c>.</param>
    /// <param name="sequences">The sequences in the same order; each is causal, behind the keys and values of its cache.</param>
    /// <param name="adapter">The adapter of all, or <see langword="null"/> for the base model.</param>
    /// <param name="seen">Called with each layer and the queries of a sequence, or of all together; of all rows in the last layer, too, if
    /// none is wanted.</param>
    /// <returns>Outputs of the final norm at the wanted rows, <c>[wanted, hidden]</c>, in the weights' format.</returns>
    internal Tensor Infer(
        Tensor inputs, IReadOnlyList<SequenceRows> sequences, LoraAdapter? adapter = null, Action<int, SeenQueries>? seen = null)
    {
        if (Weights.Device.type == DeviceType.CPU)
        {
            _inference ??= new InferencePass(this);
            return _inference.Run(inputs, sequences, adapter, seen).to(Weights.Type);
        }

        // On other devices, attention kernels do not return the log-sum-exp by which parts are combined.
        return InferOneByOne(inputs, sequences, adapter, seen);
    }

    /// <summary>As <see cref="Infer"/>, with operators that every device has: one sequence after the other.</summary>
    internal Tensor InferOneByOne(
        Tensor inputs, IReadOnlyList<SequenceRows> sequences, LoraAdapter? adapter = null, Action<int, SeenQueries>? seen = null)
    {
        var wanted = new List<Tensor>(sequences.Count);
        long start = 0;
        foreach (SequenceRows sequence in sequences)
        {
            Tensor rows = inputs.narrow(0, start, sequence.Rows).unsqueeze(0);
            KeyValueStore? store = sequence.Cache is { } cache && sequence.Kept < sequence.Rows
                ? new PartialKeyValueStore(cache, sequence.Kept)
                : sequence.Cache;
            ForwardPass pass = ForwardPass.Consecutive(store?.Length ?? 0, sequence.Rows, Weights.Device, store, adapter);
            Tensor hidden = Forward(rows, pass with { Seen = seen });
            wanted.Add(hidden[0].narrow(0, sequence.Rows - sequence.Wanted, sequence.Wanted));
            start += sequence.Rows;
        }

        return cat(wanted, 0);
    }

    /// <summary>Cosines and sines of positions; see <see cref="RotaryTable.Select"/>.</summary>
    /// <returns>Those of most layers, then, where there are any, those of layers with angles of their own.</returns>
    internal (Tensor Cos, Tensor Sin)[] SelectAngles(Tensor positions, long limit, bool? isLong = null) => _localRotary is null
        ? [_rotary.Select(positions, limit, isLong)]
        : [_rotary.Select(positions, limit, isLong), _localRotary.Select(positions, limit, isLong)];

    /// <summary>Maps outputs of the final norm to logits, in float32.</summary>
    /// <param name="hidden"><c>[…, hidden]</c>.</param>
    /// <returns><c>[…, vocabulary]</c>.</returns>
    internal Tensor Logits(Tensor hidden) => 
        Scale(nn.functional.linear(hidden, Weights.Head).to(ScalarType.Float32), 1 / Config.Plan.LogitsDivisor);

    /// <inheritdoc/>
    public void Dispose()
    {
        _inference?.Dispose();
        _rotary.Dispose();
        _localRotary?.Dispose();
        Weights.Dispose();
    }

    /// <summary>Runs one layer in its own scope. libtorch keeps what the backward pass needs; without the scope, all other
    /// temporaries would live until the caller's scope ends.</summary>
    private Tensor RunLayer(Tensor hidden, int layer, Tensor cos, Tensor sin, ForwardPass pass)
    {
        using DisposeScope scope = NewDisposeScope();
        LlamaLayerWeights weights = Weights.Layers[layer];
        double factor = Config.Plan.ResidualFactor;
        Tensor attended = Attend(BlockNorm(hidden, weights, LayerWeight.InputNorm), layer, weights, cos, sin, pass);
        attended = BlockNorm(attended, weights, LayerWeight.AttentionOutputNorm);
        Tensor between = hidden.Plus(Scale(attended, factor));
        Tensor fed = FeedForward(BlockNorm(between, weights, LayerWeight.FeedForwardNorm), layer, weights, pass);
        fed = BlockNorm(fed, weights, LayerWeight.FeedForwardOutputNorm);
        Tensor output = between.Plus(Scale(fed, factor));
        return output.MoveToOuterDisposeScope();
    }

    private Tensor Norm(Tensor hidden, Tensor weight)
    {
        Tensor wide = hidden.to(ScalarType.Float32);
        Tensor scale = wide.Squared().mean([-1], keepdim: true).Plus(Config.NormEpsilon).rsqrt();
        return Config.Plan.NormsAddOne
            ? (wide * scale * weight.to(ScalarType.Float32).Plus(1)).to(hidden.dtype)
            : (wide * scale).to(hidden.dtype) * weight;
    }

    /// <summary>A norm before or behind a block, where the layer has it.</summary>
    private Tensor BlockNorm(Tensor numbers, LlamaLayerWeights weights, LayerWeight which) =>
        weights.Find(which) is { } weight ? Norm(numbers, weight) : numbers;

    /// <summary>The norm of queries or keys where the layer has one: of every head, or of all heads together, as wide as its
    /// weight.</summary>
    private Tensor HeadNorm(Tensor flat, LlamaLayerWeights weights, LayerWeight which) => weights.Find(which) is { } weight
        ? Norm(flat.view(flat.size(0), flat.size(1), -1, weight.size(0)), weight).view(flat.shape)
        : flat;

    /// <summary>Multiplies with a factor of the plan, unless it is 1.</summary>
    private static Tensor Scale(Tensor numbers, double factor)
    {
        if (factor == 1)
        {
            return numbers;
        }

        // Only a separate tensor keeps the number alive during the product.
        using Tensor scale = tensor((float)factor, device: numbers.device);
        return numbers * scale;
    }

    private static Tensor Linear(Tensor input, LlamaLayerWeights weights, int layer, LoraTarget target, ForwardPass pass)
    {
        Tensor output = nn.functional.linear(input, weights[target], weights.Find(LayerTable.BiasOf(target)));
        return pass.Rows is not null ? pass.Rows.Adapt(output, input, layer, target)
            : pass.Adapter is not null ? pass.Adapter.Apply(output, input, layer, target)
            : output;
    }

    private Tensor FeedForward(Tensor input, int layer, LlamaLayerWeights weights, ForwardPass pass)
    {
        Tensor gate = Linear(input, weights, layer, LoraTarget.Gate, pass);
        gate = Config.Plan.Activation == Activation.GeluTanh
            ? nn.functional.gelu(gate, TorchSharp.Modules.GELU.Approximate.tanh)
            : nn.functional.silu(gate);
        Tensor up = Linear(input, weights, layer, LoraTarget.Up, pass);
        return Linear(gate * up, weights, layer, LoraTarget.Down, pass);
    }

    private Tensor Attend(
        Tensor input, int layer, LlamaLayerWeights weights, Tensor cos, Tensor sin, ForwardPass pass)
    {
        Tensor query = Linear(input, weights, layer, LoraTarget.Query, pass);
        Tensor key = Linear(input, weights, layer, LoraTarget.Key, pass);
        Tensor value = Heads(Linear(input, weights, layer, LoraTarget.Value, pass), Config.KeyValueHeads);
        query = Heads(HeadNorm(query, weights, LayerWeight.QueryNorm), Config.Heads);
        key = Heads(HeadNorm(key, weights, LayerWeight.KeyNorm), Config.KeyValueHeads);
        if (Config.Plan.Rotates(layer))
        {
            query = RotaryTable.Rotate(query, cos, sin);
            key = RotaryTable.Rotate(key, cos, sin);
        }

        pass.Seen?.Invoke(layer, new SeenQueries(query));

        // The attention divides by the root of the head's width by itself.
        query = Scale(query, (Config.Plan.AttentionFactor * Math.Sqrt(Config.HeadDimension)) ?? 1);
        Tensor attended = _attention.Attend(query, key, value, layer, pass);
        long batch = input.size(0);
        long length = input.size(1);
        Tensor joined = attended.transpose(1, 2).reshape(batch, length, -1);
        return Linear(joined, weights, layer, LoraTarget.Output, pass);
    }

    /// <summary><c>[batch, seq, heads * head]</c> to <c>[batch, heads, seq, head]</c>.</summary>
    private Tensor Heads(Tensor flat, int heads) =>
        flat.view(flat.size(0), flat.size(1), heads, Config.HeadDimension).transpose(1, 2);
}
