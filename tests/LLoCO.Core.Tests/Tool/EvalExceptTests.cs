using System.Text.Json;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary><c>lloco eval --except</c>: what training has seen is not asked.</summary>
public sealed class EvalExceptTests(RandomModel model) : IClassFixture<RandomModel>, IDisposable
{
    private const string Known = "1 The captain saw the storm.\n2 Who saw the storm? \tcaptain\t1\n";
    private const string New = "1 The mayor saw the market.\n2 Who saw the market? \tmayor\t1\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("babi")]
    [InlineData("babilong")]
    public async Task Eval_StoriesThatStandInAnotherFile_AreLeftOutAndCounted(string format)
    {
        // The last question is about a story that goes on where a known one ends: its facts are others.
        Write("valid.txt", Known + New + Known + "3 The mayor saw the captain.\n4 Who saw the captain? \tmayor\t3\n");
        Write("train.txt", "1 The captain saw the storm.\n2 Who? \tcaptain\t1\n3 The cape saw it.\n4 Who? \tcape\t3\n");
        Write("books/book.txt", string.Concat(Enumerable.Repeat("The storm was near the market. ", 40)));
        string predictions = _folder.PathOf("answers.json");
        string[] books = format == "babi" ? [] : ["--books", _folder.PathOf("books"), "--tokens", "64"];

        ToolRun run = await ToolRun.OfAsync(
        [
            "eval", "--data", _folder.PathOf("valid.txt"), "--format", format, "--except", _folder.PathOf("train.txt"), .. books,
            "--limit", "2", "--mode", "none", "--max-new-tokens", "2", "--predictions", predictions, "--model", model.Folder,
        ]);

        Assert.Equal(0, run.Code);
        Assert.Contains("valid: 2 questions left out, since their facts also stand in train.txt", run.Error, StringComparison.Ordinal);
        Assert.Equal(
            ["valid_4", "valid_8"],
            JsonDocument.Parse(File.ReadAllText(predictions)).RootElement.EnumerateObject().Select(answer => answer.Name));
    }

    [Fact]
    public async Task Eval_ExceptForOtherFormats_IsWrongUsage()
    {
        Write("q.jsonl", "{\"question\": \"Who?\", \"answers\": [\"x\"]}");

        ToolRun run = await ToolRun.OfAsync(
            "eval", "--data", _folder.PathOf("q.jsonl"), "--except", _folder.PathOf("q.jsonl"), "--mode", "none", "--model", model.Folder);

        Assert.Equal(2, run.Code);
        Assert.Contains("--except", run.Error, StringComparison.Ordinal);
    }

    private void Write(string name, string text)
    {
        string file = _folder.PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
