namespace LLoCO.Core.Families;

/// <summary>A row of <see cref="LayerTable"/>: one weight of a decoder layer.</summary>
/// <param name="Weight">Which one; its place in the arrays of the passes.</param>
/// <param name="Name">Its name in a checkpoint, without the layer's prefix.</param>
/// <param name="Shape">Its shape in a model; linear weights are <c>[out, in]</c>, as PyTorch stores them.</param>
internal sealed record LayerRow(LayerWeight Weight, string Name, Func<LlamaConfig, long[]> Shape)
{
    /// <summary>Gets the parts that a model must have for this weight.</summary>
    internal LayerParts Needs { get; init; }

    /// <summary>Gets the parts that a model must not have; another row has the weight's name in that case.</summary>
    internal LayerParts Without { get; init; }

    /// <summary>Gets whether its outputs go into the residual stream: random ones are scaled by depth.</summary>
    internal bool EndsBlock { get; init; }

    /// <summary>Gets the linear layer as LoRA targets name it; <see langword="null"/> for a vector.</summary>
    internal LoraTarget? Target => Enum.IsDefined((LoraTarget)Weight) ? (LoraTarget)Weight : null;

    /// <summary>Gets whether it is added, and so drawn as zeros; a norm, which multiplies, is drawn as ones.</summary>
    internal bool IsBias => Weight >= LayerWeight.QueryBias;
}
