using LLoCO.Core.Compression;
using LLoCO.Core.Families;
using LLoCO.Core.Tensors;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Training;
using LLoCO.Training.Memories;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Training.Memories;

/// <summary>Gradients of keys and values behind attention with a bias for each slot, compared with finite differences.</summary>
public sealed class CartridgeLearnerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_KeysAndValuesOfTwoMemories_HaveTheGradientsOfFiniteDifferences()
    {
        await using var golden = new GoldenModel("b_gqa");
        await golden.Loaded.Worker.RunAsync(() => CheckGradients(golden), Token, gradients: true);
    }

    [Fact]
    public async Task Run_QuestionsSideBySide_LoseWhatEachLosesAlone()
    {
        await using var golden = new GoldenModel("b_gqa");
        await golden.Loaded.Worker.RunAsync(
            () =>
            {
                using DisposeScope scope = NewDisposeScope();
                using Cartridge cartridge = Memory(golden, 1);
                var learner = new CartridgeLearner(golden.Loaded.Model);
                AdapterExample[] examples = Examples();

                float together = learner.Run([cartridge], examples, null, 0.5).Sum.item<float>();
                float alone = examples.Sum(one => learner.Run([cartridge], [one], null, 0.5).Sum.item<float>());

                Assert.Equal(alone, together, 1e-4);
            },
            Token,
            gradients: true);
    }

    private static void CheckGradients(GoldenModel golden)
    {
        const double Step = 1e-2;
        using DisposeScope scope = NewDisposeScope();
        using Cartridge one = Memory(golden, 1);
        using Cartridge other = Memory(golden, 2);
        var learner = new CartridgeLearner(golden.Loaded.Model);
        double Loss() => learner.Run([other, one], Examples(), null, 0.5).Sum.item<float>();
        learner.Run([other, one], Examples(), null, 0.5).Sum.backward();
        var random = new Random(7);
        foreach (Cartridge cartridge in (Cartridge[])[one, other])
        {
            // Along a random direction, all numbers count; single ones would be lost in the rounding of float32.
            for (int round = 0; round < 4; round++)
            {
                Tensor direction = tensor(
                    Enumerable.Range(0, (int)cartridge.Entries.numel()).Select(_ => (random.NextSingle() * 2) - 1).ToArray(),
                    cartridge.Entries.shape);
                double slope = (cartridge.Entries.grad! * direction).sum().item<float>();
                double Moved(double by)
                {
                    using IDisposable guard = no_grad();
                    cartridge.Entries.Add(direction.Times(by));
                    double loss = Loss();
                    cartridge.Entries.Add(direction.Times(-by));
                    return loss;
                }

                double measured = (Moved(Step) - Moved(-Step)) / (2 * Step);
                Assert.True(Math.Abs(slope) > 1e-3, $"a slope of {slope} says nothing");
                Assert.Equal(measured, slope, Math.Max(2e-3, 0.02 * Math.Abs(slope)));
            }

            Assert.True(cartridge.Entries.grad![0].abs().sum().item<float>() > 0);
            cartridge.Freeze();
            Assert.Equal(0, cartridge.Entries.grad![0].abs().sum().item<float>());
        }
    }

    private static AdapterExample[] Examples() =>
    [
        new() { Id = "a", Prompt = (int[])[3, 1, 4, 1], Answer = (int[])[5, 9, 2], Teacher = Teacher(3, 1) },
        new() { Id = "b", Prompt = (int[])[2, 7], Answer = (int[])[1, 8], Teacher = Teacher(2, 2) },
    ];

    private static TeacherToken[] Teacher(int count, int seed) => [.. Enumerable.Range(seed, count).Select(
        i => new TeacherToken((int[])[i, i + 5, i + 9], (float[])[MathF.Log(0.6f), MathF.Log(0.3f), MathF.Log(0.05f)]))];

    private static Cartridge Memory(GoldenModel golden, int seed)
    {
        LlamaConfig config = golden.Loaded.Config;
        var random = new Random(seed);
        int width = KeyValueMemory.Width(config);
        float[] numbers = [.. Enumerable.Range(0, 7 * width).Select(_ => (random.NextSingle() * 2) - 1)];
        var memory = SummaryEmbeddings.FromVectors(
            $"document {seed}", numbers, width, SummaryEncoding.Float32, SegmentMap.FromCounts([(5, 3), (9, 4)]),
            KeyValueMemory.Fingerprint(golden.Loaded.Fingerprint, 0));
        return new Cartridge(memory, config, new CartridgeTrainingOptions(), CPU);
    }
}
