namespace LLoCO.Core.Tests.Families;

/// <summary>Small models of families and settings for which no file of reference numbers is at hand, each as its public definition
/// in transformers says.</summary>
internal static class PlainCases
{
    private const string Older = "\"torch_dtype\": \"float32\", \"use_cache\": true, ";
    private const string Newer = "\"dtype\": \"float32\", \"use_cache\": true, \"head_dim\": null, ";

    private static readonly double[] Short = [1, 1.1];
    private static readonly double[] Long = [2.5, 6];

    /// <summary>Gets all cases.</summary>
    public static IReadOnlyList<PlainCase> All { get; } =
    [
        new("olmo2", "\"model_type\": \"olmo2\", \"rope_theta\": 500000, \"rope_scaling\": null, \"attention_bias\": false, "
            + Older + "\"max_position_embeddings\": 64")
        {
            Behind = true,
            Heads = 6,
            KeyValueHeads = 3,
            HeadWidth = 4,
            Angles = Plain(500_000, 4),
        },
        new("olmo2, tied, biased, newer writing", "\"model_type\": \"olmo2\", \"attention_bias\": true, \"max_position_embeddings\": 64, "
            + Newer + "\"rope_parameters\": {\"rope_theta\": 9000.0, \"rope_type\": \"default\"}")
        {
            Behind = true,
            Tied = true,
            Biased = true,
            OutputBiased = true,
            Angles = Plain(9_000, 6),
        },
        new("ministral", "\"model_type\": \"ministral\", \"head_dim\": 10, \"sliding_window\": 5, \"max_position_embeddings\": 64, "
            + "\"layer_types\": [\"sliding_attention\", \"full_attention\", \"sliding_attention\"], \"rope_parameters\": {\"full_attention\": "
            + "{\"rope_type\": \"default\", \"rope_theta\": 5000.0}, \"sliding_attention\": {\"rope_type\": \"linear\", \"factor\": 2.0, "
            + "\"rope_theta\": 70.0}}")
        {
            HeadWidth = 10,
            Heads = 3,
            KeyValueHeads = 1,
            Window = layer => layer == 1 ? 0 : 5,
            Angles = (layer, _) => layer == 1
                ? (Frequencies(5_000, 10), 1)
                : ([.. Frequencies(70, 10).Select(frequency => frequency / 2)], 1),
        },
        new("ministral, a window in all layers", "\"model_type\": \"ministral\", \"sliding_window\": 3, \"layer_types\": null, "
            + Older + "\"max_position_embeddings\": 64")
        {
            Tied = true,
            Window = _ => 3,
            Angles = Plain(10_000, 6),
        },
        new("mistral, a window, head_dim", "\"model_type\": \"mistral\", \"sliding_window\": 4, \"head_dim\": 10, \"rope_theta\": 1000.0, "
            + Older + "\"max_position_embeddings\": 64")
        {
            HeadWidth = 10,
            Window = _ => 4,
            Angles = Plain(1_000, 10),
        },
        new("phi3", "\"model_type\": \"phi3\", \"sliding_window\": 7, \"rope_scaling\": null, \"rope_theta\": 10000.0, "
            + Older + "\"original_max_position_embeddings\": 64, \"max_position_embeddings\": 64, \"resid_pdrop\": 0.0, \"embd_pdrop\": 0.0")
        {
            Fused = true,
            KeyValueHeads = 4,
            Window = _ => 7,
            Angles = Plain(10_000, 6),
        },
        .. PlainFamilyCases.All,
        LongRope("phi3, longrope", "\"max_position_embeddings\": 48, \"original_max_position_embeddings\": 12, "
            + Older + "\"partial_rotary_factor\": 0.75, \"full_attn_mod\": 1, \"interpolate_factor\": 1, \"lm_head_bias\": false, "
            + "\"rope_theta\": 10000.0, \"rope_scaling\": {\"type\": \"su\", \"short_factor\": [1, 1.1], \"long_factor\": [2.5, 6]}"),
        LongRope("phi3, longrope, newer writing", "\"max_position_embeddings\": 48, \"original_max_position_embeddings\": 12, "
            + Newer + "\"rope_parameters\": {\"rope_type\": \"longrope\", \"rope_theta\": 10000.0, \"partial_rotary_factor\": 0.75, "
            + "\"original_max_position_embeddings\": 12, \"short_factor\": [1, 1.1], \"long_factor\": [2.5, 6]}") with { Tied = false },
        new("qwen3, yarn", "\"model_type\": \"qwen3\", \"head_dim\": 16, \"max_position_embeddings\": 8, \"sliding_window\": null, "
            + "\"use_sliding_window\": false, \"max_window_layers\": 3, \"attention_bias\": false, \"rope_theta\": 1000.0, "
            + "\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4.0, \"original_max_position_embeddings\": 8, \"beta_fast\": 2.0}")
        {
            HeadWidth = 16,
            HeadNorms = true,
            Tied = true,
            Angles = (_, _) => (Yarn(1_000, 16, 4, 8, 2, 1, true), (0.1 * Math.Log(4)) + 1),
        },
        new("qwen2, yarn, newer writing", "\"model_type\": \"qwen2\", \"max_position_embeddings\": 64, \"use_sliding_window\": false, "
            + "\"sliding_window\": 4096, \"rope_parameters\": {\"rope_type\": \"yarn\", \"rope_theta\": 1000.0, \"factor\": 4.0, "
            + "\"original_max_position_embeddings\": 16, \"beta_slow\": 0.5, \"beta_fast\": 8, \"mscale\": 0.7, \"mscale_all_dim\": 1.0, "
            + "\"truncate\": false}")
        {
            HeadWidth = 8,
            Hidden = 32,
            Biased = true,
            Angles = (_, _) => (Yarn(1_000, 8, 4, 16, 8, 0.5, false), ((0.07 * Math.Log(4)) + 1) / ((0.1 * Math.Log(4)) + 1)),
        },
        new("gemma3_text, rope_parameters by layer type", "\"model_type\": \"gemma3_text\", \"head_dim\": 8, \"sliding_window\": 4, "
            + "\"query_pre_attn_scalar\": 8, \"hidden_activation\": \"gelu_pytorch_tanh\", \"max_position_embeddings\": 64, "
            + "\"layer_types\": [\"sliding_attention\", \"sliding_attention\", \"full_attention\"], \"attn_logit_softcapping\": null, "
            + "\"rope_parameters\": {\"full_attention\": {\"rope_type\": \"linear\", \"factor\": 8.0, \"rope_theta\": 1000000.0}, "
            + "\"sliding_attention\": {\"rope_type\": \"default\", \"rope_theta\": 10000.0}}")
        {
            Gemma = true,
            HeadNorms = true,
            HeadWidth = 8,
            KeyValueHeads = 1,
            Tied = true,
            Window = layer => layer == 2 ? 0 : 4,
            Angles = (layer, _) => layer == 2
                ? ([.. Frequencies(1_000_000, 8).Select(frequency => frequency / 8)], 1)
                : (Frequencies(10_000, 8), 1),
        },
    ];

