using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;
using Xunit;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Model;

/// <summary>The shapes' numbers of weights, as their makers give them (llama2.c, TinyLlama, Llama-2).</summary>
public sealed class ModelShapesTests
{
    [Theory]
    [InlineData("15M", 15_191_712)]
    [InlineData("110M", 109_529_856)]
    [InlineData("1.1B", 1_100_048_384)]
    [InlineData("3B", 3_426_473_600)]
    [InlineData("7B", 6_738_415_616)]
    public void Find_NamedShape_HasThePublishedNumberOfWeights(string name, long expected)
    {
        LlamaConfig config = ModelShapes.Find(name);
        long embedding = (long)config.VocabularySize * config.HiddenSize;

        long weights = ModelShapes.WeightsPerToken(config) + (config.TieWordEmbeddings ? 0 : embedding);

        Assert.Equal(expected, weights);
    }

    [Fact]
    public void Find_UnknownShape_NamesTheKnownOnes()
    {
        LlocoException error = Assert.Throws<LlocoException>(() => ModelShapes.Find("5B"));

        Assert.Equal("There is no model shape '5B'. Known: 15M, 110M, 1.1B, 3B, 7B.", error.Message);
    }

    [Fact]
    public void MakeModel_SameSeed_SameWeightsOfTheExpectedSpread()
    {
        LlocoRuntime.EnsureAvailable();
        using var scope = TorchSharp.torch.NewDisposeScope();
        LlamaConfig config = ModelShapes.Find("15M");
        using LlamaModel one = ShapedModel.Create(config, 5, ScalarType.Float32, CPU);
        using LlamaModel other = ShapedModel.Create(config, 5, ScalarType.Float32, CPU);
        Tensor weight = one.Weights.TokenEmbedding;

        Assert.True(weight.Equals(other.Weights.TokenEmbedding));
        Assert.Equal(0.02f, weight.std().item<float>(), 0.0005f);
        Assert.False(weight[0].Equals(weight[1]));
    }
}
