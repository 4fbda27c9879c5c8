using System.Reflection;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Families;

/// <summary>
/// A family, a weight of a layer or a trait of a plan that only some of the three forward passes know fails here: all
/// passes must give the same logits, and all must see every weight and every trait.
/// </summary>
public sealed class ForwardPassesTests
{
    private const float Tolerance = 2e-4f;
    private const float Visible = 0.01f;

    private static readonly Dictionary<string, ModelPlan> Traits = new()
    {
        [nameof(ModelPlan.Parts)] = new ModelPlan { Parts = LayerParts.HeadNorms },
        [nameof(ModelPlan.Activation)] = new ModelPlan { Activation = Activation.GeluTanh },
        [nameof(ModelPlan.NormsAddOne)] = new ModelPlan { NormsAddOne = true },
        [nameof(ModelPlan.EmbeddingFactor)] = new ModelPlan { EmbeddingFactor = 3 },
        [nameof(ModelPlan.Window)] = new ModelPlan { Window = 3, Windowed = [true, true, true] },
        [nameof(ModelPlan.Windowed)] = new ModelPlan { Window = 3, Windowed = [false, true, false] },
        [nameof(ModelPlan.LocalRopeTheta)] = new ModelPlan { Window = 64, Windowed = [true, false, true], LocalRopeTheta = 3 },
        [nameof(ModelPlan.LocalRopeScaling)] = new ModelPlan
        {
            Window = 64,
            Windowed = [true, false, true],
            LocalRopeTheta = 10_000,
            LocalRopeScaling = new RopeScaling(RopeScalingKind.Linear, 3),
        },
        [nameof(ModelPlan.RotatedWidth)] = new ModelPlan { RotatedWidth = 6 },
        [nameof(ModelPlan.InputFactor)] = new ModelPlan { InputFactor = 3 },
        [nameof(ModelPlan.AttentionFactor)] = new ModelPlan { AttentionFactor = 0.9 },
        [nameof(ModelPlan.ResidualFactor)] = new ModelPlan { ResidualFactor = 0.4 },
        [nameof(ModelPlan.LogitsDivisor)] = new ModelPlan { LogitsDivisor = 2.5 },
        [nameof(ModelPlan.Rotated)] = new ModelPlan { Rotated = [true, false, false] },
    };

    public static TheoryData<string> Cases => [.. FamilyCases.Names];

    public static TheoryData<string, string> Weights =>
        [.. FamilyCases.Names.SelectMany(name => LayerTable.Stored(FamilyCases.Find(name)).Select(row => (name, row.Name)))];

    public static TheoryData<string> TraitNames => [.. Traits.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_EveryFamily_PassesAgree(string name)
    {
        LlamaConfig config = FamilyCases.Find(name);
        using DisposeScope scope = NewDisposeScope();

        AssertAgree(ForwardPasses.Run(config, ForwardPasses.Weights(config)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_EveryFamilyWithAnAdapter_EveryPassAppliesIt(string name)
    {
        LlamaConfig config = FamilyCases.Find(name);
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> weights = ForwardPasses.Weights(config);
        using LoraAdapter adapter = ForwardPasses.Adapter(config);

        float[][] adapted = ForwardPasses.Run(config, weights, adapter);

        AssertSeen(ForwardPasses.Run(config, weights), adapted);
        AssertAgree(adapted);
    }

    [Theory]
    [MemberData(nameof(Weights))]
    public void Run_WeightChanged_EveryPassSeesIt(string name, string weight)
    {
        LlamaConfig config = FamilyCases.Find(name);
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> weights = ForwardPasses.Weights(config);
        float[][] before = ForwardPasses.Run(config, weights);

        string changed = LayerTable.Prefix(1) + weight;
        using var random = new Generator(6, CPU);
        weights[changed] = weights[changed].Plus(randn(weights[changed].shape, generator: random));
        float[][] after = ForwardPasses.Run(config, weights);

        AssertSeen(before, after);
        AssertAgree(after);
    }

    [Theory]
    [MemberData(nameof(TraitNames))]
    public void Run_TraitOfAPlan_EveryPassSeesIt(string trait)
    {
        LlamaConfig config = FamilyCases.With(Traits[trait]);
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> weights = ForwardPasses.Weights(config);

        float[][] plain = ForwardPasses.Run(FamilyCases.With(ModelPlan.Llama), weights);
        float[][] changed = ForwardPasses.Run(config, weights);

        AssertSeen(plain, changed);
        AssertAgree(changed);
    }

    /// <summary>Numbers of PyTorch's <c>silu</c> and <c>gelu(approximate="tanh")</c>.</summary>
    [Theory]
    [InlineData(0, 1f, 0.7310586f)]
    [InlineData(0, -2f, -0.23840584f)]
    [InlineData(1, 1f, 0.841192f)]
    [InlineData(1, -1f, -0.158808f)]
    [InlineData(1, 0.5f, 0.345714f)]
    public void Apply_Activation_GivesReferenceNumbers(int activation, float value, float expected) =>
        Assert.Equal(expected, ((Activation)activation).Apply(value), 5e-6f);

    [Fact]
    public void Traits_AreAllThatAPlanHas() => Assert.Equal(
        typeof(ModelPlan).GetProperties(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly)
            .Where(property => property.CanWrite && property.Name != nameof(ModelPlan.ModelType))
            .Select(property => property.Name).Order(),
        Traits.Keys.Order());

    [Fact]
    public void LayerTable_EveryRow_BelongsToAFamily() => Assert.Empty(
        LayerTable.Rows.Except(FamilyCases.Names.SelectMany(name => LayerTable.Select(FamilyCases.Find(name)))));

    [Fact]
    public void LayerTable_EveryWeight_HasARow() =>
        Assert.Equal(Enum.GetValues<LayerWeight>(), LayerTable.Rows.Select(row => row.Weight).Distinct().Order());

    private static void AssertAgree(float[][] logits)
    {
        for (int pass = 1; pass < logits.Length; pass++)
        {
            float difference = Largest(logits[0], logits[pass]);
            Assert.True(difference < Tolerance, $"{ForwardPasses.Names[pass]} differs by {difference}.");
        }
    }

    private static void AssertSeen(float[][] before, float[][] after)
    {
        for (int pass = 0; pass < before.Length; pass++)
        {
            float difference = Largest(before[pass], after[pass]);
            Assert.True(difference > Visible, $"{ForwardPasses.Names[pass]} does not see it: {difference}.");
        }
    }

    private static float Largest(float[] one, float[] other) =>
        one.Zip(other, (left, right) => Math.Abs(left - right)).Max();
}
