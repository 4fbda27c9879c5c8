using LLoCO.Core.Compression;
using LLoCO.Core.Tests.Index;
using LLoCO.Core.Tests.Tool;
using LLoCO.Training;
using LLoCO.Training.Memories;
using LLoCO.Training.SelfStudy;
using Xunit;

namespace LLoCO.Core.Tests.Training.Memories;

/// <summary>An adapter that is trained together with the memories that it reads.</summary>
public sealed class CartridgeAdapterTests(RandomModel model) : IClassFixture<RandomModel>, IDisposable
{
    private const string Weights = "adapter_model.safetensors";

    private static readonly CartridgeTrainingOptions Options = new()
    {
        LearningRate = 0, AdapterLearningRate = 1e-2, AdapterRank = 3, WarmUp = 0, MaxSteps = 12, BatchSize = 4, AccumulationSteps = 2,
        CheckpointEvery = 3, TopLogits = 1024,
    };

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TrainAsync_AdapterAlone_LearnsToReadTheMemoriesAsTheyAre()
    {
        await using LlocoPipeline pipeline = await PipelineAsync("index");
        byte[][] before = await PayloadsAsync(pipeline);
        var losses = new List<double>();

        await TrainAsync(pipeline, Options with { MaxSteps = 60 }, "out", losses);

        Assert.Equal(before, await PayloadsAsync(pipeline));
        Assert.True(losses[^5..].Average() < losses[..5].Average() / 2, string.Join(' ', losses));
    }

    [Fact]
    public async Task TrainAsync_Together_ChangesBothAndTheFolderIsAnAdapter()
    {
        byte[][] before;
        byte[][] after;
        var losses = new List<double>();
        await using (LlocoPipeline pipeline = await PipelineAsync("index"))
        {
            before = await PayloadsAsync(pipeline);
            await TrainAsync(pipeline, Options with { LearningRate = 5e-3, MaxSteps = 40 }, "reader", losses);
            after = await PayloadsAsync(pipeline);
        }

        await using LlocoPipeline reader = await PipelineAsync("index", new() { ["reader"] = _folder.PathOf("reader") });
        LlocoAnswer answer = await reader.AskAsync(
            "What did the captain see?",
            new AskOptions { DocumentIds = [TaughtDocuments.Ids[0]], Adapter = "reader", Generation = new GenerationOptions { MaxNewTokens = 8 } },
            Token);

        Assert.All(before.Zip(after), pair => Assert.NotEqual(pair.First, pair.Second));
        Assert.Equal(after, await PayloadsAsync(reader));
        Assert.True(losses[^5..].Average() < losses[..5].Average() / 2, string.Join(' ', losses));
        Assert.Equal("reader", answer.Adapter);
        Assert.Contains("\"r\": 3", await File.ReadAllTextAsync(_folder.PathOf("reader/adapter_config.json"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrainAsync_KnownAdapter_IsCopiedAndLeftAsItWas()
    {
        await using (LlocoPipeline first = await PipelineAsync("index"))
        {
            await TrainAsync(first, Options, "known");
        }

        byte[] known = await File.ReadAllBytesAsync(_folder.PathOf("known/" + Weights), Token);
        await using LlocoPipeline pipeline = await PipelineAsync("index", new() { ["known"] = _folder.PathOf("known") });
        double before = await MeasureAsync(pipeline, "known", "before");

        await TrainAsync(pipeline, Options with { Adapter = "known", AdapterRank = 7 }, "next");

        Assert.Equal(before, await MeasureAsync(pipeline, "known", "after"));
        Assert.Equal(known, await File.ReadAllBytesAsync(_folder.PathOf("known/" + Weights), Token));
        Assert.NotEqual(known, await File.ReadAllBytesAsync(_folder.PathOf("next/" + Weights), Token));
        Assert.Contains("\"r\": 3", await File.ReadAllTextAsync(_folder.PathOf("next/adapter_config.json"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrainAsync_CancelledAndStartedAgain_EndsWithTheSameAdapter()
    {
        CartridgeTrainingOptions both = Options with { LearningRate = 1e-2 };
        await using (LlocoPipeline through = await PipelineAsync("through"))
        {
            await TrainAsync(through, both, "a", heldOut: 1);
        }

        await using LlocoPipeline stopped = await PipelineAsync("stopped");
        using var stop = new CancellationTokenSource();
        var until = new ProgressList(step =>
        {
            if (step.Step == 7)
            {
                stop.Cancel();
            }
        });
        StudyPair[] pairs = TaughtDocuments.Pairs();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped.CreateCartridgeTrainer(both).TrainAsync(
            TaughtDocuments.Ids, pairs[1..], _folder.PathOf("b"), pairs[..1], until, stop.Token));
        Assert.False(File.Exists(_folder.PathOf("b/" + Weights)));

        await TrainAsync(stopped, both, "b", heldOut: 1);

        Assert.Equal(
            await File.ReadAllBytesAsync(_folder.PathOf("a/" + Weights), Token), await File.ReadAllBytesAsync(_folder.PathOf("b/" + Weights), Token));
    }

    [Fact]
    public async Task TrainAsync_DocumentsOfSeveralAdapters_AreRefusedByTheirNames()
    {
        await using (LlocoPipeline first = await PipelineAsync("first"))
        {
            await TrainAsync(first, Options, "known");
        }

        string known = _folder.PathOf("known");
        await using LlocoPipeline pipeline = await PipelineAsync("index", new() { ["sea"] = known, ["land"] = known }, "sea", "land");

        LlocoException error = await Assert.ThrowsAsync<LlocoException>(() => TrainAsync(pipeline, Options, "out"));

        Assert.Contains("(sea, land)", error.Message, StringComparison.Ordinal);
        await TrainAsync(pipeline, Options with { AdapterLearningRate = 0, LearningRate = 1e-3 }, "out");
    }

    private async Task<double> MeasureAsync(LlocoPipeline pipeline, string? adapter, string name)
    {
        var losses = new List<double>();
        await TrainAsync(
            pipeline, Options with { AdapterLearningRate = 0, Adapter = adapter, MaxSteps = 1, DistractorShare = 0 }, name, losses);
        return Assert.Single(losses);
    }

    private Task<TrainingResult> TrainAsync(
        LlocoPipeline pipeline, CartridgeTrainingOptions options, string folder, List<double>? losses = null, int heldOut = 0)
    {
        StudyPair[] pairs = TaughtDocuments.Pairs();
        return pipeline.CreateCartridgeTrainer(options).TrainAsync(
            TaughtDocuments.Ids, pairs[heldOut..], _folder.PathOf(folder), pairs[..heldOut],
            new ProgressList(step => losses?.Add(step.Loss)), Token);
    }

    private Task<LlocoPipeline> PipelineAsync(string index, Dictionary<string, string>? adapters = null, params string[] groups) =>
        TaughtDocuments.OpenAsync(
            model.Folder, _folder.PathOf(index + ".db"), new KeyValueMemoryOptions { Slots = 3 }, Token, adapters, groups);

    private static async Task<byte[][]> PayloadsAsync(LlocoPipeline pipeline) =>
        [.. (await TaughtDocuments.LoadAsync(pipeline, Token)).Select(one => one.Payload.ToArray())];
}
