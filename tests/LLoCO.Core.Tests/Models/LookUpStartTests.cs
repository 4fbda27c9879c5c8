using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Numerics;
using LLoCO.Core.Tensors;
using LLoCO.Models.Tiny.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Models;

/// <summary>A key of four pieces among eight, and the piece that follows it, asked of weights that were never trained.</summary>
public sealed class LookUpStartTests
{
    private const int Facts = 8;
    private const int Pieces = 4;
    private const int Questions = 40;

    [Fact]
    public void Write_RandomWeights_LookUpKeysOfSeveralPieces()
    {
        Assert.InRange(Right(Weights(structured: false)), 0, Questions / 10);
        Assert.InRange(Right(Weights(structured: true)), Questions / 2, Questions);
    }

    private static LlamaWeights Weights(bool structured)
    {
        LlamaConfig config = new ModelShape(1, 128, 256, 3, 4, 512, 128, 4) { RopeTheta = 1e6 }.ToConfig(1024);
        LlamaWeights weights = LlamaWeights.Random(config, 5, ScalarType.Float32, CPU);
        if (structured)
        {
            LookUpStart.Write(weights, seed: 5);
        }

        return weights;
    }

    private static int Right(LlamaWeights weights)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        using var model = new LlamaModel(weights);
        var random = SeededRandom.For(11, "facts");
        int right = 0;
        for (int question = 0; question < Questions; question++)
        {
            long[][] facts = [.. Enumerable.Range(0, Facts).Select(_ =>
                Enumerable.Range(0, Pieces + 1).Select(_ => (long)random.Next(1024)).ToArray())];
            long[] asked = facts[random.Next(Facts)];
            long[] ids = [.. facts.SelectMany(fact => fact), .. asked[..Pieces]];
            Tensor positions = HeldNumbers.Range(0, ids.Length).unsqueeze(0);
            Tensor hidden = model.Forward(
                model.Embed(tensor(ids).unsqueeze(0)), new ForwardPass(positions, ids.Length) { Causal = true });
            long answer = model.Logits(hidden.select(1, ids.Length - 1)).argmax(1).item<long>();
            right += answer == asked[Pieces] ? 1 : 0;
        }

        return right;
    }
}
