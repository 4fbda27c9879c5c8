using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Prefixes;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Decoding.Prefixes;

/// <summary>KeyValues that are computed piece by piece are those of one pass.</summary>
public sealed class PrefixPrefillTests
{
    private static readonly LlamaConfig Config = new()
    {
        VocabularySize = 48,
        HiddenSize = 64,
        IntermediateSize = 96,
        Layers = 3,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDimension = 16,
        MaxPositions = 4096,
    };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(512, 1)]
    [InlineData(513, 2)]
    [InlineData(1300, 3)]
    public void Advance_ToTheEnd_GivesTheStatesOfOnePass(int count, int pieces)
    {
        using var mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        using var model = new LlamaModel(LlamaWeights.Random(Config, 3, ScalarType.Float32, CPU));
        using Tensor inputs = rand(count, Config.HiddenSize, generator: new Generator(7)).Plus(-0.5);
        using var whole = new KeyValueCache(Config, 1, count, ScalarType.Float32, CPU);
        model.Infer(inputs, [new SequenceRows(whole, count, Wanted: 0)]);
        using var reading = new PrefixPrefill(model, null, inputs.data<float>().ToArray(), count);

        int read = 1;
        while (reading.Advance())
        {
            read++;
        }

        using PrefixKeyValues keyValues = reading.Finish();

        Assert.Equal(pieces, read);
        for (int layer = 0; layer < Config.Layers; layer++)
        {
            Assert.True((whole.OwnKeys(layer) - keyValues.Keys(layer)).abs().max().item<float>() < 1e-4f);
            Assert.True((whole.OwnValues(layer) - keyValues.Values(layer)).abs().max().item<float>() < 1e-4f);
            Assert.True(keyValues.Values(layer).abs().max().item<float>() > 1e-2f, "Values near zero prove nothing.");
        }
    }
}
