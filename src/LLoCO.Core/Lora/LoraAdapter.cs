using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LLoCO.Core.Families;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Lora;

/*
 *   x ───────► W  [out, in]   (frozen, any precision) ───────────────────► + ──► y
 *   └──► dropout ──► A [r, in] ──► B [out, r] ──► · alpha / r  (float32) ──┘
 *
 * LoRA (arXiv 2106.09685): only A and B are trained. A starts random and B zero, so a fresh adapter changes nothing. The
 * pair stays float32 beside a bf16 base: its updates are far smaller than bf16 can tell apart. Reference: peft 0.5.0,
 * tuners/lora.py.
 */

/// <summary>The LoRA pairs of one adapter. It is an argument of a pass, never part of the model: requests with different
/// adapters share one model.</summary>
internal sealed class LoraAdapter : IDisposable
{
    private readonly Dictionary<(int Layer, LoraTarget Target), LoraPair> _pairs;
    private Tensor? _kept;

    internal LoraAdapter(string name, int rank, double alpha, Dictionary<(int Layer, LoraTarget Target), LoraPair> pairs)
    {
        Name = name;
        Rank = rank;
        Alpha = alpha;
        _pairs = pairs;
    }

    /// <summary>Gets its name, by which requests select it.</summary>
    internal string Name { get; }

    /// <summary>Gets r: rows of A.</summary>
    internal int Rank { get; }

    /// <summary>Gets alpha: the pair's output is scaled by alpha / r.</summary>
    internal double Alpha { get; }

    /// <summary>Gets the probability of dropping an input of A; only training uses it.</summary>
    internal double Dropout { get; init; }

    /// <summary>Gets or sets the random generator of dropout, on the model's device. Training seeds one for each step, so that a
    /// run that was interrupted drops the same inputs as one that was not. Dropout is off without it.</summary>
    internal Generator? DropoutRandom { get; set; }

    /// <summary>Gets the pairs.</summary>
    internal IReadOnlyDictionary<(int Layer, LoraTarget Target), LoraPair> Pairs => _pairs;

    /// <summary>Creates a new adapter as PEFT does: A Kaiming uniform with a = sqrt(5), B zero.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="rank">r, at least 1.</param>
    /// <param name="alpha">alpha.</param>
    /// <param name="targets">The layers to adapt. Where the model has several in one matrix, naming one adapts the matrix.</param>
    /// <param name="seed">Seed of A.</param>
    /// <param name="device">Where the model is.</param>
    internal static LoraAdapter Fresh(
        string name, LlamaConfig config, int rank, double alpha, IReadOnlyCollection<LoraTarget> targets, long seed,
        Device device)
    {
        using var generator = new Generator((ulong)seed, CPU);
        var pairs = new Dictionary<(int, LoraTarget), LoraPair>();
        for (int layer = 0; layer < config.Layers; layer++)
        {
            foreach (StoredWeight module in LayerTable.Modules(config).Where(one => one.Rows.Any(row => targets.Contains(row.Target!.Value))))
            {
                using DisposeScope scope = NewDisposeScope();
                long[] shape = module.Shape(config);
                (long output, long input) = (shape[0], shape[1]);
                double bound = 1 / Math.Sqrt(input);
                Tensor down = rand([rank, input], generator: generator).Times(2).Minus(1).Times(bound).to(device);
                Tensor up = zeros([output, rank], device: device);
                LoraPair.Add(pairs, layer, module, config, down.DetachFromDisposeScope(), up.DetachFromDisposeScope());
            }
        }

        return new LoraAdapter(name, rank, alpha, pairs);
    }

    /// <summary>Converts the pairs to trainable parameters. This object must not be used afterwards.</summary>
    /// <param name="dropout">Probability of dropping an input of A while training.</param>
    internal LoraAdapter AsParameters(double dropout = 0) =>
        With(weight => new TorchSharp.Modules.Parameter(weight, requires_grad: true), dropout);

    /// <summary>Copies the pairs to trainable parameters; this object stays what it is.</summary>
    internal LoraAdapter CopyAsParameters() =>
        With(weight => new TorchSharp.Modules.Parameter(weight.detach().clone(), requires_grad: true), dropout: 0);

