namespace LLoCO.Core.Families;

/// <summary>A family of models: the defaults that follow from its name if a <c>config.json</c> does not set them.</summary>
/// <param name="ModelType">Its name (<c>model_type</c>).</param>
/// <param name="Architecture">Its class in Hugging Face transformers (<c>architectures</c>).</param>
internal sealed record ModelFamily(string ModelType, string Architecture)
{
    /// <summary>Gets all families that can be run.</summary>
    internal static IReadOnlyList<ModelFamily> All { get; } =
    [
        new("llama", "LlamaForCausalLM"),
        new("mistral", "MistralForCausalLM") { HasBiasKeys = false, HasWindow = true, DefaultWindow = 4096 },
        new("qwen2", "Qwen2ForCausalLM") { Parts = LayerParts.QueryKeyValueBias, HasBiasKeys = false, DefaultWindow = 4096 },
        new("qwen3", "Qwen3ForCausalLM") { Parts = LayerParts.HeadNorms, HeadDimension = 128, DefaultWindow = 4096 },
        new("smollm3", "SmolLM3ForCausalLM") { RopeTheta = 2_000_000, TiesEmbeddings = true, RotationGap = 4 },
        new("gemma3_text", "Gemma3ForCausalLM")
        {
            Parts = LayerParts.HeadNorms | LayerParts.OutputNorms,
            Activation = Activation.GeluTanh,
            NormsAddOne = true,
            HeadDimension = 256,
            RopeTheta = 1_000_000,
            LocalRopeTheta = 10_000,
            TiesEmbeddings = true,
            HasWindow = true,
            DefaultWindow = 4096,
            WindowGap = 6,
            HasBiasKeys = false,
        },
        new("granite", "GraniteForCausalLM") { HasMultipliers = true },
        new("phi3", "Phi3ForCausalLM")
        {
            Parts = LayerParts.FusedLinears,
            HasBiasKeys = false,
            HasWindow = true,
            HasPartialRotation = true,
            FixedKeys = ["full_attn_mod", "interpolate_factor"],
            NormEpsilon = 1e-5,
        },
        new("olmo2", "Olmo2ForCausalLM")
        {
            Parts = LayerParts.OutputNorms | LayerParts.NoInputNorms | LayerParts.WidthNorms,
            HasMlpBias = false,
            NormEpsilon = 1e-5,
        },
        new("ministral", "MinistralForCausalLM") { HasBiasKeys = false, HasWindow = true, DefaultWindow = 4096 },
    ];

    /// <summary>Gets what all its layers have besides what Llama's have.</summary>
    internal LayerParts Parts { get; init; }

    /// <summary>Gets whether <c>attention_bias</c> and <c>mlp_bias</c> are keys of it.</summary>
    internal bool HasBiasKeys { get; init; } = true;

    /// <summary>Gets whether <c>mlp_bias</c> is a key of it, besides <see cref="HasBiasKeys"/>.</summary>
    internal bool HasMlpBias { get; init; } = true;

    /// <summary>Gets the epsilon of the norms where <c>rms_norm_eps</c> is absent.</summary>
    internal double NormEpsilon { get; init; } = 1e-6;

    /// <summary>Gets whether <c>partial_rotary_factor</c> is a key of it.</summary>
    internal bool HasPartialRotation { get; init; }

    /// <summary>Gets keys of its own that must be 1.</summary>
    internal IReadOnlyList<string> FixedKeys { get; init; } = [];

    /// <summary>Gets the window where <c>sliding_window</c> is absent; 0 for none. A key that is null means none.</summary>
    internal int DefaultWindow { get; init; }

    /// <summary>Gets the width of a head where <c>head_dim</c> is absent; <see langword="null"/> for the hidden width by the
    /// heads.</summary>
    internal int? HeadDimension { get; init; }

    /// <summary>Gets the base of the angles where <c>rope_theta</c> is absent.</summary>
    internal double RopeTheta { get; init; } = 10_000;

    /// <summary>Gets whether the head is the token embedding where <c>tie_word_embeddings</c> is absent.</summary>
    internal bool TiesEmbeddings { get; init; }

    /// <summary>Gets which layers do not rotate where <c>no_rope_layers</c> is absent: every so many-th; 0 where all do and the
    /// key is none of its own.</summary>
    internal int RotationGap { get; init; }

    /// <summary>Gets the activation of the gate's outputs.</summary>
    internal Activation Activation { get; init; }

    /// <summary>Gets whether norms add one to their weights and token embeddings are multiplied with the root of the hidden
    /// width: Gemma.</summary>
    internal bool NormsAddOne { get; init; }

    /// <summary>Gets the base of the angles in layers with a window; <see langword="null"/> where they have none of their own.</summary>
    internal double? LocalRopeTheta { get; init; }

    /// <summary>Gets which layers have no window where <c>layer_types</c> is absent: every so many-th; 0 where
    /// <c>max_window_layers</c>, the first that have none, is the key.</summary>
    internal int WindowGap { get; init; }

    /// <summary>Gets whether <c>sliding_window</c> counts where <c>use_sliding_window</c> is absent.</summary>
    internal bool HasWindow { get; init; }

    /// <summary>Gets whether it has <c>embedding_multiplier</c>, <c>attention_multiplier</c>, <c>residual_multiplier</c> and
    /// <c>logits_scaling</c>.</summary>
    internal bool HasMultipliers { get; init; }

    /// <summary>Finds a family.</summary>
    /// <param name="modelType">Its name.</param>
    internal static ModelFamily? Find(string modelType) => All.FirstOrDefault(family => family.ModelType == modelType);
}
