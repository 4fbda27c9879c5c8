namespace LLoCO.Core.Tests.Families;

/// <summary>A decoder in plain loops over doubles, written from the families' public definitions in transformers. It shares nothing
/// with the library's passes: whole sequences only, no cache, no description of families.</summary>
/// <param name="model">What it computes.</param>
/// <param name="weights">Its weights, row by row, by their names in a checkpoint.</param>
internal sealed class PlainModel(PlainCase model, IReadOnlyDictionary<string, double[]> weights)
{
    /// <summary>Logits at the places of tokens, those of the whole sequence.</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="front">Vectors in front of them.</param>
    public double[][] Logits(int[] ids, double[][]? front = null) =>
    [
        .. Run([.. front ?? [], .. ids.Select(Embed)])[(front?.Length ?? 0)..]
            .Select(row => Scale(Linear(row, model.Tied ? "model.embed_tokens" : "lm_head"), 1 / (model.Factors?.Logits ?? 1))),
    ];

    /// <summary>The summary of a segment behind earlier summaries.</summary>
    public double[][] Compress(double[][] earlier, int[] ids) =>
        Run([.. earlier, .. ids.Select(Embed), .. Rows("embed_summary.weight")])[^model.SummaryLength..];

    private double[] Embed(int id)
    {
        // The factor is rounded to float32, the format of the weights, as Gemma's code rounds it.
        double factor = model.Gemma ? (float)Math.Sqrt(model.Hidden) : 1;
        return [.. Rows("model.embed_tokens.weight")[id].Select(number => number * factor)];
    }

    private double[][] Rows(string name) => [.. weights[name].Chunk(model.Hidden)];

    private double[][] Run(double[][] inputs)
    {
        double[][] hidden = [.. inputs.Select(row => Scale(row, model.Factors?.Inputs ?? 1))];
        double share = model.Factors?.Outputs ?? 1;
        for (int layer = 0; layer < model.Layers; layer++)
        {
            string at = $"model.layers.{layer}.";
            double[][] attended = Attend(layer, [.. hidden.Select(row => model.Behind ? row : Norm(row, at + "input_layernorm"))]);
            for (int place = 0; place < hidden.Length; place++)
            {
                double[] made = Linear(attended[place], at + "self_attn.o_proj");
                Add(hidden[place], Scale(model.Behind || model.Gemma ? Norm(made, at + "post_attention_layernorm") : made, share));
                double[] inner = model.Behind ? hidden[place]
                    : Norm(hidden[place], at + (model.Gemma ? "pre_feedforward_layernorm" : "post_attention_layernorm"));
                double[] fed = Linear(Gate(inner, at), at + "mlp.down_proj");
                Add(hidden[place], Scale(model.Behind || model.Gemma ? Norm(fed, at + "post_feedforward_layernorm") : fed, share));
            }
        }

        return [.. hidden.Select(row => Norm(row, "model.norm"))];
    }

    private double[] Gate(double[] inner, string at)
    {
        double[] gate;
        double[] up;
        if (model.Fused)
        {
            double[] both = Linear(inner, at + "mlp.gate_up_proj");
            (gate, up) = (both[..model.Inner], both[model.Inner..]);
        }
        else
        {
            (gate, up) = (Linear(inner, at + "mlp.gate_proj"), Linear(inner, at + "mlp.up_proj"));
        }

        return [.. gate.Zip(up, (left, right) => Activate(left) * right)];
    }

    private double Activate(double x) => model.Gemma
        ? 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))))
        : x / (1 + Math.Exp(-x));

    private double[][] Attend(int layer, double[][] inputs)
    {
        string at = $"model.layers.{layer}.self_attn.";
        (int query, int key) = (model.Heads * model.HeadWidth, model.KeyValueHeads * model.HeadWidth);
        (double[][] queries, double[][] keys, double[][] values) = (new double[inputs.Length][], new double[inputs.Length][], new double[inputs.Length][]);
        for (int place = 0; place < inputs.Length; place++)
        {
            double[] all = model.Fused
                ? Linear(inputs[place], at + "qkv_proj")
                : [.. Linear(inputs[place], at + "q_proj"), .. Linear(inputs[place], at + "k_proj"), .. Linear(inputs[place], at + "v_proj")];
            queries[place] = Place(all[..query], at + "q_norm", layer, place, inputs.Length);
            keys[place] = Place(all[query..(query + key)], at + "k_norm", layer, place, inputs.Length);
            values[place] = all[(query + key)..];
        }

        return [.. inputs.Select((_, place) => Enumerable.Range(0, model.Heads)
            .SelectMany(head => Mix(layer, place, head, queries, keys, values)).ToArray())];
    }

    private double[] Mix(int layer, int place, int head, double[][] queries, double[][] keys, double[][] values)
    {
        int width = model.HeadWidth;
        int of = head / (model.Heads / model.KeyValueHeads) * width;
        int window = model.Window(layer);
        int first = window == 0 ? 0 : Math.Max(0, place - window + 1);
        double[] scores = [.. Enumerable.Range(first, place - first + 1).Select(other =>
            Enumerable.Range(0, width).Sum(i => queries[place][(head * width) + i] * keys[other][of + i])
                * (model.Factors?.Scores ?? (1 / Math.Sqrt(width))))];
        double largest = scores.Max();
        double[] shares = [.. scores.Select(score => Math.Exp(score - largest))];
        double sum = shares.Sum();
        return [.. Enumerable.Range(0, width).Select(i =>
            Enumerable.Range(0, shares.Length).Sum(other => shares[other] / sum * values[first + other][of + i]))];
    }

    /// <summary>Norm and rotation of all heads of one place.</summary>
    private double[] Place(double[] heads, string norm, int layer, int position, int length)
    {
        int width = model.HeadWidth;
        double[] normed = model.Behind ? Norm(heads, norm)
            : model.HeadNorms ? [.. heads.Chunk(width).SelectMany(head => Norm(head, norm))]
            : heads;
        (double[] frequencies, double factor) = model.Angles(layer, length);
        double[] turned = [.. normed];
        int half = frequencies.Length;
        for (int head = 0; head < heads.Length; head += width)
        {
            for (int i = 0; i < half; i++)
            {
                double cosine = factor * Math.Cos(position * frequencies[i]);
                double sine = factor * Math.Sin(position * frequencies[i]);
                turned[head + i] = (normed[head + i] * cosine) - (normed[head + half + i] * sine);
                turned[head + half + i] = (normed[head + half + i] * cosine) + (normed[head + i] * sine);
            }
        }

        return turned;
    }

    private double[] Norm(double[] row, string name)
    {
        double scale = 1 / Math.Sqrt((row.Sum(number => number * number) / row.Length) + model.Epsilon);
        double[] weight = weights[name + ".weight"];
        return [.. row.Select((number, i) => number * scale * (weight[i] + (model.Gemma ? 1 : 0)))];
    }

    private double[] Linear(double[] row, string name)
    {
        double[] weight = weights[name + ".weight"];
        double[]? bias = weights.GetValueOrDefault(name + ".bias");
        var output = new double[weight.Length / row.Length];
        for (int i = 0; i < output.Length; i++)
        {
            output[i] = bias?[i] ?? 0;
            for (int j = 0; j < row.Length; j++)
            {
                output[i] += weight[(i * row.Length) + j] * row[j];
            }
        }

        return output;
    }

    private static double[] Scale(double[] row, double factor) => [.. row.Select(number => number * factor)];

    private static void Add(double[] to, double[] numbers)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] += numbers[i];
        }
    }
}
