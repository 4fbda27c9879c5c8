using LLoCO.Core.Families;

namespace LLoCO.LlamaCpp;

/// <summary>llama.cpp's names for the keys and tensors of a shape.</summary>
internal static class GgufShape
{
    private const uint MostlyBFloat16 = 32;

    /// <summary>The keys.</summary>
    /// <param name="config">The shape.</param>
    public static IReadOnlyList<(string Name, object Value)> Keys(LlamaConfig config)
    {
        string family = Family(config);
        var keys = new List<(string, object)>
        {
            ("general.architecture", family),
            ("general.name", "random"),
            ("general.file_type", MostlyBFloat16),
            ("general.quantization_version", 2u),
            ($"{family}.context_length", 65_536u),
            ($"{family}.embedding_length", (uint)config.HiddenSize),
            ($"{family}.block_count", (uint)config.Layers),
            ($"{family}.feed_forward_length", (uint)config.IntermediateSize),
            ($"{family}.attention.head_count", (uint)config.Heads),
            ($"{family}.attention.head_count_kv", (uint)config.KeyValueHeads),
            ($"{family}.attention.key_length", (uint)config.HeadDimension),
            ($"{family}.attention.value_length", (uint)config.HeadDimension),
            ($"{family}.attention.layer_norm_rms_epsilon", (float)config.NormEpsilon),
            ($"{family}.rope.dimension_count", (uint)config.HeadDimension),
            ($"{family}.rope.freq_base", (float)config.RopeTheta),
            ($"{family}.vocab_size", (uint)config.VocabularySize),
            ("tokenizer.ggml.model", "no_vocab"),
        };
        if (family == "gemma3")
        {
            keys.Add(($"{family}.attention.sliding_window", 512u));
        }

        return keys;
    }

    /// <summary>The tensors; the first size is the number of columns.</summary>
    /// <param name="config">The shape.</param>
    public static IReadOnlyList<(string Name, long[] Shape)> Tensors(LlamaConfig config)
    {
        long hidden = config.HiddenSize;
        var tensors = new List<(string, long[])> { ("token_embd.weight", [hidden, config.VocabularySize]) };
        if (config.RopeScaling.Kind == RopeScalingKind.Llama3)
        {
            tensors.Add(("rope_freqs.weight", [config.HeadDimension / 2]));
        }

        for (int layer = 0; layer < config.Layers; layer++)
        {
            tensors.AddRange(Layer(config, $"blk.{layer}."));
        }

        tensors.Add(("output_norm.weight", [hidden]));
        if (!config.TieWordEmbeddings)
        {
            tensors.Add(("output.weight", [hidden, config.VocabularySize]));
        }

        return tensors;
    }

    private static IEnumerable<(string Name, long[] Shape)> Layer(LlamaConfig config, string prefix)
    {
        (long hidden, long inner) = (config.HiddenSize, config.IntermediateSize);
        long query = (long)config.Heads * config.HeadDimension;
        long key = (long)config.KeyValueHeads * config.HeadDimension;
        var tensors = new List<(string, long[])>
        {
            ("attn_norm", [hidden]), ("attn_q", [hidden, query]), ("attn_k", [hidden, key]), ("attn_v", [hidden, key]),
            ("attn_output", [query, hidden]), ("ffn_norm", [hidden]), ("ffn_gate", [hidden, inner]), ("ffn_up", [hidden, inner]),
            ("ffn_down", [inner, hidden]),
        };
        if (Family(config) != "llama")
        {
            tensors.AddRange([("attn_q_norm", [config.HeadDimension]), ("attn_k_norm", [config.HeadDimension])]);
        }

        if (Family(config) == "gemma3")
        {
            tensors.AddRange([("post_attention_norm", [hidden]), ("post_ffw_norm", [hidden])]);
        }

        return tensors.Select(one => ($"{prefix}{one.Item1}.weight", one.Item2));
    }

    private static string Family(LlamaConfig config) => config.ModelType == "gemma3_text" ? "gemma3" : config.ModelType;
}
