using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Tool.Verbs.Train;

public sealed class PretrainVerbTests(RandomModel model) : IClassFixture<RandomModel>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pretrain_FromScratch_LeavesAModelThatCompressesAndAnswers()
    {
        Write();

        ToolRun run = await ToolRun.OfAsync(
            "pretrain", "--from-scratch", "--corpus", _folder.PathOf("texts"), "--out", _folder.PathOf("out"), "--vocabulary", "300",
            "--hidden", "16", "--heads", "2", "--layers", "1", "--inner", "24", "--window", "64", "--segment-length", "16",
            "--summary-length", "2", "--steps", "3", "--batch", "2", "--reconstruction", "0.5", "--json");

        Assert.Equal(0, run.Code);
        JsonElement result = Assert.Single(run.Json);
        Assert.Equal(3, result.GetProperty("steps").GetInt32());
        Assert.True(result.GetProperty("peak_bytes").GetInt64() > 1_000_000);
        Assert.True(File.Exists(result.GetProperty("chart").GetString()));
        LlamaConfig config = LlamaConfigFile.Read(_folder.PathOf("out/config.json"));
        Assert.Equal((16, 2, 64), (config.SegmentLength, config.SummaryLength, config.MaxPositions));
        ToolRun compress = await ToolRun.OfAsync(
            "compress", _folder.PathOf("texts/a.txt"), "--index", _folder.PathOf("i.db"), "--model", _folder.PathOf("out"), "--json");
        Assert.Equal(0, compress.Code);
    }

    [Fact]
    public async Task Pretrain_QuestionsOnAModel_AreLearnedBehindSummaries()
    {
        Write();

        ToolRun run = await ToolRun.OfAsync(
            "pretrain", "--model", model.Folder, "--questions", _folder.PathOf("qa.jsonl"), "--out", _folder.PathOf("out"),
            "--language", "0", "--steps", "30", "--learning-rate", "0.005", "--hold-out", "0", "--json");

        Assert.Equal((0, 30), (run.Code, Assert.Single(run.Json).GetProperty("steps").GetInt32()));
        double[] losses = [.. File.ReadLines(_folder.PathOf("out/training/metrics.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("loss").GetDouble())];
        Assert.True(losses[^1] < 0.7 * losses[0], $"{losses[0]} to {losses[^1]}");
        Assert.True(File.Exists(_folder.PathOf("out/lloco.json")));
    }

    [Fact]
    public async Task Pretrain_LinksAndOtherFilesInTheCorpus_AreNamedOnceAndNotRead()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "making a link needs a privilege there");
        Write();
        File.WriteAllText(_folder.PathOf("outside.txt"), "secret");
        File.WriteAllText(_folder.PathOf("texts/table.csv"), "a,b");
        File.CreateSymbolicLink(_folder.PathOf("texts/link.txt"), _folder.PathOf("outside.txt"));

        ToolRun run = await ToolRun.OfAsync(
            "pretrain", "--model", model.Folder, "--corpus", _folder.PathOf("texts"), "--out", _folder.PathOf("out"), "--steps", "1");

        Assert.Equal(0, run.Code);
        string[] lines = [.. run.Error.Split('\n').Where(line => line.Contains("passed over", StringComparison.Ordinal))];
        Assert.Equal([$"{_folder.PathOf("texts/link.txt")}: a link, passed over", "1 files of other kinds passed over: 1 .csv"], lines);
    }

    [Fact]
    public async Task Pretrain_NothingToReadFrom_IsWrongUsage()
    {
        ToolRun run = await ToolRun.OfAsync("pretrain", "--model", model.Folder, "--out", _folder.PathOf("out"));

        Assert.Equal(2, run.Code);
        Assert.Contains("--corpus", run.Error, StringComparison.Ordinal);
    }

    private void Write()
    {
        Directory.CreateDirectory(_folder.PathOf("texts"));
        string text = string.Concat(Enumerable.Repeat("The captain saw the storm. The mayor saw the market. ", 12));
        File.WriteAllText(_folder.PathOf("texts/a.txt"), text[..300]);
        File.WriteAllText(_folder.PathOf("texts/b.md"), text);
        File.WriteAllLines(
            _folder.PathOf("qa.jsonl"),
            [
                """{"document_path": "texts/a.txt", "question": "Who saw the storm?", "answers": ["The captain"]}""",
                """{"document_path": "texts/a.txt", "question": "Who saw the market?", "answers": ["The mayor"]}""",
            ]);
    }
}
