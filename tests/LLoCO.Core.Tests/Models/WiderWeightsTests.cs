using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using LLoCO.Models.Tiny.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Models;

public sealed class WiderWeightsTests
{
    [Fact]
    public void Fill_WiderAndDeeperModel_ComputesNearlyTheSame()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        LlamaConfig narrow = new ModelShape(1, 32, 48, 2, 2, 64, 16, 2).ToConfig(40);
        LlamaConfig wide = new ModelShape(1, 64, 80, 3, 4, 64, 16, 2).ToConfig(40);
        using LlamaWeights known = LlamaWeights.Random(narrow, 1, ScalarType.Float32, CPU);
        known.TokenEmbedding.mul_(tensor(20f));
        using LlamaWeights grown = LlamaWeights.Random(wide, 2, ScalarType.Float32, CPU);
        Dictionary<string, Tensor> before = known.Named().ToDictionary(entry => entry.Name, entry => entry.Weight);
        foreach ((string name, Tensor weight) in grown.Named())
        {
            weight.mul_(tensor(name.Contains("embed", StringComparison.Ordinal) ? 0f : 1f));
            WiderWeights.Fill(name, weight, before.GetValueOrDefault(name), 2);
        }

        Tensor expected = Logits(known);
        Tensor actual = Logits(grown);
        Tensor untouched = Logits(LlamaWeights.Random(wide, 2, ScalarType.Float32, CPU));

        // The numbers for further dimensions are written, but nothing that was there reads them strongly.
        Assert.InRange(Distance(actual, expected), 0, 0.05);
        Assert.InRange(Distance(untouched, expected), 0.5, double.MaxValue);
    }

    private static double Distance(Tensor actual, Tensor expected) =>
        (actual.sub(expected).norm() / expected.norm()).item<float>();

    private static Tensor Logits(LlamaWeights weights)
    {
        using var model = new LlamaModel(weights);
        Tensor ids = HeldNumbers.Range(0, 24).unsqueeze(0);
        Tensor positions = HeldNumbers.Range(0, 24).unsqueeze(0);
        return model.Logits(model.Forward(model.Embed(ids), new ForwardPass(positions, 24) { Causal = true })).clone();
    }
}
