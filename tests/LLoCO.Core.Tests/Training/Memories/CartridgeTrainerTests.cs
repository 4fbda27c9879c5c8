using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Tests.Index;
using LLoCO.Core.Tests.Tool;
using LLoCO.Training;
using LLoCO.Training.Export;
using LLoCO.Training.Memories;
using LLoCO.Training.SelfStudy;
using Xunit;

namespace LLoCO.Core.Tests.Training.Memories;

/// <summary>Training of key/value memories over a small model with random weights.</summary>
public sealed class CartridgeTrainerTests(RandomModel model) : IClassFixture<RandomModel>, IDisposable
{
    private static readonly CartridgeTrainingOptions Options = new()
    {
        LearningRate = 2e-2, WarmUp = 0, MaxSteps = 12, BatchSize = 4, AccumulationSteps = 2, CheckpointEvery = 3,
    };

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TrainAsync_FewSlots_LearnsWhatTheTextSaysAndLeavesTheFirstSlotAlone()
    {
        await using LlocoPipeline pipeline = await PipelineAsync("index", new KeyValueMemoryOptions { Slots = 3 });
        SummaryEmbeddings[] before = await LoadAsync(pipeline);
        var losses = new List<double>();

        TrainingResult result = await pipeline.CreateCartridgeTrainer(Options with { MaxSteps = 60, TopLogits = 1024 }).TrainAsync(
            TaughtDocuments.Ids, TaughtDocuments.Pairs(), _folder.PathOf("out"), null, new ProgressList(step => losses.Add(step.Loss)), Token);

        SummaryEmbeddings[] after = await LoadAsync(pipeline);
        Assert.Equal(60, result.Steps);
        Assert.All(losses, loss => Assert.True(loss >= -1e-5, $"a divergence of {loss}"));
        Assert.True(losses[^5..].Average() < losses[..5].Average() / 2, string.Join(' ', losses));
        foreach ((SummaryEmbeddings old, SummaryEmbeddings trained) in before.Zip(after))
        {
            float[] was = SummaryPayload.Decode(old);
            float[] now = SummaryPayload.Decode(trained);
            Assert.Equal(was[..old.Width], now[..old.Width]);
            Assert.All(Enumerable.Range(1, old.Count - 1), row =>
                Assert.NotEqual(was[(row * old.Width)..((row + 1) * old.Width)], now[(row * old.Width)..((row + 1) * old.Width)]));
            Assert.Equal(Biases(was, old.Width), Biases(now, old.Width));
        }
    }

    [Fact]
    public async Task TrainAsync_AsManySlotsAsTokens_BeginsWithTheTeachersOwnAnswers()
    {
        // Two segments: the teacher reads the one that a question is about, the student both, so only the first document is the same.
        await using LlocoPipeline pipeline = await PipelineAsync("index", new KeyValueMemoryOptions { Ratio = 1 });
        var losses = new List<double>();

        await pipeline.CreateCartridgeTrainer(Options with { MaxSteps = 1, DistractorShare = 0, TopLogits = 1024 }).TrainAsync(
            TaughtDocuments.Ids, TaughtDocuments.Pairs(), _folder.PathOf("out"), null, new ProgressList(step => losses.Add(step.Loss)), Token);

        Assert.InRange(Assert.Single(losses), -1e-5, 1e-5);
    }

    [Fact]
    public async Task TrainAsync_CancelledAndStartedAgain_EndsWithTheSameBits()
    {
        byte[][] through = await RunAsync("through", stopAfter: 0);

        byte[][] stopped = await RunAsync("stopped", stopAfter: 7);

        Assert.Equal(through, stopped);
        Assert.Equal(
            File.ReadAllBytes(_folder.PathOf("through/cartridges.safetensors")),
            File.ReadAllBytes(_folder.PathOf("stopped/cartridges.safetensors")));
    }

