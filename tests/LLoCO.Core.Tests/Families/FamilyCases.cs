using LLoCO.Core.Families;

namespace LLoCO.Core.Tests.Families;

/// <summary>A small model of every family, and of Llama with all that its settings can add.</summary>
internal static class FamilyCases
{
    private const string Biased = "llama, all biases";

    private static readonly LlamaConfig Shape = new()
    {
        VocabularySize = 32,
        HiddenSize = 32,
        IntermediateSize = 48,
        Layers = 3,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDimension = 16,
        MaxPositions = 256,
    };

    /// <summary>Gets the cases' names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ModelFamily.All.Select(family => family.ModelType), Biased];

    /// <summary>Makes a case's model.</summary>
    public static LlamaConfig Find(string name) => Shape with
    {
        Plan = name == Biased
            ? new ModelPlan
            {
                Parts = LayerParts.QueryKeyValueBias | LayerParts.OutputBias | LayerParts.FeedForwardBias,
            }
            : OfFamily(ModelFamily.Find(name)!),
    };

    /// <summary>A model of Llama's shape that computes as a plan says.</summary>
    public static LlamaConfig With(ModelPlan plan) => Shape with { Plan = plan };

    private static ModelPlan OfFamily(ModelFamily family)
    {
        var plan = new ModelPlan
        {
            ModelType = family.ModelType,
            Parts = family.Parts,
            Rotated = family.RotationGap > 0 ? [true, false, true] : [],
            Activation = family.Activation,
            NormsAddOne = family.NormsAddOne,
            EmbeddingFactor = family.NormsAddOne ? Math.Sqrt(32) : 1,
            Window = family.HasWindow ? 4 : 0,
            Windowed = family.HasWindow ? [true, family.WindowGap == 0, true] : [],
            LocalRopeTheta = family.LocalRopeTheta,
            RotatedWidth = family.HasPartialRotation ? 10 : 0,
        };
        return family.HasMultipliers
            ? plan with { InputFactor = 3, AttentionFactor = 0.4, ResidualFactor = 0.3, LogitsDivisor = 0.5 }
            : plan;
    }
}
