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
}
