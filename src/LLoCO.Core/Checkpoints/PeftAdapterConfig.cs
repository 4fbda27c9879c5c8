namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Settings of a LoRA adapter: the keys of PEFT's <c>adapter_config.json</c> that change numbers or identify its model.
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

    /// <summary>Gets whether the scale divides by the root of the rank (<c>use_rslora</c>).</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool RankStabilized { get; init; }

    /// <summary>Gets ranks of single modules (<c>rank_pattern</c>): a pattern that the end of a module's path fits, and the rank; the
    /// first that fits counts.</summary>
    /// <value>Default: none.</value>
    internal IReadOnlyDictionary<string, int> RankPattern { get; init; } = new Dictionary<string, int>();

    /// <summary>Gets alphas of single modules (<c>alpha_pattern</c>), as <see cref="RankPattern"/>.</summary>
    /// <value>Default: none.</value>
    internal IReadOnlyDictionary<string, double> AlphaPattern { get; init; } = new Dictionary<string, double>();

    /// <summary>Gets the projections that are adapted, each at most once: of <c>q_proj</c>, <c>k_proj</c>, <c>v_proj</c>,
    /// <c>o_proj</c>, <c>gate_proj</c>, <c>up_proj</c>, <c>down_proj</c>, and <c>qkv_proj</c>, <c>gate_up_proj</c> in a <c>phi3</c>
    /// model. Read from a folder, it lists the projections with weights, for every form of <c>target_modules</c> (list, pattern,
    /// <c>all-linear</c>).</summary>
    public required IReadOnlyList<string> TargetModules { get; init; }

    /// <summary>Gets the model that it was trained for (<c>base_model_name_or_path</c>), as its author named it.</summary>
    public string? BaseModel { get; init; }

    /// <summary>Gets the factor of the update, W x + <c>Scale</c> · B (A x), where no pattern says another: <c>lora_alpha / r</c>, or
    /// <c>lora_alpha / sqrt(r)</c> with <see cref="RankStabilized"/>.</summary>
    internal double Scale => Alpha / (RankStabilized ? Math.Sqrt(Rank) : Rank);
}