    /// <summary>Adds the adapter's share to a linear layer's output.</summary>
    /// <param name="output"><c>W x</c>.</param>
    /// <param name="input"><c>x</c>.</param>
    /// <param name="layer">The decoder layer.</param>
    /// <param name="target">The linear layer.</param>
    internal Tensor Apply(Tensor output, Tensor input, int layer, LoraTarget target)
    {
        if (!_pairs.TryGetValue((layer, target), out LoraPair? pair))
        {
            return output;
        }

        Tensor narrow = input.to(ScalarType.Float32);
        if (Dropout > 0 && DropoutRandom is { } random)
        {
            narrow = (narrow * Kept(narrow, pair, random)).Over(1 - Dropout);
        }

        Tensor low = nn.functional.linear(narrow, pair.Down);
        Tensor share = nn.functional.linear(low, pair.Rows()).Times(Alpha / Rank);
        return output.Plus(share.to(output.dtype));
    }

    private LoraAdapter With(Func<Tensor, Tensor> convert, double dropout)
    {
        // Pairs of one module share A, and their B are parts of one.
        var converted = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        return new LoraAdapter(Name, Rank, Alpha, _pairs.ToDictionary(entry => entry.Key, entry => entry.Value.Convert(Once)))
        {
            Dropout = dropout,
        };

        Tensor Once(Tensor weight)
        {
            if (!converted.TryGetValue(weight, out Tensor? other))
            {
                other = convert(weight).DetachFromDisposeScope();
                converted.Add(weight, other);
            }

            return other;
        }
    }

    /// <summary>Which inputs are not dropped. The linear layers of one module drop the same, as it does in PEFT.</summary>
    private Tensor Kept(Tensor input, LoraPair pair, Generator random)
    {
        if (pair.Share is { Start: > 0 } && _kept is not null)
        {
            return _kept;
        }

        Tensor kept = rand(input.shape, generator: random, device: input.device).AtLeast(Dropout);
        if (pair.Share is not null)
        {
            _kept?.Dispose();
            _kept = kept.DetachFromDisposeScope();
        }

        return kept;
    }

    /// <summary>Merges the update into a base weight: <c>W + alpha / r · B A</c>.</summary>
    /// <param name="name">The weight's name in a checkpoint.</param>
    /// <param name="weight">The weight.</param>
    /// <returns>The sum in the weight's format, or <see langword="null"/> where the weight has no update.</returns>
    internal Tensor? Merged(string name, Tensor weight)
    {
        foreach ((string module, LoraPair pair, Tensor up) in Modules())
        {
            if (name == $"{module}.weight")
            {
                return weight.to(ScalarType.Float32).Plus(up.mm(pair.Down).Times(Alpha / Rank)).to(weight.dtype);
            }
        }

        return null;
    }

    /// <summary>The modules that are adapted, under their names in a model (<c>model.layers.0.self_attn.q_proj</c>), each with its
    /// pair, and with its B, which is more than the pair's where other linear layers are in the module.</summary>
    internal IEnumerable<(string Module, LoraPair Pair, Tensor Up)> Modules()
    {
        foreach (((int layer, LoraTarget target), LoraPair pair) in
            _pairs.OrderBy(entry => entry.Key.Layer).ThenBy(entry => entry.Key.Target))
        {
            if (pair.Share is not { Start: > 0 })
            {
                yield return (LayerTable.Prefix(layer) + (pair.Share?.Module ?? target.ModuleName()), pair, pair.Share?.Up.Tensor ?? pair.Up);
            }
        }
    }

    /// <summary>All parameters under their names in a PEFT file.</summary>
    internal IEnumerable<(string Name, Tensor Weight)> Named()
    {
        foreach ((string module, LoraPair pair, Tensor up) in Modules())
        {
            string prefix = $"base_model.model.{module}.";
            yield return (prefix + "lora_A.weight", pair.Down);
            yield return (prefix + "lora_B.weight", up);
        }
    }

    /// <summary>Hashes name, scale and weights.</summary>
    /// <returns>SHA-256, lower-case hex.</returns>
    internal string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Name}/{Rank}/{Alpha}")));
        foreach ((_, Tensor weight) in Named())
        {
            TensorLoader.Write(weight, hash.AppendData);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LoraPair pair in _pairs.Values)
        {
            pair.Dispose();
        }

        _kept?.Dispose();
    }
}
