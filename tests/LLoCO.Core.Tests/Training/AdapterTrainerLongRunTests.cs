using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Training;
using Xunit;

namespace LLoCO.Core.Tests.Training;

/// <summary>Single precision over a longer run against the same arithmetic in double precision.</summary>
public sealed class AdapterTrainerLongRunTests : IDisposable
{
    private const int Steps = 100;
    private const int Answer = 7;
    private const double Tolerance = 1e-4;

    private static readonly int[] Ids = [8, 105, 12, 114, 114, 79, 5, 54, 109, 45, 55, 18, 51, 47, 83, 68, 2];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TrainAsync_HundredSteps_StaysWithinTheToleranceOfDoublePrecision()
    {
        using SafetensorsFile tensors = SafetensorsFile.Open(Goldens.Path("a_mha", "goldens.safetensors"));
        float[] context = tensors.ReadFloats("sft.one_row.context_embeddings");
        await using var model = new GoldenModel("a_mha");
        var example = new AdapterExample
        {
            Id = "one", Documents = [model.Summary(context)], Prompt = Ids[..^Answer], Answer = Ids[^Answer..],
        };
        var trainer = new AdapterTrainer(model.Loaded, model.Loaded.Fingerprint, new NumberTokenizer(), "a_mha", new()
        {
            StartFrom = Goldens.Path("a_mha", "adapter"), Dropout = 0, LearningRate = 5e-4, WarmUp = 0.1, WeightDecay = 0.01,
            ClipNorm = 0.5, Epochs = Steps,
        });
        var losses = new List<double>();

        await trainer.TrainAsync(
            new AdapterExampleList([example]), _folder.PathOf("out"), null, new ProgressList(step => losses.Add(step.Loss)),
            TestContext.Current.CancellationToken);

        using var reference = new Fp64Reference();
        double[] expected = [.. Enumerable.Range(0, Steps)
            .Select(step => reference.Step(context, Ids, Answer, Rate(step), 0.5, 0.01))];
        Assert.Equal(Steps, losses.Count);
        Assert.True(expected[^1] < 0.5 * expected[0], "the run is to learn something");
        Assert.All(expected.Zip(losses), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    /// <summary>Ten steps up, then half a cosine over all hundred.</summary>
    private static double Rate(int step) =>
        5e-4 * Math.Min(1, (step + 1) / 10.0) * 0.5 * (1 + Math.Cos(Math.PI * step / Steps));
}
