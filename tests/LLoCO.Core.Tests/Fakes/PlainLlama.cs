using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;

namespace LLoCO.Core.Tests.Fakes;

/// <summary>
/// A LLaMA in double precision, number by number from the papers' formulas, with nothing of the library in it but file reading:
/// grouped queries, biases and head norms where the file has them, a key/value prefix in front, LoRA on any projection.
/// </summary>
internal sealed class PlainLlama
{
    private readonly Dictionary<string, double[]> _weights = new(StringComparer.Ordinal);
    private readonly LlamaConfig _config;

    /// <summary>Reads weights.</summary>
    /// <param name="folder">A model folder.</param>
    /// <param name="config">Shape and constants.</param>
    public PlainLlama(string folder, LlamaConfig config)
    {
        _config = config;
        using CheckpointFolder tensors = CheckpointFolder.Open(folder);
        foreach (string name in tensors.Tensors.Keys)
        {
            // A model saved without its head has no such beginning.
            string whole = name.StartsWith("model.", StringComparison.Ordinal) || name == "lm_head.weight" ? name : "model." + name;
            _weights.Add(whole, Array.ConvertAll(tensors.ReadFloats(name), number => (double)number));
        }
    }

    /// <summary>Gets or sets the update of a projection: name as <c>model.layers.0.self_attn.q_proj</c>, A and B row by row.</summary>
    public IReadOnlyDictionary<string, (double[] Down, double[] Up, double Scale)> Lora { get; set; } =
        new Dictionary<string, (double[], double[], double)>();

    /// <summary>Gets or sets rotated keys and values in front, <c>[layer][position][kv heads * head]</c>.</summary>
    public (double[][][] Keys, double[][][] Values)? Prefix { get; set; }

    /// <summary>Gets or sets what is added to the scores of the entries in front, <c>[layer][kv head][entry]</c>.</summary>
    public double[][][]? Biases { get; set; }

    /// <summary>Gets or sets the positions that the entries in front stand for; <see langword="null"/> for as many as they are.</summary>
    public int? Positions { get; set; }

    /// <summary>Token embeddings.</summary>
    public double[][] Embed(IEnumerable<int> ids) =>
        [.. ids.Select(id => Row(_weights["model.embed_tokens.weight"], id, _config.HiddenSize))];

    /// <summary>Outputs of the final norm at all inputs.</summary>
    public double[][] Run(double[][] inputs)
    {
        double[][] hidden = [.. inputs.Select(row => (double[])row.Clone())];
        for (int layer = 0; layer < _config.Layers; layer++)
        {
            string at = $"model.layers.{layer}.";
            Add(hidden, Attention(Norm(hidden, at + "input_layernorm.weight"), at, layer));
            double[][] input = Norm(hidden, at + "post_attention_layernorm.weight");
            double[][] gate = Linear(input, at + "mlp.gate_proj");
            double[][] up = Linear(input, at + "mlp.up_proj");
            double[][] inner = [.. gate.Select((row, i) => row.Select((g, j) => g / (1 + Math.Exp(-g)) * up[i][j]).ToArray())];
            Add(hidden, Linear(inner, at + "mlp.down_proj"));
        }

        return Norm(hidden, "model.norm.weight");
    }

