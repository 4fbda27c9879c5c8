namespace LLoCO.Core.Tests.Families;

/// <summary>Settings of families that have files of reference numbers, which those do not use.</summary>
internal static class PlainFamilyCases
{
    /// <summary>Gets the cases.</summary>
    public static IReadOnlyList<PlainCase> All { get; } =
    [
        new("llama, all biases, llama3 in the newer writing", "\"model_type\": \"llama\", \"attention_bias\": true, \"mlp_bias\": true, "
            + "\"head_dim\": 8, \"dtype\": \"float32\", \"max_position_embeddings\": 64, \"pretraining_tp\": 1, \"rope_parameters\": {"
            + "\"rope_type\": \"llama3\", \"rope_theta\": 1000.0, \"factor\": 4.0, \"low_freq_factor\": 1.0, \"high_freq_factor\": 4.0, "
            + "\"original_max_position_embeddings\": 32}")
        {
            Biased = true,
            OutputBiased = true,
            BlockBiased = true,
            HeadWidth = 8,
            Heads = 3,
            KeyValueHeads = 3,
            Angles = (_, _) => (Llama3(1_000, 8, 4, 1, 4, 32), 1),
        },
        new("qwen2, a window from the second layer on", "\"model_type\": \"qwen2\", \"use_sliding_window\": true, \"sliding_window\": 4, "
            + "\"max_window_layers\": 1, \"rope_theta\": 1000000.0, \"rope_scaling\": null, \"max_position_embeddings\": 64, "
            + "\"use_mrope\": false")
        {
            Biased = true,
            Window = layer => layer == 0 ? 0 : 4,
            Angles = PlainCases.Plain(1_000_000, 6),
        },
        new("qwen3, biased, windows by layer type", "\"model_type\": \"qwen3\", \"attention_bias\": true, \"head_dim\": 10, "
            + "\"use_sliding_window\": true, \"sliding_window\": 3, \"max_window_layers\": 28, \"max_position_embeddings\": 64, "
            + "\"layer_types\": [\"full_attention\", \"sliding_attention\", \"full_attention\"], \"rope_theta\": 1000.0")
        {
            Biased = true,
            OutputBiased = true,
            HeadNorms = true,
            HeadWidth = 10,
            KeyValueHeads = 1,
            Window = layer => layer == 1 ? 3 : 0,
            Angles = PlainCases.Plain(1_000, 10),
        },
        new("smollm3, a window where nothing is rotated", "\"model_type\": \"smollm3\", \"use_sliding_window\": true, "
            + "\"sliding_window\": 5, \"no_rope_layer_interval\": 2, \"no_rope_layers\": null, \"layer_types\": null, "
            + "\"max_window_layers\": 28, \"rope_theta\": 2000000.0, \"max_position_embeddings\": 64")
        {
            Tied = true,
            Window = layer => layer == 1 ? 5 : 0,
            Angles = (layer, _) => layer == 1 ? ([], 1) : (PlainCases.Frequencies(2_000_000, 6), 1),
        },
        new("granite, untied, biased", "\"model_type\": \"granite\", \"attention_bias\": true, \"mlp_bias\": false, "
            + "\"embedding_multiplier\": 3.0, \"attention_multiplier\": 0.3, \"residual_multiplier\": 0.4, \"logits_scaling\": 2.5, "
            + "\"rope_theta\": 10000.0, \"rope_scaling\": null, \"max_position_embeddings\": 64, \"attention_dropout\": 0.1")
        {
            Biased = true,
            OutputBiased = true,
            Factors = (3, 0.3, 0.4, 2.5),
            Angles = PlainCases.Plain(10_000, 6),
        },
        new("gemma3_text, older writing", "\"model_type\": \"gemma3_text\", \"head_dim\": 8, \"sliding_window\": 3, "
            + "\"sliding_window_pattern\": 2, \"query_pre_attn_scalar\": 8, \"hidden_activation\": \"gelu_pytorch_tanh\", "
            + "\"rope_local_base_freq\": 500.0, \"rope_theta\": 1000000.0, \"rope_scaling\": {\"factor\": 8.0, \"rope_type\": \"linear\"}, "
            + "\"final_logit_softcapping\": null, \"cache_implementation\": \"hybrid\", \"max_position_embeddings\": 64")
        {
            Gemma = true,
            HeadNorms = true,
            HeadWidth = 8,
            Window = layer => layer == 1 ? 0 : 3,
            Angles = (layer, _) => layer == 1
                ? ([.. PlainCases.Frequencies(1_000_000, 8).Select(frequency => frequency / 8)], 1)
                : (PlainCases.Frequencies(500, 8), 1),
        },
    ];

    /// <summary>Llama 3.1's rule by wavelengths.</summary>
    private static double[] Llama3(double theta, int width, double factor, double low, double high, double window) =>
    [
        .. PlainCases.Frequencies(theta, width).Select(frequency =>
        {
            double length = 2 * Math.PI / frequency;
            double kept = ((window / length) - low) / (high - low);
            return length > window / low ? frequency / factor
                : length < window / high ? frequency
                : ((1 - kept) * frequency / factor) + (kept * frequency);
        }),
    ];
}
