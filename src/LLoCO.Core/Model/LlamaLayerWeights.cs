using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>Weights of one decoder layer. Linear weights are <c>[out, in]</c>, as PyTorch stores them.</summary>
/// <param name="InputNorm"><c>input_layernorm</c>, <c>[hidden]</c>.</param>
/// <param name="Query"><c>self_attn.q_proj</c>.</param>
/// <param name="Key"><c>self_attn.k_proj</c>.</param>
/// <param name="Value"><c>self_attn.v_proj</c>.</param>
/// <param name="Output"><c>self_attn.o_proj</c>.</param>
/// <param name="PostAttentionNorm"><c>post_attention_layernorm</c>, <c>[hidden]</c>.</param>
/// <param name="Gate"><c>mlp.gate_proj</c>.</param>
/// <param name="Up"><c>mlp.up_proj</c>.</param>
/// <param name="Down"><c>mlp.down_proj</c>.</param>
internal sealed record LlamaLayerWeights(
    Tensor InputNorm,
    Tensor Query,
    Tensor Key,
    Tensor Value,
    Tensor Output,
    Tensor PostAttentionNorm,
    Tensor Gate,
    Tensor Up,
    Tensor Down)
{
    /// <summary>The weights under their Hugging Face names, without the layer's prefix.</summary>
    internal IEnumerable<(string Name, Tensor Weight)> Named() =>
    [
        ("input_layernorm.weight", InputNorm),
        ("self_attn.q_proj.weight", Query),
        ("self_attn.k_proj.weight", Key),
        ("self_attn.v_proj.weight", Value),
        ("self_attn.o_proj.weight", Output),
        ("post_attention_layernorm.weight", PostAttentionNorm),
        ("mlp.gate_proj.weight", Gate),
        ("mlp.up_proj.weight", Up),
        ("mlp.down_proj.weight", Down),
    ];

    /// <summary>Names and shapes of a layer's weights.</summary>
    internal static IEnumerable<(string Name, long[] Shape)> Shapes(LlamaConfig config)
    {
        long hidden = config.HiddenSize;
        long inner = config.IntermediateSize;
        long query = (long)config.Heads * config.HeadDimension;
        long keyValue = (long)config.KeyValueHeads * config.HeadDimension;
        return
        [
            ("input_layernorm.weight", [hidden]),
            ("self_attn.q_proj.weight", [query, hidden]),
            ("self_attn.k_proj.weight", [keyValue, hidden]),
            ("self_attn.v_proj.weight", [keyValue, hidden]),
            ("self_attn.o_proj.weight", [hidden, query]),
            ("post_attention_layernorm.weight", [hidden]),
            ("mlp.gate_proj.weight", [inner, hidden]),
            ("mlp.up_proj.weight", [inner, hidden]),
            ("mlp.down_proj.weight", [hidden, inner]),
        ];
    }

    /// <summary>Builds a layer from weights in the order of <see cref="Shapes"/>.</summary>
    internal static LlamaLayerWeights From(IReadOnlyList<Tensor> weights) => new(
        weights[0], weights[1], weights[2], weights[3], weights[4], weights[5], weights[6], weights[7], weights[8]);
}
