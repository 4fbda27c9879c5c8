using System.Text.Json;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Evaluation;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>Over a model with random weights: what is written is known, what is found is not.</summary>
public sealed class NeedleVerbTests : IDisposable
{
    private static readonly byte[] PngSignature = [0x89, (byte)'P', (byte)'N', (byte)'G'];

    private readonly TemporaryFolder _folder = new();

    public NeedleVerbTests()
    {
        ModelFolders.MakeRandom(_folder.PathOf("model"), window: 256);
        Directory.CreateDirectory(_folder.PathOf("books"));
        File.WriteAllText(
            _folder.PathOf("books/log.txt"),
            string.Concat(Enumerable.Range(0, 900).Select(day => $"The captain saw the storm on day {day}. ")));
        File.WriteAllLines(_folder.PathOf("needles.jsonl"), Enumerable.Range(0, 60).Select(number =>
            $$"""{"needle": "The mayor of {{number}} saw it.", "question": "Who saw {{number}}?", "answer": "mayor"}"""));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Needle_TwoModes_WritesPictureAndNumbersAndGoesOnWithoutAsking()
    {
        string target = _folder.PathOf("out");
        string[] args =
        [
            .. Own("--lengths", "300", "600"), "--depths", "3", "--mode", "none", "lloco", "--max-new-tokens", "2",
            "--out", target, "--json",
        ];

        ToolRun run = await ToolRun.OfAsync(args);
        string[] answers = File.ReadAllLines(Path.Combine(target, "results.jsonl"));
        string page = File.ReadAllText(Path.Combine(target, "needle.html"));
        Assert.Contains("@media (prefers-color-scheme: dark) { :root { --ink: #ececee;", page, StringComparison.Ordinal);
        Assert.Contains("color: var(--ink); background: var(--paper)", page, StringComparison.Ordinal);
        ToolRun again = await ToolRun.OfAsync(args);

        Assert.Equal(0, run.Code);
        Assert.Equal(["none", "lloco"], run.Json.Select(row => row.GetProperty("mode").GetString()));
        Assert.All(run.Json, row =>
        {
            Assert.Equal(6, row.GetProperty("cells").GetInt32());
            Assert.Equal([300, 600], row.GetProperty("lengths").EnumerateArray().Select(length => length.GetInt32()));
            Assert.Equal(3, row.GetProperty("scores").GetArrayLength());
            Assert.Equal(2, row.GetProperty("scores")[0].GetArrayLength());
        });
        Assert.Equal(run.Output, again.Output);
        Assert.Equal(answers, File.ReadAllLines(Path.Combine(target, "results.jsonl")));
        Assert.Equal(PngSignature, File.ReadAllBytes(Path.Combine(target, "needle.png")).Take(4));
        Assert.Contains("<svg", File.ReadAllText(Path.Combine(target, "needle.svg")), StringComparison.Ordinal);
        Assert.Equal(2 * 6, File.ReadAllText(Path.Combine(target, "needle.html")).Split("<td ").Length - 1);
        Assert.Equal(2, JsonDocument.Parse(File.ReadAllText(Path.Combine(target, "needle.json"))).RootElement.GetArrayLength());
    }

    [Fact]
    public async Task Needle_LongestDocumentDoesNotFit_IsMadeShorterWithTheOthers()
    {
        ToolRun run = await ToolRun.OfAsync(
            [.. Own("--lengths", "1000", "3000"), "--depths", "2", "--mode", "lloco", "--max-new-tokens", "2", "--json"]);

        // 256 positions hold 127 segments of 16 tokens at most, less the question's.
        int[] lengths = [.. Assert.Single(run.Json).GetProperty("lengths").EnumerateArray().Select(length => length.GetInt32())];
        Assert.InRange(lengths[1], 1000, 127 * 16);
        Assert.Equal(lengths[1] / 3.0, lengths[0], 1.0);
        Assert.Contains("shorter", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Needle_Training_WritesAQuestionFileWithNeedlesOfNoTest()
    {
        ToolRun run = await ToolRun.OfAsync(
            [.. Own("--lengths", "300", "600"), "--depths", "3", "--training", _folder.PathOf("training")]);

        Assert.Equal(0, run.Code);
        IReadOnlyList<QuestionItem> items = QuestionFile.Read(_folder.PathOf("training/questions.jsonl"));
        Assert.Equal(6, items.Count);
        Assert.Equal(2, items.Select(item => item.DocumentId).Distinct().Count());
        Assert.All(items, item => Assert.Equal("ship", item.Group));
    }

    [Fact]
    public async Task Needle_GroupThatTheCorpusLacks_IsWrongUsage()
    {
        ToolRun run = await ToolRun.OfAsync("needle", "--group", "moon", "--model", _folder.PathOf("model"));

        Assert.Equal(2, run.Code);
        Assert.Contains("moon", run.Error, StringComparison.Ordinal);
    }

    private string[] Own(params string[] lengths) =>
    [
        "needle", "--model", _folder.PathOf("model"), "--needles", _folder.PathOf("needles.jsonl"), "--haystack",
        _folder.PathOf("books"), "--group", "ship", .. lengths,
    ];
}
