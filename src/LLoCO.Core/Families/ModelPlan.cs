namespace LLoCO.Core.Families;

/// <summary>How a model differs from Llama 2. Every forward pass reads it; the defaults are those of Llama 2.</summary>
internal sealed record ModelPlan
{
    /// <summary>Llama 2 itself.</summary>
    internal static readonly ModelPlan Llama = new();

    /// <summary>Gets the family's name in a <c>config.json</c> (<c>model_type</c>).</summary>
    internal string ModelType { get; init; } = "llama";

    /// <summary>Gets the additional weights of the layers.</summary>
    internal LayerParts Parts { get; init; }

    /// <summary>Gets what the gate's outputs go through (<c>hidden_act</c>).</summary>
    internal Activation Activation { get; init; }

    /// <summary>Gets whether norms multiply with one more than their weights.</summary>
    internal bool NormsAddOne { get; init; }

    /// <summary>Gets the factor of token embeddings; summary vectors and other inputs are not multiplied.</summary>
    internal double EmbeddingFactor { get; init; } = 1;

    /// <summary>Gets the factor of all inputs before the first layer (<c>embedding_multiplier</c>).</summary>
    internal double InputFactor { get; init; } = 1;

    /// <summary>Gets the factor of attention scores (<c>attention_multiplier</c>); <see langword="null"/> for one by the root of
    /// the head's width.</summary>
    internal double? AttentionFactor { get; init; }

    /// <summary>Gets the factor of a block's output before it is added to the residual stream
    /// (<c>residual_multiplier</c>).</summary>
    internal double ResidualFactor { get; init; } = 1;

    /// <summary>Gets the divisor of logits (<c>logits_scaling</c>).</summary>
    internal double LogitsDivisor { get; init; } = 1;

    /// <summary>Gets which layers rotate queries and keys (<c>no_rope_layers</c>); empty for all.</summary>
    internal IReadOnlyList<bool> Rotated { get; init; } = [];

    /// <summary>Gets how many numbers of a head are rotated, from the first (<c>partial_rotary_factor</c>); 0 for all.</summary>
    internal int RotatedWidth { get; init; }

    /// <summary>Gets how many positions a layer with a window sees, its own among them (<c>sliding_window</c>).</summary>
    internal int Window { get; init; }

    /// <summary>Gets which layers have the window (<c>layer_types</c>); empty for none.</summary>
    internal IReadOnlyList<bool> Windowed { get; init; } = [];

    /// <summary>Gets the base of the angles in layers with a window (<c>rope_local_base_freq</c>); <see langword="null"/> for the
    /// same as in all others.</summary>
    internal double? LocalRopeTheta { get; init; }

    /// <summary>Gets how the angles of <see cref="LocalRopeTheta"/> are stretched.</summary>
    internal RopeScaling LocalRopeScaling { get; init; } = RopeScaling.None;

    /// <summary>The positions that a layer sees, or 0 for all.</summary>
    /// <param name="layer">The layer, from 0.</param>
    internal int WindowOf(int layer) => Windowed.Count > 0 && Windowed[layer] ? Window : 0;

    /// <summary>Whether a layer has angles of its own.</summary>
    /// <param name="layer">The layer, from 0.</param>
    internal bool IsLocal(int layer) => LocalRopeTheta is not null && WindowOf(layer) > 0;

    /// <summary>Whether a layer rotates queries and keys.</summary>
    /// <param name="layer">The layer, from 0.</param>
    internal bool Rotates(int layer) => Rotated.Count == 0 || Rotated[layer];

    /// <summary>How many numbers of a head are rotated, from the first.</summary>
    /// <param name="config">The model.</param>
    internal int RotaryWidth(LlamaConfig config) => RotatedWidth > 0 ? RotatedWidth : config.HeadDimension;

    /// <summary>What attention scores are multiplied with.</summary>
    /// <param name="config">The model.</param>
    internal double ScoreFactor(LlamaConfig config) => AttentionFactor ?? 1 / Math.Sqrt(config.HeadDimension);
}
