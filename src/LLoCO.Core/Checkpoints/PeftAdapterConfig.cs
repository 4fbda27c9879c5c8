namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Settings of a LoRA adapter: the keys of PEFT's <c>adapter_config.json</c> that change numbers or tell where it belongs.
/// </summary>
public sealed record PeftAdapterConfig
{
    /// <summary>Gets the rank of the update (<c>r</c>); at least 1. The original's is 8.</summary>
    public required int Rank { get; init; }

    /// <summary>Gets the numerator of the scale (<c>lora_alpha</c>); above 0. The original's is 16.</summary>
    public required double Alpha { get; init; }

    /// <summary>Gets the share of inputs that training drops (<c>lora_dropout</c>), in [0, 1).</summary>
    /// <value>Default 0. The original trains with 0.05.</value>
    public double Dropout { get; init; }

    /// <summary>Gets the projections that are adapted (<c>target_modules</c>): of <c>q_proj</c>, <c>k_proj</c>, <c>v_proj</c>,
    /// <c>o_proj</c>, <c>gate_proj</c>, <c>up_proj</c>, <c>down_proj</c>, each at most once.</summary>
    public required IReadOnlyList<string> TargetModules { get; init; }

    /// <summary>Gets the model that it was trained for (<c>base_model_name_or_path</c>), as its author named it.</summary>
    public string? BaseModel { get; init; }

    /// <summary>Gets the factor of the update: W x + <c>Scale</c> · B (A x), with <c>lora_alpha / r</c>.</summary>
    public double Scale => Alpha / Rank;
}