    [Fact]
    public async Task TrainAsync_RunThatHasEnded_IsNotTrainedAgainAndOtherOptionsAreRefused()
    {
        await using LlocoPipeline pipeline = await PipelineAsync("index", new KeyValueMemoryOptions { Slots = 3 });
        await TrainAsync(pipeline, Options, "out");
        SummaryEmbeddings[] trained = await LoadAsync(pipeline);

        await TrainAsync(pipeline, Options, "out");

        Assert.Equal(trained.Select(one => one.Payload.ToArray()), (await LoadAsync(pipeline)).Select(one => one.Payload.ToArray()));
        LlocoException error = await Assert.ThrowsAsync<LlocoException>(() => TrainAsync(pipeline, Options with { TopLogits = 3 }, "out"));
        Assert.Contains("other options", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrainAsync_HeldOutQuestionsThatGetWorse_EndEarlyWithTheBestKept()
    {
        await using LlocoPipeline pipeline = await PipelineAsync("index", new KeyValueMemoryOptions { Slots = 3 });
        StudyPair[] pairs = TaughtDocuments.Pairs();
        var losses = new List<double>();

        TrainingResult result = await pipeline.CreateCartridgeTrainer(
            Options with { MaxSteps = 200, LearningRate = 0.5, ValidateEvery = 1, Patience = 2 }).TrainAsync(
            TaughtDocuments.Ids, pairs[2..], _folder.PathOf("out"), pairs[..2], new ProgressList(step => losses.Add(step.Validation!.Loss)), Token);

        Assert.True(result.StoppedEarly);
        Assert.Equal(losses.Min(), result.Validation!.Loss);
        Assert.Equal(result.BestStep + 2, result.Steps);
    }

    [Theory]
    [InlineData(CartridgeStart.Random, SlotChoice.Attention)]
    [InlineData(CartridgeStart.Memory, SlotChoice.First)]
    public async Task TrainAsync_OtherStarts_LearnToo(CartridgeStart start, SlotChoice choice)
    {
        await using LlocoPipeline pipeline = await PipelineAsync("index", new KeyValueMemoryOptions { Slots = 3, Choice = choice });
        var losses = new List<double>();

        await pipeline.CreateCartridgeTrainer(Options with { MaxSteps = 40, Start = start, KeepsBiases = false }).TrainAsync(
            TaughtDocuments.Ids, TaughtDocuments.Pairs(), _folder.PathOf("out"), null, new ProgressList(step => losses.Add(step.Loss)), Token);

        Assert.True(losses[^5..].Average() < losses[..5].Average(), string.Join(' ', losses));
        foreach (SummaryEmbeddings trained in await LoadAsync(pipeline))
        {
            Assert.All(Biases(SummaryPayload.Decode(trained), trained.Width), bias => Assert.Equal(0, bias));
        }
    }

    [Fact]
    public async Task TrainAsync_WhatCannotBeTrained_IsNamed()
    {
        await using LlocoPipeline pipeline = await PipelineAsync("index", new KeyValueMemoryOptions { Slots = 3 });
        await using LlocoPipeline summaries = await LlocoPipeline.CreateBuilder().UseCheckpoint(model.Folder).BuildAsync(Token);

        Assert.Contains("UseKeyValueMemory", Assert.Throws<LlocoException>(() => summaries.CreateCartridgeTrainer()).Message, StringComparison.Ordinal);
        Assert.Contains("WeightDecay", Assert.Throws<LlocoException>(
            () => pipeline.CreateCartridgeTrainer(Options with { WeightDecay = 0.1 })).Message, StringComparison.Ordinal);
        CartridgeTrainer trainer = pipeline.CreateCartridgeTrainer(Options);
        await NamesAsync("'gone.txt'", () => trainer.TrainAsync(["gone.txt"], TaughtDocuments.Pairs(), _folder.PathOf("a"), cancellationToken: Token));
        await NamesAsync("no question", () => trainer.TrainAsync(TaughtDocuments.Ids, [], _folder.PathOf("b"), cancellationToken: Token));
        await NamesAsync("'none such'", () => pipeline.CreateCartridgeTrainer(Options with { Adapter = "none such" })
            .TrainAsync(TaughtDocuments.Ids, TaughtDocuments.Pairs(), _folder.PathOf("c"), cancellationToken: Token));
        StudyPair longer = TaughtDocuments.Pairs()[0] with { Question = string.Concat(Enumerable.Repeat("storm ", 200)) };
        await Assert.ThrowsAsync<WindowExceededException>(() => trainer.TrainAsync(TaughtDocuments.Ids, [longer], _folder.PathOf("d"), cancellationToken: Token));
    }

    [Fact]
    public async Task Export_LearnedWithoutBiases_IsAPeftCartridgeThatAnswersAlikeAndComesBack()
    {
        await using LlocoPipeline pipeline = await PipelineAsync("index", new KeyValueMemoryOptions { Slots = 3 });
        await TrainAsync(pipeline, Options with { KeepsBiases = false }, "out");
        SummaryEmbeddings[] trained = await LoadAsync(pipeline);

        KeyValuePrefixFile written = await CartridgeExport.WriteAsync(pipeline, _folder.PathOf("peft"), TaughtDocuments.Ids[0], cancellationToken: Token);

        Assert.Equal(("CARTRIDGE", trained[0].Count, 1), (written.Kind, written.Tokens, written.FrozenTokens));
        await using LlocoPipeline reader = await LlocoPipeline.CreateBuilder().UseCheckpoint(model.Folder)
            .AddAdapter("cartridge", _folder.PathOf("peft")).BuildAsync(Token);
        var generation = new GenerationOptions { MaxNewTokens = 8 };
        LlocoAnswer own = await pipeline.AskAsync(
            "What did the captain see?", new AskOptions { DocumentIds = [TaughtDocuments.Ids[0]], Generation = generation }, Token);
        LlocoAnswer read = await reader.AskAsync(
            "What did the captain see?", new AskOptions { Adapter = "cartridge", Context = ContextMode.None, Generation = generation }, Token);
        Assert.Equal(own.Text, read.Text);
        await CartridgeExport.ReadAsync(pipeline, _folder.PathOf("peft"), TaughtDocuments.Ids[1], Token);
        await CartridgeExport.ReadAsync(pipeline, _folder.PathOf("peft"), TaughtDocuments.Ids[0], Token);
        float[] back = SummaryPayload.Decode((await LoadAsync(pipeline))[0]);
        Assert.All(SummaryPayload.Decode(trained[0]).Zip(back), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public async Task Export_MemoryWithBiases_IsRefusedWithTheRemedy()
    {
        await using LlocoPipeline pipeline = await PipelineAsync("index", new KeyValueMemoryOptions { Slots = 3 });

        await NamesAsync("--no-bias", () => CartridgeExport.WriteAsync(pipeline, _folder.PathOf("peft"), TaughtDocuments.Ids[0], cancellationToken: Token));
        await NamesAsync("'gone.txt'", () => CartridgeExport.ReadAsync(pipeline, _folder.PathOf("peft"), "gone.txt", Token));
    }

    private static async Task NamesAsync(string what, Func<Task> call) =>
        Assert.Contains(what, (await Assert.ThrowsAsync<LlocoException>(call)).Message, StringComparison.Ordinal);

    private static float[] Biases(float[] rows, int width)
    {
        // Two key/value heads in each of two layers: one bias each, at the end of a row.
        const int Count = 4;
        return [.. rows.Chunk(width).SelectMany(row => row[^Count..])];
    }

    private async Task<byte[][]> RunAsync(string name, int stopAfter)
    {
        await using LlocoPipeline pipeline = await PipelineAsync(name, new KeyValueMemoryOptions { Slots = 3 });
        SummaryEmbeddings[] before = await LoadAsync(pipeline);
        if (stopAfter > 0)
        {
            using var stop = new CancellationTokenSource();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pipeline.CreateCartridgeTrainer(Options).TrainAsync(
                TaughtDocuments.Ids, TaughtDocuments.Pairs()[1..], _folder.PathOf(name), TaughtDocuments.Pairs()[..1], new ProgressList(step =>
                {
                    if (step.Step == stopAfter)
                    {
                        stop.Cancel();
                    }
                }), stop.Token));
            Assert.Equal(before.Select(one => one.Payload.ToArray()), (await LoadAsync(pipeline)).Select(one => one.Payload.ToArray()));
        }

        await pipeline.CreateCartridgeTrainer(Options).TrainAsync(
            TaughtDocuments.Ids, TaughtDocuments.Pairs()[1..], _folder.PathOf(name), TaughtDocuments.Pairs()[..1], null, Token);
        return [.. (await LoadAsync(pipeline)).Select(one => one.Payload.ToArray())];
    }

    private Task<TrainingResult> TrainAsync(LlocoPipeline pipeline, CartridgeTrainingOptions options, string folder) =>
        pipeline.CreateCartridgeTrainer(options).TrainAsync(TaughtDocuments.Ids, TaughtDocuments.Pairs(), _folder.PathOf(folder), null, null, Token);

    private Task<LlocoPipeline> PipelineAsync(string index, KeyValueMemoryOptions options) =>
        TaughtDocuments.OpenAsync(model.Folder, _folder.PathOf(index + ".db"), options, Token);

    private static Task<SummaryEmbeddings[]> LoadAsync(LlocoPipeline pipeline) => TaughtDocuments.LoadAsync(pipeline, Token);
}
