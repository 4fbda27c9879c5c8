namespace LLoCO.Core.Tests.Families;

/// <summary>A model as its family's public definition says, without this library's reading of it: the <c>config.json</c> as
/// transformers writes it, and what follows from it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Config">The keys of the file besides those of <see cref="Json"/>.</param>
internal sealed record PlainCase(string Name, string Config)
{
    public int Vocabulary { get; init; } = 23;

    public int Hidden { get; init; } = 24;

    public int Inner { get; init; } = 40;

    public int Layers { get; init; } = 3;

    public int Heads { get; init; } = 4;

    public int KeyValueHeads { get; init; } = 2;

    public int HeadWidth { get; init; } = 6;

    public int SummaryLength { get; init; } = 2;

    public double Epsilon { get; init; } = 1e-5;

    public bool Tied { get; init; }

    /// <summary>Biases of queries, keys and values.</summary>
    public bool Biased { get; init; }

    /// <summary>The bias behind the attention.</summary>
    public bool OutputBiased { get; init; }

    /// <summary>Biases of the feed-forward block.</summary>
    public bool BlockBiased { get; init; }

    public bool Fused { get; init; }

    /// <summary>Granite's factors: of inputs, scores, blocks' outputs and (its inverse) logits.</summary>
    public (double Inputs, double Scores, double Outputs, double Logits)? Factors { get; init; }

    /// <summary>OLMo 2: norms behind the blocks only, and over all heads together.</summary>
    public bool Behind { get; init; }

    /// <summary>Qwen 3 and Gemma 3: a norm of each head.</summary>
    public bool HeadNorms { get; init; }

    /// <summary>Gemma 3: norms around the blocks that add one, tanh GELU, scaled embeddings.</summary>
    public bool Gemma { get; init; }

    /// <summary>The positions that a layer sees; 0 for all.</summary>
    public Func<int, int> Window { get; init; } = _ => 0;

    /// <summary>Inverse frequencies of a layer in a sequence of a length, and the factor of cosines and sines.</summary>
    public required Func<int, int, (double[] Frequencies, double Factor)> Angles { get; init; }

    /// <summary>The file.</summary>
    public string Json() => FormattableString.Invariant($$"""
        { "vocab_size": {{Vocabulary}}, "hidden_size": {{Hidden}}, "intermediate_size": {{Inner}}, "num_hidden_layers": {{Layers}},
          "num_attention_heads": {{Heads}}, "num_key_value_heads": {{KeyValueHeads}}, "rms_norm_eps": {{Epsilon}},
          "tie_word_embeddings": {{(Tied ? "true" : "false")}}, "bos_token_id": 1, "eos_token_id": 2, "summary_length": {{SummaryLength}},
          {{Config}} }
        """);

    /// <summary>The tensors that a checkpoint of the model holds.</summary>
    public IEnumerable<(string Name, long[] Shape)> Tensors()
    {
        yield return ("model.embed_tokens.weight", [Vocabulary, Hidden]);
        yield return ("model.norm.weight", [Hidden]);
        yield return ("embed_summary.weight", [SummaryLength, Hidden]);
        if (!Tied)
        {
            yield return ("lm_head.weight", [Vocabulary, Hidden]);
        }

        for (int layer = 0; layer < Layers; layer++)
        {
            foreach ((string name, long[] shape) in Layer())
            {
                yield return ($"model.layers.{layer}.{name}", shape);
            }
        }
    }

    /// <summary>The linear layers of a decoder layer as the checkpoint has them: outputs and inputs.</summary>
    public IEnumerable<(string Module, long Output, long Input)> Modules()
    {
        (long query, long key) = (Heads * HeadWidth, KeyValueHeads * HeadWidth);
        (string, long, long)[] attention = Fused
            ? [("self_attn.qkv_proj", query + key + key, Hidden)]
            : [("self_attn.q_proj", query, Hidden), ("self_attn.k_proj", key, Hidden), ("self_attn.v_proj", key, Hidden)];
        (string, long, long)[] block = Fused
            ? [("mlp.gate_up_proj", 2 * Inner, Hidden)]
            : [("mlp.gate_proj", Inner, Hidden), ("mlp.up_proj", Inner, Hidden)];
        return [.. attention, ("self_attn.o_proj", Hidden, query), .. block, ("mlp.down_proj", Hidden, Inner)];
    }

    private IEnumerable<(string Name, long[] Shape)> Layer()
    {
        foreach ((string module, long output, long input) in Modules())
        {
            yield return ($"{module}.weight", [output, input]);
            bool isOutput = module == "self_attn.o_proj";
            bool isBlock = module.StartsWith("mlp", StringComparison.Ordinal);
            if (isBlock ? BlockBiased : isOutput ? OutputBiased : Biased)
            {
                yield return ($"{module}.bias", [output]);
            }
        }

        string[] norms = Gemma
            ? ["input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm"]
            : Behind ? ["post_attention_layernorm", "post_feedforward_layernorm"] : ["input_layernorm", "post_attention_layernorm"];
        foreach (string norm in norms)
        {
            yield return ($"{norm}.weight", [Hidden]);
        }

        if (HeadNorms || Behind)
        {
            yield return ("self_attn.q_norm.weight", [Behind ? Heads * HeadWidth : HeadWidth]);
            yield return ("self_attn.k_norm.weight", [Behind ? KeyValueHeads * HeadWidth : HeadWidth]);
        }
    }
}
