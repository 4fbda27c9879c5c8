using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Core.Tests.Tool;
using LLoCO.Training;
using TorchSharp;
using Xunit;

namespace LLoCO.Core.Tests.Training;

public sealed class CompressorTrainerTests(RandomModel model) : IClassFixture<RandomModel>, IDisposable
{
    private static readonly string Text =
        string.Concat(Enumerable.Range(0, 30).Select(_ => "The captain saw the storm. The mayor saw the market. "));

    private static readonly CompressorTrainingOptions Options = new()
    {
        LearningRate = 5e-3, WarmUp = 0, BatchSize = 4, Epochs = 4,
    };

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TrainAsync_Text_LowersTheLossAndLeavesAModelThatRuns()
    {
        CompressorTrainer trainer = CompressorTrainer.FromModel(
            model.Folder, Options with { ReconstructionWeight = 0.5, Epochs = 30 });
        CompressorCorpus corpus = CompressorCorpus.FromTexts(trainer.Tokenizer, [Text], 64);
        var losses = new List<double>();

        TrainingResult result = await trainer.TrainAsync(
            corpus, _folder.PathOf("out"), [corpus.Get(0, 0)], new ProgressList(step => losses.Add(step.Loss)), Token);

        Assert.True(losses[^1] < 0.7 * losses[0], $"{losses[0]} to {losses[^1]}");
        Assert.True(result.Validation!.Exact > 0.2);
        await using LlocoPipeline pipeline = await LlocoPipeline.CreateBuilder()
            .UseCheckpoint(_folder.PathOf("out")).BuildAsync(Token);
        await foreach (IngestResult document in pipeline.IngestAsync([new SourceDocument("d", Text[..200])], null, Token))
        {
            Assert.Null(document.Failure);
        }

        Assert.NotEmpty((await pipeline.AskAsync("Who saw the storm?", null, Token)).Sources);
    }

