namespace LLoCO.Core.Checkpoints;

/// <summary>Unsupported kinds of weights, recognized by names of tensors if the configuration does not tell.</summary>
internal static class UnsupportedTensors
{
    private const string Plain = "use the float16, bfloat16 or float32 checkpoint";

    /// <summary>Parts of a name and what they tell, the telling ones first.</summary>
    private static readonly (string Part, string Kind)[] Parts =
    [
        (".g_idx", $"weights quantized by GPTQ are not read; {Plain}"),
        (".qweight", $"weights quantized by GPTQ or AWQ are not read; {Plain}"),
        (".qzeros", $"weights quantized by GPTQ or AWQ are not read; {Plain}"),
        (".quant_state", $"weights quantized by bitsandbytes are not read; {Plain}"),
        (".absmax", $"weights quantized by bitsandbytes are not read; {Plain}"),
        (".quant_map", $"weights quantized by bitsandbytes are not read; {Plain}"),
        (".SCB", $"weights quantized by bitsandbytes are not read; {Plain}"),
        (".weight_scale", $"weights quantized to FP8 are not read; {Plain}"),
        (".input_scale", $"weights quantized to FP8 are not read; {Plain}"),
        (".weight_packed", $"weights packed by compressed-tensors are not read; {Plain}"),
        (".experts.", "mixtures of experts (MoE) are not supported; use a dense model of the family"),
        (".block_sparse_moe.", "mixtures of experts (MoE) are not supported; use a dense model of the family"),
        (".shared_expert", "mixtures of experts (MoE) are not supported; use a dense model of the family"),
        ("vision_tower.", "models with images are not supported; use the family's text model"),
        ("vision_model.", "models with images are not supported; use the family's text model"),
        ("visual.", "models with images are not supported; use the family's text model"),
        ("multi_modal_projector.", "models with images are not supported; use the family's text model"),
        ("mm_projector.", "models with images are not supported; use the family's text model"),
        (".lora_A.", "it belongs to a LoRA adapter; load the base model and add the adapter, or merge it with PEFT"),
        (".lora_magnitude_vector", "it belongs to a DoRA adapter, which is not supported; merge it with PEFT"),
    ];

    /// <summary>Says what kind of model tensors belong to, if their names tell one that is not read.</summary>
    /// <param name="names">The names.</param>
    /// <returns>The first telling name and what it tells.</returns>
    internal static (string Name, string Kind)? Find(IReadOnlyCollection<string> names)
    {
        foreach ((string part, string kind) in Parts)
        {
            if (names.FirstOrDefault(name => name.Contains(part, StringComparison.Ordinal)) is { } telling)
            {
                return (telling, kind);
            }
        }

        return null;
    }
}
