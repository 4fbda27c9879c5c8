using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tensors;
using LLoCO.Core.Tests.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Training;

/// <summary>
/// Finetuning of golden case <c>a_mha</c> written out once more in double precision, with nothing of the library in it but its way
/// to hold numbers: the LLaMA as its papers describe it, LoRA on q, k, v and o, cross-entropy on the answer, clipping, AdamW with
/// decay from the formulas.
/// </summary>
internal sealed class Fp64Reference : IDisposable
{
    private const int Layers = 2;
    private const int Heads = 4;
    private const int Width = 16;
    private const double Scale = 16.0 / 8;
    private const double NormEpsilon = 1e-5;

    private readonly Dictionary<string, Tensor> _weights = [];
    private readonly SortedDictionary<string, Tensor> _lora = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Tensor First, Tensor Second)> _moments = [];
    private readonly DisposeScope _scope = NewDisposeScope();
    private int _steps;

    public Fp64Reference()
    {
        Load(Goldens.Path("a_mha", "model", "model.safetensors"), _weights, trained: false);
        Load(Goldens.Path("a_mha", "adapter", "adapter_model.safetensors"), _lora, trained: true);
        foreach ((string name, Tensor weight) in _lora)
        {
            _moments.Add(name, (zeros_like(weight).detach(), zeros_like(weight).detach()));
        }
    }

    /// <summary>Takes a step and returns the loss before it.</summary>
    public double Step(float[] context, int[] ids, int answer, double rate, double clip, double decay)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor loss = Loss(context, ids, answer);
        loss.backward();
        using IDisposable guard = no_grad();
        double norm = Math.Sqrt(_lora.Values.Sum(weight => weight.grad!.Squared().sum().item<double>()));
        double shrink = Math.Min(1, clip / (norm + 1e-6));
        _steps++;
        foreach ((string name, Tensor weight) in _lora)
        {
            Tensor gradient = weight.grad!.Times(shrink);
            (Tensor first, Tensor second) = _moments[name];
            weight.Multiply(1 - (rate * decay));
            first.Multiply(0.9).Add(gradient.Times(0.1));
            second.Multiply(0.999).Add(gradient.Squared().Times(0.001));
            Tensor mean = first.Over(1 - Math.Pow(0.9, _steps));
            Tensor spread = second.Over(1 - Math.Pow(0.999, _steps)).sqrt();
            weight.sub_((mean / spread.Plus(1e-8)).Times(rate));
            weight.grad!.zero_();
        }

        return loss.item<double>();
    }

    public void Dispose() => _scope.Dispose();

    private Tensor Loss(float[] context, int[] ids, int answer)
    {
        Tensor tokens = tensor(ids.Select(id => (long)id).ToArray());
        long places = context.Length / (Heads * Width);
        Tensor vectors = tensor(context.Select(value => (double)value).ToArray(), [places, Heads * Width]);
        Tensor hidden = cat([vectors, _weights["model.embed_tokens.weight"].index_select(0, tokens)], 0);
        long length = hidden.size(0);
        for (int layer = 0; layer < Layers; layer++)
        {
            string at = $"model.layers.{layer}.";
            hidden = hidden.Plus(Attention(Norm(hidden, at + "input_layernorm.weight"), at, length));
            Tensor input = Norm(hidden, at + "post_attention_layernorm.weight");
            Tensor gate = Linear(input, at + "mlp.gate_proj");
            hidden = hidden.Plus(Linear(gate * sigmoid(gate) * Linear(input, at + "mlp.up_proj"), at + "mlp.down_proj"));
        }

        Tensor logits = Norm(hidden, "model.norm.weight").mm(_weights["lm_head.weight"].t());
        Tensor chosen = logits.narrow(0, length - answer - 1, answer);
        Tensor wanted = tokens.narrow(0, ids.Length - answer, answer);
        Tensor normaliser = chosen.exp().sum(1).log();
        return (normaliser - chosen.gather(1, wanted.unsqueeze(1)).squeeze(1)).mean();
    }

    private Tensor Attention(Tensor input, string at, long length)
    {
        Tensor query = Turn(Linear(input, at + "self_attn.q_proj").view(length, Heads, Width));
        Tensor key = Turn(Linear(input, at + "self_attn.k_proj").view(length, Heads, Width));
        Tensor value = Linear(input, at + "self_attn.v_proj").view(length, Heads, Width);
        Tensor scores = einsum("ihd,jhd->hij", query, key).Over(Math.Sqrt(Width));
        Tensor hidden = ones([length, length], dtype: ScalarType.Bool).triu(1);
        Tensor shares = nn.functional.softmax(scores.Fill(hidden, double.NegativeInfinity), 2);
        return Linear(einsum("hij,jhd->ihd", shares, value).reshape(length, Heads * Width), at + "self_attn.o_proj");
    }

    private static Tensor Turn(Tensor heads)
    {
        Tensor places = HeldNumbers.Range(0, heads.size(0), type: ScalarType.Float64).view(-1, 1);
        Tensor pairs = HeldNumbers.Range(0, Width / 2, type: ScalarType.Float64);
        Tensor angles = (places * pairs.Times(-2.0 / Width).Times(Math.Log(10_000)).exp()).unsqueeze(1);
        Tensor first = heads.narrow(2, 0, Width / 2);
        Tensor second = heads.narrow(2, Width / 2, Width / 2);
        return cat(
            [(first * angles.cos()) - (second * angles.sin()), (second * angles.cos()).Plus(first * angles.sin())], 2);
    }

    private Tensor Linear(Tensor input, string name)
    {
        Tensor output = input.mm(_weights[name + ".weight"].t());
        string pair = "base_model.model." + name;
        return _lora.TryGetValue(pair + ".lora_A.weight", out Tensor? down)
            ? output.Plus(input.mm(down.t()).mm(_lora[pair + ".lora_B.weight"].t()).Times(Scale))
            : output;
    }

    private Tensor Norm(Tensor hidden, string name) =>
        hidden / hidden.Squared().mean([1], keepdim: true).Plus(NormEpsilon).sqrt() * _weights[name];

    private static void Load(string file, IDictionary<string, Tensor> into, bool trained)
    {
        using SafetensorsFile tensors = SafetensorsFile.Open(file);
        foreach ((string name, TensorInfo info) in tensors.Tensors)
        {
            double[] numbers = [.. tensors.ReadFloats(name).Select(value => (double)value)];
            Tensor made = tensor(numbers, info.Shape.ToArray());
            into.Add(name, trained ? made.requires_grad_() : made);
        }
    }
}
