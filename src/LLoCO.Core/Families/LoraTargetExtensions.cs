namespace LLoCO.Core.Families;

/// <summary>Names and shapes of the linear layers that LoRA can adapt, from <see cref="LayerTable"/>.</summary>
internal static class LoraTargetExtensions
{
    /// <summary>The module's place in a decoder layer, as PEFT files name it: <c>self_attn.q_proj</c>.</summary>
    internal static string ModuleName(this LoraTarget target)
    {
        string weight = LayerTable.Find(target).Name;
        return weight[..weight.LastIndexOf('.')];
    }

    /// <summary>The module's name in <c>target_modules</c>: <c>q_proj</c>.</summary>
    internal static string PeftName(this LoraTarget target) => target.ModuleName().Split('.')[^1];

    /// <summary>Output and input width of the linear layer.</summary>
    internal static (long Output, long Input) Shape(this LoraTarget target, LlamaConfig config)
    {
        long[] shape = LayerTable.Find(target).Shape(config);
        return (shape[0], shape[1]);
    }
}
