using LLoCO.Core.Model;

namespace LLoCO.Core.Lora;

/// <summary>Names and shapes of the layers that LoRA can adapt.</summary>
internal static class LoraTargetExtensions
{
    /// <summary>The module's place in a decoder layer, as PEFT files name it.</summary>
    internal static string ModuleName(this LoraTarget target) => target switch
    {
        LoraTarget.Gate or LoraTarget.Up or LoraTarget.Down => "mlp." + target.PeftName(),
        _ => "self_attn." + target.PeftName(),
    };

    /// <summary>The module's name in <c>target_modules</c>.</summary>
    internal static string PeftName(this LoraTarget target) => target switch
    {
        LoraTarget.Query => "q_proj",
        LoraTarget.Key => "k_proj",
        LoraTarget.Value => "v_proj",
        LoraTarget.Output => "o_proj",
        LoraTarget.Gate => "gate_proj",
        LoraTarget.Up => "up_proj",
        LoraTarget.Down => "down_proj",
        _ => throw new ArgumentOutOfRangeException(nameof(target), target, "Unknown LoRA target."),
    };

    /// <summary>Output and input width of the linear layer.</summary>
    internal static (long Output, long Input) Shape(this LoraTarget target, LlamaConfig config)
    {
        long hidden = config.HiddenSize;
        long inner = config.IntermediateSize;
        long query = (long)config.Heads * config.HeadDimension;
        long keyValue = (long)config.KeyValueHeads * config.HeadDimension;
        return target switch
        {
            LoraTarget.Query => (query, hidden),
            LoraTarget.Key or LoraTarget.Value => (keyValue, hidden),
            LoraTarget.Output => (hidden, query),
            LoraTarget.Gate or LoraTarget.Up => (inner, hidden),
            LoraTarget.Down => (hidden, inner),
            _ => throw new ArgumentOutOfRangeException(nameof(target), target, "Unknown LoRA target."),
        };
    }
}
