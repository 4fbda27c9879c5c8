using LLoCO.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Training;

public sealed class AdamWOptimizerTests
{
    [Fact]
    public void Step_SeveralSteps_EqualsTorch()
    {
        using DisposeScope scope = NewDisposeScope();
        float[] start = [0.5f, -1.25f, 3f, 0.001f];
        var ours = new TorchSharp.Modules.Parameter(tensor(start), true);
        using var optimizer = new AdamWOptimizer([("w", ours)]) { Beta2 = 0.98, WeightDecay = 0.01 };
        for (int step = 0; step < 20; step++)
        {
            Tensor target = tensor(new[] { step, 1f, -step, 0.5f });
            (ours * target).sin().sum().backward();
            optimizer.Step(0.01, clip: 0);
        }

        Assert.Equal(20, optimizer.Steps);

        // What torch's own AdamW came to with the same gradients.
        float[] expected = [0.490041941f, -1.43837667f, 2.98784781f, -0.198775887f];
        Assert.All(ours.detach().data<float>().ToArray().Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
    }

    [Fact]
    public void Step_SixteenBits_LosesNoSmallStep()
    {
        using DisposeScope scope = NewDisposeScope();
        var wide = new TorchSharp.Modules.Parameter(ones(3), true);
        var narrow = new TorchSharp.Modules.Parameter(ones(3).to(ScalarType.BFloat16), true);
        using var reference = new AdamWOptimizer([("w", wide)]);
        using var optimizer = new AdamWOptimizer([("w", narrow)]);
        for (int step = 0; step < 100; step++)
        {
            // A step of 1e-4 is a fortieth of the last bit of a 16-bit one.
            wide.sum().backward();
            narrow.sum().backward();
            reference.Step(1e-4, clip: 0);
            optimizer.Step(1e-4, clip: 0);
        }

        Tensor master = optimizer.Named().Single(entry => entry.Name == "master.w").Weight;
        Assert.DoesNotContain(reference.Named(), entry => entry.Name.StartsWith("master.", StringComparison.Ordinal));
        Assert.Equal(wide.detach().data<float>().ToArray(), master.data<float>().ToArray());
        Assert.Equal(0.99f, wide.detach()[0].item<float>(), 1e-4f);
        Assert.Equal(0.99f, narrow.detach().to(ScalarType.Float32)[0].item<float>(), 4e-3f);
        Assert.NotEqual(1f, narrow.detach().to(ScalarType.Float32)[0].item<float>());
    }

    [Fact]
    public void Step_LargeGradient_IsScaledToTheNorm()
    {
        using DisposeScope scope = NewDisposeScope();
        var weight = new TorchSharp.Modules.Parameter(zeros(2), true);
        using var optimizer = new AdamWOptimizer([("w", weight)]);
        (weight * tensor(new[] { 30f, 40f })).sum().backward();
        optimizer.Step(0.1, clip: 1);

        // The mean of gradients after one step is a tenth of the clipped gradient (0.6, 0.8).
        Tensor first = optimizer.Named().First(entry => entry.Name == "first.w").Weight;
        float[] values = first.data<float>().ToArray();
        Assert.Equal(0.06f, values[0], 1e-4f);
        Assert.Equal(0.08f, values[1], 1e-4f);
    }
}
