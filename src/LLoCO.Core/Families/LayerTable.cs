namespace LLoCO.Core.Families;

/*
 *                        ┌─► LlamaWeights, LlamaModel            training, and any device
 *   LayerTable ──────────┼─► InferencePass, InferenceScript      prefill on a CPU
 *   one row per weight   ├─► KernelWeights, Kernels.DecodeEngine  tokens on a CPU
 *                        └─► LoRA targets, PEFT names, checkpoints written, measured shapes
 *
 * docs/adding-a-model-family.md says what else a new row needs.
 */

/// <summary>The weights of a decoder layer. Only this table defines their names, shapes and order.</summary>
internal static class LayerTable
{
    /// <summary>Gets the number of different weights: the length of the passes' arrays.</summary>
    internal static int Places { get; } = Enum.GetValues<LayerWeight>().Length;

    /// <summary>Gets the number of linear layers: the length of arrays by <see cref="LoraTarget"/>.</summary>
    internal static int Linears { get; } = Enum.GetValues<LoraTarget>().Length;

    /// <summary>Gets all rows, in the order in which a checkpoint is written and random weights are drawn.</summary>
    internal static IReadOnlyList<LayerRow> Rows { get; } =
    [
        new(LayerWeight.InputNorm, "input_layernorm.weight", Hidden) { Without = LayerParts.NoInputNorms },
        new(LayerWeight.Query, "self_attn.q_proj.weight", config => [Query(config), config.HiddenSize]),
        new(LayerWeight.Key, "self_attn.k_proj.weight", config => [KeyValue(config), config.HiddenSize]),
        new(LayerWeight.Value, "self_attn.v_proj.weight", config => [KeyValue(config), config.HiddenSize]),
        new(LayerWeight.Output, "self_attn.o_proj.weight", config => [config.HiddenSize, Query(config)]) { EndsBlock = true },
        Bias(LayerWeight.QueryBias, LayerParts.QueryKeyValueBias, "self_attn.q_proj.bias", config => [Query(config)]),
        Bias(LayerWeight.KeyBias, LayerParts.QueryKeyValueBias, "self_attn.k_proj.bias", config => [KeyValue(config)]),
        Bias(LayerWeight.ValueBias, LayerParts.QueryKeyValueBias, "self_attn.v_proj.bias", config => [KeyValue(config)]),
        Bias(LayerWeight.OutputBias, LayerParts.OutputBias, "self_attn.o_proj.bias", Hidden),
        new(LayerWeight.QueryNorm, "self_attn.q_norm.weight", Head) { Needs = LayerParts.HeadNorms },
        new(LayerWeight.KeyNorm, "self_attn.k_norm.weight", Head) { Needs = LayerParts.HeadNorms },
        new(LayerWeight.QueryNorm, "self_attn.q_norm.weight", config => [Query(config)]) { Needs = LayerParts.WidthNorms },
        new(LayerWeight.KeyNorm, "self_attn.k_norm.weight", config => [KeyValue(config)]) { Needs = LayerParts.WidthNorms },
        new(LayerWeight.FeedForwardNorm, "post_attention_layernorm.weight", Hidden) { Without = LayerParts.OutputNorms },
        new(LayerWeight.AttentionOutputNorm, "post_attention_layernorm.weight", Hidden) { Needs = LayerParts.OutputNorms },
        new(LayerWeight.FeedForwardNorm, "pre_feedforward_layernorm.weight", Hidden)
        {
            Needs = LayerParts.OutputNorms,
            Without = LayerParts.NoInputNorms,
        },
        new(LayerWeight.Gate, "mlp.gate_proj.weight", config => [config.IntermediateSize, config.HiddenSize]),
        new(LayerWeight.Up, "mlp.up_proj.weight", config => [config.IntermediateSize, config.HiddenSize]),
        new(LayerWeight.Down, "mlp.down_proj.weight", config => [config.HiddenSize, config.IntermediateSize])
        {
            EndsBlock = true,
        },
        new(LayerWeight.FeedForwardOutputNorm, "post_feedforward_layernorm.weight", Hidden) { Needs = LayerParts.OutputNorms },
        Bias(LayerWeight.GateBias, LayerParts.FeedForwardBias, "mlp.gate_proj.bias", config => [config.IntermediateSize]),
        Bias(LayerWeight.UpBias, LayerParts.FeedForwardBias, "mlp.up_proj.bias", config => [config.IntermediateSize]),
        Bias(LayerWeight.DownBias, LayerParts.FeedForwardBias, "mlp.down_proj.bias", Hidden),
    ];

