using System.Text.Json;
using LLoCO.Core.Index;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary><c>lloco learn</c>: documents to trained key/value memories in an index.</summary>
public sealed class LearnVerbTests(RandomModel model) : IClassFixture<RandomModel>, IDisposable
{
    private const string Text = "The captain saw the storm near the Cape Verde. Doctor Anna Bell sailed to Boston in 1871. "
        + "The boat Nancy Lee was lost at night. Admiral John Harper died in London.";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Learn_Document_TrainsItsMemoryWhichQuestionsThenRead()
    {
        ToolRun learn = await LearnAsync("--steps", "3", "--json");

        Assert.True(learn.Code == 0, learn.Error);
        Assert.Equal("key_value", learn.Json[0].GetProperty("memory").GetString());
        Assert.Equal(3, learn.Json[1].GetProperty("steps").GetInt32());
        Assert.Matches("estimate: 3 steps of", learn.Error);
        ToolRun ask = await ToolRun.OfAsync(
            "ask", "Who sailed to Boston?", "--index", _folder.PathOf("index.db"), "--max-new-tokens", "3", "--model", model.Folder, "--json");
        Assert.Equal(learn.Json[0].GetProperty("summary").GetInt32(), ask.Json[0].GetProperty("tokens").GetProperty("summary").GetInt32());
        ToolRun again = await ToolRun.OfAsync(
            "compress", _folder.PathOf("log.txt"), "--index", _folder.PathOf("index.db"), "--memory", "kv", "--slots", "4", "--chunk", "40",
            "--model", model.Folder, "--json");
        Assert.Equal("unchanged", again.Json[0].GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Learn_Estimate_SaysStepsTimeAndMemoryAndLeavesNoIndex()
    {
        ToolRun run = await LearnAsync("--estimate", "--json");

        Assert.True(run.Code == 0, run.Error);
        JsonElement line = Assert.Single(run.Json);
        Assert.True(line.GetProperty("steps").GetInt64() > 0 && line.GetProperty("hours").GetDouble() > 0);
        Assert.True(line.GetProperty("bytes").GetDouble() > 5e8);
        Assert.False(Directory.Exists(_folder.PathOf("out")));
        Assert.False(File.Exists(_folder.PathOf("index.db")));
    }

    [Fact]
    public async Task Learn_GroupAuto_FindsTheGroupAndMakesNoneOfThatName()
    {
        ToolRun learn = await LearnAsync("--steps", "1", "--group", "auto", "--json");
        ToolRun list = await ToolRun.OfAsync("list", "--index", _folder.PathOf("index.db"), "--json");

        Assert.True(learn.Code == 0, learn.Error);
        Assert.Equal("unsure", learn.Json[0].GetProperty("group").GetString());
        Assert.Equal("unsure", Assert.Single(list.Json).GetProperty("group").GetString());
    }

    [Fact]
    public async Task Learn_RefusedAfterTheMemoryWasReplaced_PutsTheLearnedOneBack()
    {
        ToolRun first = await LearnAsync("--steps", "3");
        byte[] learned = await PayloadAsync();

        ToolRun other = await LearnAsync("--steps", "3", "--slots", "3");

        Assert.True(first.Code == 0, first.Error);
        Assert.Equal(1, other.Code);
        Assert.Contains("holds a training run with other options", other.Error, StringComparison.Ordinal);
        Assert.Contains("keeps its earlier memory of log.txt", other.Error, StringComparison.Ordinal);
        Assert.Equal(learned, await PayloadAsync());
    }

    [Theory]
    [InlineData("--start is 'middle'", "a folder", "--start", "middle")]
    [InlineData("Give one of them", "--ratio", "--ratio", "8")]
    [InlineData("--hold-out is 1", "at least 0", "--hold-out", "1")]
    public async Task Learn_WrongOptions_AreWrongUsage(string message, string also, params string[] options)
    {
        ToolRun run = await LearnAsync(options);

        Assert.Equal(2, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Contains(also, run.Error, StringComparison.Ordinal);
    }

    private async Task<byte[]> PayloadAsync()
    {
        await using SqliteRetrievalIndex index = SqliteRetrievalIndex.Open(_folder.PathOf("index.db"));
        return (await index.LoadSummaryAsync("log.txt"))!.Payload.ToArray();
    }

    private Task<ToolRun> LearnAsync(params string[] options)
    {
        File.WriteAllText(_folder.PathOf("log.txt"), Text);
        string[] size = options.Contains("--slots") ? [] : ["--slots", "4"];
        return ToolRun.OfAsync(
        [
            "learn", _folder.PathOf("log.txt"), "--index", _folder.PathOf("index.db"), "--out", _folder.PathOf("out"), .. size,
            "--chunk", "40", "--study-chunk", "200", "--model", model.Folder, .. options,
        ]);
    }
}
