using System.Text.Json;
using LLoCO.Core.Tests.Index;
using LLoCO.Evaluation;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

public sealed class SynthVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Synth_TwoGroups_WritesDocumentsQuestionsAndFactsThatAgree()
    {
        string corpus = _folder.PathOf("corpus");

        ToolRun run = await ToolRun.OfAsync(
            "synth", "--out", corpus, "--seed", "3", "--documents", "2", "--tokens", "600", "--groups", "ship", "town", "--json");

        Assert.Equal((0, 4), (run.Code, run.Json.Count));
        IReadOnlyList<QuestionItem> questions = QuestionFile.Read(Path.Combine(corpus, "questions.jsonl"));
        Assert.Equal(run.Json.Sum(line => line.GetProperty("questions").GetInt32()), questions.Count);
        Assert.Equal(
            run.Json.Select(line => line.GetProperty("document").GetString()).Order(),
            Directory.EnumerateFiles(Path.Combine(corpus, "documents")).Select(Path.GetFileName).Order());
        using JsonDocument facts = JsonDocument.Parse(await File.ReadAllTextAsync(
            Path.Combine(corpus, "facts.json"), TestContext.Current.CancellationToken));
        Assert.Equal(questions.Count, facts.RootElement.GetArrayLength());
        foreach ((QuestionItem question, JsonElement fact) in questions.Zip(facts.RootElement.EnumerateArray()))
        {
            string sentence = question.Document!.Substring(
                fact.GetProperty("start").GetInt32(), fact.GetProperty("length").GetInt32());
            Assert.Contains(question.Answers[0], sentence, StringComparison.Ordinal);
            Assert.Contains(fact.GetProperty("subject").GetString()!, sentence, StringComparison.Ordinal);
            Assert.Contains(fact.GetProperty("subject").GetString()!, question.Question, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Synth_SameSeed_WritesTheSameBytes()
    {
        await ToolRun.OfAsync("synth", "--out", _folder.PathOf("a"), "--seed", "3", "--tokens", "300");
        await ToolRun.OfAsync("synth", "--out", _folder.PathOf("b"), "--seed", "3", "--tokens", "300");

        string[] files = [.. Directory.EnumerateFiles(_folder.PathOf("a"), "*", SearchOption.AllDirectories)];
        Assert.Equal(5, files.Length);
        Assert.All(files, file => Assert.Equal(
            File.ReadAllBytes(file),
            File.ReadAllBytes(file.Replace(_folder.PathOf("a"), _folder.PathOf("b"), StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Synth_MoreDocumentsThanASeedHas_IsWrongUsageAndSaysWhatToDo()
    {
        ToolRun run = await ToolRun.OfAsync("synth", "--out", _folder.PathOf("many"), "--seed", "3", "--documents", "1000");

        Assert.Equal((2, string.Empty), (run.Code, run.Output));
        Assert.Contains("--documents must be at most 256", run.Error, StringComparison.Ordinal);
        Assert.Contains("another --seed", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.PathOf("many")));
    }

    [Fact]
    public async Task Synth_FolderInUse_IsLeftAlone()
    {
        File.WriteAllText(_folder.PathOf("mine.txt"), "mine");

        ToolRun run = await ToolRun.OfAsync("synth", "--out", _folder.PathOf("."), "--seed", "3");

        Assert.Equal(1, run.Code);
        Assert.Contains("not empty", run.Error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_folder.PathOf("mine.txt")));
    }

    [Theory]
    [InlineData("--seed", "-1")]
    [InlineData("--seed", "1", "--tokens", "10")]
    [InlineData("--seed", "1", "--groups", "moon")]
    public async Task Synth_OutOfRange_IsWrongUsage(params string[] args)
    {
        ToolRun run = await ToolRun.OfAsync(["synth", "--out", _folder.PathOf("x"), .. args]);

        Assert.Equal(2, run.Code);
        Assert.False(Directory.Exists(_folder.PathOf("x")));
    }
}