    /// <summary>Gets the matrices of <see cref="LayerParts.FusedLinears"/>: their names in a checkpoint, and the weights that are
    /// their rows, one behind the other.</summary>
    private static IReadOnlyList<(string Name, LayerWeight[] Weights)> Fused { get; } =
    [
        ("self_attn.qkv_proj.weight", [LayerWeight.Query, LayerWeight.Key, LayerWeight.Value]),
        ("mlp.gate_up_proj.weight", [LayerWeight.Gate, LayerWeight.Up]),
    ];

    /// <summary>The rows of a model, in the order of <see cref="Rows"/>.</summary>
    /// <param name="config">The model.</param>
    internal static IEnumerable<LayerRow> Select(LlamaConfig config) => Rows.Where(
        row => config.Plan.Parts.HasFlag(row.Needs) && (config.Plan.Parts & row.Without) == LayerParts.None);

    /// <summary>A model's tensors of a layer as a checkpoint has them, in the order of <see cref="Rows"/>.</summary>
    /// <param name="config">The model.</param>
    internal static IEnumerable<StoredWeight> Stored(LlamaConfig config)
    {
        LayerRow[] rows = [.. Select(config)];
        foreach (LayerRow row in rows)
        {
            (string name, LayerWeight[]? weights) = config.Plan.Parts.HasFlag(LayerParts.FusedLinears)
                ? Fused.FirstOrDefault(one => one.Weights.Contains(row.Weight))
                : default;
            if (weights is null)
            {
                yield return new StoredWeight(row.Name, [row]);
            }
            else if (weights[0] == row.Weight)
            {
                yield return new StoredWeight(name, Array.ConvertAll(weights, weight => rows.First(part => part.Weight == weight)));
            }
        }
    }

    /// <summary>The linear layers of a model as a checkpoint has them, which is what LoRA adapts.</summary>
    /// <param name="config">The model.</param>
    internal static IEnumerable<StoredWeight> Modules(LlamaConfig config) =>
        Stored(config).Where(stored => stored.Rows[0].Target is not null);

    /// <summary>All linear layers that any model may have, as PEFT files name them (<c>self_attn.q_proj</c>).</summary>
    internal static IEnumerable<string> ModuleNames() => ModuleLayouts().SelectMany(layout => layout).Distinct();

    /// <summary>The linear layers of a model without fused matrices, then those of one with them.</summary>
    internal static IEnumerable<IEnumerable<string>> ModuleLayouts()
    {
        LayerRow[] linears = [.. Rows.Where(row => row.Target is not null)];
        IEnumerable<string> alone = linears.Where(row => !Fused.Any(fused => fused.Weights.Contains(row.Weight))).Select(row => row.Name);
        yield return linears.Select(row => StoredWeight.ModuleOf(row.Name));
        yield return alone.Concat(Fused.Select(fused => fused.Name)).Select(StoredWeight.ModuleOf);
    }

    /// <summary>The row of a linear layer.</summary>
    /// <param name="target">The linear layer.</param>
    internal static LayerRow Find(LoraTarget target) => Rows.First(row => row.Target == target);

    /// <summary>The place of a linear layer's bias.</summary>
    /// <param name="target">The linear layer.</param>
    internal static LayerWeight BiasOf(LoraTarget target) => LayerWeight.QueryBias + (int)target;

    /// <summary>What precedes the names of a layer's weights.</summary>
    /// <param name="layer">The layer, from 0.</param>
    internal static string Prefix(int layer) => $"model.layers.{layer}.";

    /// <summary>Whether a weight is a bias.</summary>
    /// <param name="name">Its name in a checkpoint.</param>
    internal static bool IsBias(string name) =>
        Rows.Any(row => row.IsBias && name.EndsWith(row.Name, StringComparison.Ordinal));

    /// <summary>Whether a weight's outputs go into the residual stream.</summary>
    /// <param name="name">Its name in a checkpoint.</param>
    internal static bool EndsBlock(string name) =>
        Rows.Any(row => row.EndsBlock && name.EndsWith(row.Name, StringComparison.Ordinal));

    private static LayerRow Bias(LayerWeight weight, LayerParts needs, string name, Func<LlamaConfig, long[]> shape) =>
        new(weight, name, shape) { Needs = needs };

    private static long[] Head(LlamaConfig config) => [config.HeadDimension];

    private static long[] Hidden(LlamaConfig config) => [config.HiddenSize];

    private static long Query(LlamaConfig config) => (long)config.Heads * config.HeadDimension;

    private static long KeyValue(LlamaConfig config) => (long)config.KeyValueHeads * config.HeadDimension;
}