    /// <summary>Finds a case.</summary>
    public static PlainCase Find(string name) => All.First(one => one.Name == name);

    private static PlainCase LongRope(string name, string keys) => new(name, "\"model_type\": \"phi3\", \"sliding_window\": null, " + keys)
    {
        Fused = true,
        Tied = true,
        Angles = (_, length) =>
        {
            double[] factors = length > 12 ? Long : Short;
            return ([.. Frequencies(10_000, 4).Select((frequency, i) => frequency / factors[i])],
                Math.Sqrt(1 + (Math.Log(4) / Math.Log(12))));
        },
    };

    /// <summary>Angles that no rule stretches.</summary>
    internal static Func<int, int, (double[] Frequencies, double Factor)> Plain(double theta, int width) =>
        (_, _) => (Frequencies(theta, width), 1);

    internal static double[] Frequencies(double theta, int width) =>
        [.. Enumerable.Range(0, width / 2).Select(i => 1 / Math.Pow(theta, 2.0 * i / width))];

    /// <summary>YaRN: the dimension at which a wavelength turns so often within the original window is
    /// width · ln(window / (2 pi turns)) / (2 ln theta); frequencies are kept before the fast one, divided after the slow one, and
    /// mixed linearly between the two.</summary>
    private static double[] Yarn(double theta, int width, double factor, int window, double fast, double slow, bool rounds)
    {
        double from = width * Math.Log(window / (2 * Math.PI * fast)) / (2 * Math.Log(theta));
        double to = width * Math.Log(window / (2 * Math.PI * slow)) / (2 * Math.Log(theta));
        if (rounds)
        {
            (from, to) = (Math.Floor(from), Math.Ceiling(to));
        }

        (from, to) = (Math.Max(from, 0), Math.Min(to, width - 1));
        to = from == to ? to + 0.001 : to;
        return [.. Frequencies(theta, width).Select((frequency, i) =>
        {
            double mixed = Math.Min(1, Math.Max(0, (i - from) / (to - from)));
            return (frequency / factor * mixed) + (frequency * (1 - mixed));
        })];
    }
}