    [Fact]
    public async Task TrainAsync_ModelWithoutSummaryTokens_BeginsWithTheEndTokens()
    {
        ModelFolders.MakeRandom(_folder.PathOf("plain"));
        LlamaConfig config = LlamaConfigFile.Read(_folder.PathOf("plain/config.json"));
        LlamaConfigFile.Write(_folder.PathOf("plain/config.json"), config with { SummaryLength = 0 });
        CompressorTrainer trainer = CompressorTrainer.FromModel(
            _folder.PathOf("plain"), Options with { SummaryLength = 3, LearningRate = 0, MaxSteps = 1 });

        await trainer.TrainAsync(
            CompressorCorpus.FromTexts(trainer.Tokenizer, [Text], 64), _folder.PathOf("out"), null, null, Token);

        using SafetensorsFile trained = SafetensorsFile.Open(_folder.PathOf("out/model.safetensors"));
        Assert.Equal([3, 32], trained.Tensors["embed_summary.weight"].Shape);
        float[] end = trained.ReadFloats("model.embed_tokens.weight")[(2 * 32)..(3 * 32)];
        Assert.Equal([.. end, .. end, .. end], trained.ReadFloats("embed_summary.weight"));
        Assert.Equal(3, LlamaConfigFile.Read(_folder.PathOf("out/config.json")).SummaryLength);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task TrainAsync_FolderWithAProjector_KeepsItAndTrainsItWithAllWeights(int rank)
    {
        ModelFolders.MakeRandom(_folder.PathOf("mapped"));
        using (torch.Tensor map = torch.eye(32))
        {
            StageCheckpoint.WriteTensors(_folder.PathOf("mapped/projector.safetensors"), [("projector.weight", map)], null);
        }

        CompressorTrainer trainer = CompressorTrainer.FromModel(
            _folder.PathOf("mapped"), Options with { LoraRank = rank, MaxSteps = 2, SegmentsAsRead = true });
        var corpus = new CompressorCorpus(
            [new CompressorDocument("d", trainer.Tokenizer.Encode(Text[..160]).ToArray(), [trainer.MakeQuestion(null, "Who saw?", "captain")])]);

        await trainer.TrainAsync(corpus, _folder.PathOf("out"), null, null, Token);

        using SafetensorsFile before = SafetensorsFile.Open(_folder.PathOf("mapped/projector.safetensors"));
        using SafetensorsFile after = SafetensorsFile.Open(_folder.PathOf("out/projector.safetensors"));
        Assert.Equal(rank > 0, before.ReadFloats("projector.weight").SequenceEqual(after.ReadFloats("projector.weight")));
        await using LlocoPipeline pipeline = await LlocoPipeline.CreateBuilder()
            .UseModel(new ModelPackage(_folder.PathOf("out"))).BuildAsync(Token);
        Assert.StartsWith("linear", pipeline.Fingerprint.Projector, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrainAsync_ProjectorOfTwoLayers_IsRefused()
    {
        ModelFolders.MakeRandom(_folder.PathOf("mlp"));
        using (torch.Tensor map = torch.eye(32))
        {
            StageCheckpoint.WriteTensors(_folder.PathOf("mlp/projector.safetensors"), [("projector.0.weight", map)], null);
        }

        CompressorTrainer trainer = CompressorTrainer.FromModel(_folder.PathOf("mlp"), Options);

        CheckpointFormatException error = await Assert.ThrowsAsync<CheckpointFormatException>(() => trainer.TrainAsync(
            CompressorCorpus.FromTexts(trainer.Tokenizer, [Text], 64), _folder.PathOf("out"), null, null, Token));

        Assert.Contains("linear projector", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrainAsync_Lora_TrainsItsLayersAndTheSummaryTokensOnly()
    {
        CompressorTrainer trainer = CompressorTrainer.FromModel(model.Folder, Options with { LoraRank = 4, MaxSteps = 3 });

        await trainer.TrainAsync(
            CompressorCorpus.FromTexts(trainer.Tokenizer, [Text], 64), _folder.PathOf("out"), null, null, Token);

        using SafetensorsFile before = SafetensorsFile.Open(Path.Combine(model.Folder, "model.safetensors"));
        using SafetensorsFile after = SafetensorsFile.Open(_folder.PathOf("out/model.safetensors"));
        string[] changed = [.. before.Tensors.Keys
            .Where(name => !before.ReadFloats(name).SequenceEqual(after.ReadFloats(name))).Order(StringComparer.Ordinal)];
        string[] expected = [
            "embed_summary.weight",
            .. from layer in (int[])[0, 1]
               from part in (string[])["k", "o", "q", "v"]
               select $"model.layers.{layer}.self_attn.{part}_proj.weight"];
        Assert.Equal(expected, changed);
    }

    [Fact]
    public async Task TrainAsync_FromScratchWithoutSummaries_LearnsLanguage()
    {
        LlamaConfig config = LlamaConfigFile.Read(Path.Combine(model.Folder, "config.json")) with { SummaryLength = 0 };
        CompressorTrainer trainer = CompressorTrainer.FromScratch(
            config, Path.Combine(model.Folder, "tokenizer.model"), Options with { SegmentLength = 48, Epochs = 12 });
        var losses = new List<double>();

        await trainer.TrainAsync(
            CompressorCorpus.FromTexts(trainer.Tokenizer, [Text], 48), _folder.PathOf("out"), null,
            new ProgressList(step => losses.Add(step.Loss)), Token);

        Assert.Equal(Math.Log(300), losses[0], 0.3);
        Assert.True(losses[^1] < 2, $"{losses[^1]}");
    }

    [Fact]
    public async Task TrainAsync_DocumentBeyondTheWindow_IsNamed()
    {
        CompressorTrainer trainer = CompressorTrainer.FromModel(model.Folder, Options);
        var corpus = new CompressorCorpus([new("long one", Enumerable.Repeat(5, 2000).ToArray(), [])]);

        LlocoException error = await Assert.ThrowsAsync<LlocoException>(
            () => trainer.TrainAsync(corpus, _folder.PathOf("out"), null, null, Token));

        Assert.Contains("'long one'", error.Message, StringComparison.Ordinal);
        Assert.Contains("128", error.Message, StringComparison.Ordinal);
    }
}
