using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Compression;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Training;
using Xunit;

namespace LLoCO.Core.Tests.Training;

/// <summary>The public trainer against what the original's loss and three steps of torch's AdamW gave.</summary>
public sealed class AdapterTrainerGoldenTests : IDisposable
{
    private const double LossTolerance = 5e-5;
    private const double WeightTolerance = 1e-5;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Scenarios => new()
    {
        { "a_mha", "one_row" }, { "a_mha", "one_row_fresh_adapter" }, { "b2_gqa_unpatched", "one_row" }, { "b_gqa", "one_row" },
        { "c_rope", "one_row" }, { "d_bf16", "one_row" }, { "e_batch", "two_rows" }, { "e_batch", "padded_row" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task TrainAsync_GoldenSteps_EqualTheOriginals(string golden, string scenario)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Goldens.Path(golden, "goldens.json")));
        JsonElement node = json.RootElement.GetProperty("sft").EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == scenario);
        using SafetensorsFile tensors = SafetensorsFile.Open(Goldens.Path(golden, "goldens.safetensors"));
        await using LlocoPipeline pipeline = await LlocoPipeline.CreateBuilder()
            .UseCheckpoint(Goldens.Path(golden, "model"))
            .UsePrecision(WeightPrecision.Float32)
            .UseTokenizer(new NumberTokenizer())
            .BuildAsync(TestContext.Current.CancellationToken);
        AdapterExample[] examples = Examples(node, tensors, pipeline.Fingerprint);
        AdapterTrainer trainer = pipeline.CreateAdapterTrainer(new AdapterTrainingOptions
        {
            StartFrom = Goldens.Path(golden, node.GetProperty("adapter").GetString()!),
            LearningRate = 1e-3, WarmUp = 0, FinalRate = 1, ClipNorm = 0, Dropout = 0, Epochs = 3, BatchSize = examples.Length,
        });
        var losses = new List<double>();

        TrainingResult result = await trainer.TrainAsync(
            new AdapterExampleList(examples), _folder.PathOf("out"), examples, new ProgressList(step => losses.Add(step.Loss)),
            TestContext.Current.CancellationToken);

        double[] expected = [.. node.GetProperty("expected").GetProperty("loss_per_step").EnumerateArray()
            .Select(loss => loss.GetDouble())];
        Assert.Equal(3, result.Steps);
        Assert.All(
            expected.Zip([.. losses, result.Validation!.Loss]), pair => Assert.Equal(pair.First, pair.Second, LossTolerance));
        AssertTrained(tensors, node.GetProperty("expected").GetProperty("trained_prefix").GetString()!);
    }

    private void AssertTrained(SafetensorsFile tensors, string prefix)
    {
        using SafetensorsFile trained = SafetensorsFile.Open(_folder.PathOf("out/adapter_model.safetensors"));
        Assert.NotEmpty(trained.Tensors);
        foreach (string name in trained.Tensors.Keys)
        {
            float[] expected = tensors.ReadFloats(prefix + name);
            Assert.All(expected.Zip(trained.ReadFloats(name)), pair => Assert.Equal(pair.First, pair.Second, WeightTolerance));
        }
    }

    private static AdapterExample[] Examples(JsonElement node, SafetensorsFile tensors, ModelFingerprint fingerprint)
    {
        int[][] ids = Rows(node.GetProperty("input_ids_values"));
        int[][] labels = Rows(node.GetProperty("labels_values"));
        string context = node.GetProperty("context_embeddings").GetString()!;
        IReadOnlyList<long> shape = tensors.Tensors[context].Shape;
        float[] vectors = tensors.ReadFloats(context);
        (int count, int width) = ((int)shape[1], (int)shape[2]);
        return [.. ids.Select((row, i) =>
        {
            int first = Array.FindIndex(labels[i], label => label >= 0);
            int learned = labels[i].Count(label => label >= 0);
            Assert.Equal(row[first..(first + learned)], labels[i][first..(first + learned)]);
            ReadOnlySpan<float> own = vectors.AsSpan(i * count * width, count * width);
            return new AdapterExample
            {
                Id = $"row {i}",
                Prompt = row[..first],
                Answer = row[first..(first + learned)],
                Documents =
                [
                    new SummaryEmbeddings(
                        $"document {i}", count, width, SummaryEncoding.Float32,
                        SummaryPayload.Encode(own, width, SummaryEncoding.Float32), [new SegmentSummary(0, 0, 23, 0, count)],
                        fingerprint),
                ],
            };
        })];
    }

    private static int[][] Rows(JsonElement rows) =>
        [.. rows.EnumerateArray().Select(row => row.EnumerateArray().Select(id => id.GetInt32()).ToArray())];
}