    /// <summary>Logits of a row that <see cref="Run"/> gave.</summary>
    public double[] Logits(double[] normed) =>
        Product(_weights[_config.TieWordEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight"], normed);

    /// <summary>Continues greedily.</summary>
    public int[] Generate(double[][] inputs, int count) => Generate(inputs, count, out _);

    /// <summary>Continues greedily, and tells the least probability of a chosen id.</summary>
    public int[] Generate(double[][] inputs, int count, out double least)
    {
        var rows = inputs.ToList();
        var ids = new List<int>();
        least = 1;
        for (int step = 0; step < count; step++)
        {
            double[] logits = Logits(Run([.. rows])[^1]);
            double most = logits.Max();
            least = Math.Min(least, 1 / logits.Sum(logit => Math.Exp(logit - most)));
            ids.Add(Array.IndexOf(logits, most));
            rows.AddRange(Embed([ids[^1]]));
        }

        return [.. ids];
    }

    private double[][] Attention(double[][] input, string at, int layer)
    {
        int head = _config.HeadDimension;
        int before = Prefix?.Keys[layer].Length ?? 0;
        int first = Positions ?? before;
        double[][] query = Heads(Linear(input, at + "self_attn.q_proj"), at + "self_attn.q_norm.weight", first);
        List<double[]> keys = [.. Prefix?.Keys[layer] ?? [], .. Heads(Linear(input, at + "self_attn.k_proj"), at + "self_attn.k_norm.weight", first)];
        List<double[]> values = [.. Prefix?.Values[layer] ?? [], .. Linear(input, at + "self_attn.v_proj")];
        var attended = new double[input.Length][];
        for (int row = 0; row < input.Length; row++)
        {
            attended[row] = new double[_config.Heads * head];
            for (int h = 0; h < _config.Heads; h++)
            {
                int shared = h / (_config.Heads / _config.KeyValueHeads) * head;
                double[] scores = [.. Enumerable.Range(0, before + row + 1).Select(
                    place => Dot(query[row].AsSpan(h * head, head), keys[place].AsSpan(shared, head)) / Math.Sqrt(head)
                        + (place < before && Biases is not null ? Biases[layer][shared / head][place] : 0))];
                double most = scores.Max();
                double[] shares = Array.ConvertAll(scores, score => Math.Exp(score - most));
                double sum = shares.Sum();
                for (int place = 0; place < shares.Length; place++)
                {
                    for (int d = 0; d < head; d++)
                    {
                        attended[row][(h * head) + d] += shares[place] / sum * values[place][shared + d];
                    }
                }
            }
        }

        return Linear(attended, at + "self_attn.o_proj");
    }

    /// <summary>Norms the heads where the file has such a norm, and rotates them.</summary>
    private double[][] Heads(double[][] rows, string norm, int start)
    {
        int head = _config.HeadDimension;
        for (int row = 0; row < rows.Length; row++)
        {
            for (int offset = 0; offset < rows[row].Length; offset += head)
            {
                double[] one = rows[row][offset..(offset + head)];
                one = _weights.TryGetValue(norm, out double[]? weight) ? Normed(one, weight) : one;
                for (int i = 0; i < head / 2; i++)
                {
                    double angle = (start + row) * Math.Pow(_config.RopeTheta, -2.0 * i / head);
                    rows[row][offset + i] = (one[i] * Math.Cos(angle)) - (one[i + (head / 2)] * Math.Sin(angle));
                    rows[row][offset + i + (head / 2)] = (one[i + (head / 2)] * Math.Cos(angle)) + (one[i] * Math.Sin(angle));
                }
            }
        }

        return rows;
    }

    private double[][] Linear(double[][] input, string name) =>
    [
        .. input.Select(row =>
        {
            double[] output = Product(_weights[name + ".weight"], row);
            if (_weights.TryGetValue(name + ".bias", out double[]? bias))
            {
                output = [.. output.Zip(bias, (number, add) => number + add)];
            }

            return Lora.TryGetValue(name, out (double[] Down, double[] Up, double Scale) pair)
                ? [.. output.Zip(Product(pair.Up, Product(pair.Down, row)), (number, add) => number + (pair.Scale * add))]
                : output;
        }),
    ];

    private double[][] Norm(double[][] rows, string name) => [.. rows.Select(row => Normed(row, _weights[name]))];

    private double[] Normed(double[] row, double[] weight)
    {
        double root = Math.Sqrt((row.Sum(number => number * number) / row.Length) + _config.NormEpsilon);
        return [.. row.Select((number, i) => number / root * weight[i])];
    }

    private static double[] Product(double[] matrix, double[] vector) =>
        [.. Enumerable.Range(0, matrix.Length / vector.Length).Select(row => Dot(matrix.AsSpan(row * vector.Length, vector.Length), vector))];

    private static double[] Row(double[] matrix, int row, int width) => matrix[(row * width)..((row + 1) * width)];

    private static double Dot(ReadOnlySpan<double> one, ReadOnlySpan<double> other)
    {
        double sum = 0;
        for (int i = 0; i < one.Length; i++)
        {
            sum += one[i] * other[i];
        }

        return sum;
    }

    private static void Add(double[][] rows, double[][] more)
    {
        for (int row = 0; row < rows.Length; row++)
        {
            for (int i = 0; i < rows[row].Length; i++)
            {
                rows[row][i] += more[row][i];
            }
        }
    }
}
