using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;
using LLoCO.Training;
using Xunit;

namespace LLoCO.Core.Tests.Tool.Verbs.Train;

public sealed class FinetuneVerbTests(RandomModel model) : IClassFixture<RandomModel>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Finetune_Questions_LeaveAnAdapterThatTheModelAnswersWith()
    {
        Write("qa.jsonl", ["ship", "ship", "town"]);

        ToolRun run = await FinetuneAsync("--steps", "3", "--hold-out", "0.3", "--metric", "f1", "--rank", "4", "--alpha", "6");

        Assert.Equal(0, run.Code);
        JsonElement result = Assert.Single(run.Json);
        Assert.Equal(3, result.GetProperty("steps").GetInt32());
        Assert.Equal(30, result.GetProperty("examples").GetInt32() + result.GetProperty("held_out").GetInt32());
        Assert.InRange(result.GetProperty("held_out").GetInt32(), 1, 20);
        Assert.True(result.GetProperty("validation_loss").GetDouble() > 0);
        Assert.InRange(result.GetProperty("validation_metric").GetDouble(), 0, 1);
        Assert.True(File.Exists(result.GetProperty("chart").GetString()));
        Assert.Equal(4, File.ReadLines(result.GetProperty("metrics").GetString()!).Count());
        using PeftAdapterFolder adapter = PeftAdapterFolder.Open(_folder.PathOf("out"));
        Assert.Equal((4, 6), (adapter.Config.Rank, adapter.Config.Alpha));
        ToolRun ask = await ToolRun.OfAsync(
            "ask", "Who saw 1?", "--index", _folder.PathOf("index.db"), "--adapter", _folder.PathOf("out"), "--model", model.Folder,
            "--max-new-tokens", "4", "--json");
        Assert.Equal("out", Assert.Single(ask.Json).GetProperty("adapter").GetString());
    }

    [Fact]
    public async Task Finetune_EachGroup_LeavesAFolderPerGroup()
    {
        Write("qa.jsonl", ["ship", "town"]);

        ToolRun run = await FinetuneAsync("--steps", "1", "--hold-out", "0", "--each-group");

        Assert.Equal(["ship", "town"], run.Json.Select(result => result.GetProperty("name").GetString()));
        Assert.All(run.Json, result => Assert.Equal(15, result.GetProperty("examples").GetInt32()));
        Assert.All(["ship", "town"], group => Assert.True(File.Exists(_folder.PathOf($"out/{group}/adapter_model.safetensors"))));
    }

    [Fact]
    public async Task Finetune_AgainIntoAnEndedRun_ChangesNothing()
    {
        Write("qa.jsonl", ["ship"]);
        await FinetuneAsync("--steps", "2");
        byte[] first = File.ReadAllBytes(_folder.PathOf("out/adapter_model.safetensors"));

        ToolRun again = await FinetuneAsync("--steps", "2");

        Assert.Equal(0, again.Code);
        Assert.Equal(2, Assert.Single(again.Json).GetProperty("steps").GetInt32());
        Assert.Equal(first, File.ReadAllBytes(_folder.PathOf("out/adapter_model.safetensors")));
    }

    [Fact]
    public async Task Finetune_UnknownGroup_NamesTheGroups()
    {
        Write("qa.jsonl", ["ship", "town"]);

        ToolRun run = await FinetuneAsync("--group", "farm");

        Assert.Equal(1, run.Code);
        Assert.Contains("'farm'", run.Error, StringComparison.Ordinal);
        Assert.Contains("ship, town", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finetune_DamagedState_IsNamed()
    {
        Write("qa.jsonl", ["ship"]);
        Directory.CreateDirectory(_folder.PathOf("out/training"));
        File.WriteAllText(_folder.PathOf($"out/training/{TrainingFiles.State}"), "no tensors");

        ToolRun run = await FinetuneAsync("--steps", "2");

        Assert.Equal(1, run.Code);
        Assert.Contains(TrainingFiles.State, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--hold-out", "1")]
    [InlineData("--epochs", "0")]
    [InlineData("--patience", "-1")]
    public async Task Finetune_ValueOutOfRange_IsWrongUsage(string option, string value)
    {
        Write("qa.jsonl", ["ship"]);

        ToolRun run = await FinetuneAsync(option, value);

        Assert.Equal(2, run.Code);
        Assert.Contains(option, run.Error, StringComparison.Ordinal);
    }

    /// <summary>The text is the one that <c>compress</c> keeps; one that has changed since is said to be replaced.</summary>
    [Fact]
    public async Task Finetune_DocumentThatIsNoPlainText_IsReadAsCompressDoes()
    {
        const string Page = "<html><script>alert(1)</script><body><p>The captain of the ship saw the storm.</p></body></html>";
        File.WriteAllText(_folder.PathOf("log.html"), Page);
        File.WriteAllLines(_folder.PathOf("qa.jsonl"), Enumerable.Range(0, 10).Select(i => JsonSerializer.Serialize(new
        {
            id = $"{i}", group = "ship", document_path = "log.html", question = $"Who saw {i}?", answers = new[] { "The captain" },
        })));
        string index = _folder.PathOf("index.db");
        await ToolRun.OfAsync("compress", _folder.PathOf("log.html"), "--index", index, "--group", "ship", "--model", model.Folder);
        ToolRun before = await ToolRun.OfAsync("show", "log.html", "--index", index, "--text");

        ToolRun same = await FinetuneAsync("--steps", "1", "--hold-out", "0", "--check", "0");
        ToolRun after = await ToolRun.OfAsync("show", "log.html", "--index", index, "--text");
        File.WriteAllText(_folder.PathOf("log.html"), Page.Replace("storm", "whale", StringComparison.Ordinal));
        ToolRun eval = await ToolRun.OfAsync(
            "eval", "--data", _folder.PathOf("qa.jsonl"), "--mode", "compressed", "--index", index, "--limit", "1", "--max-new-tokens", "1",
            "--model", model.Folder);
        ToolRun changed = await ToolRun.OfAsync("show", "log.html", "--index", index, "--text");

        Assert.Equal((0, 0), (same.Code, eval.Code));
        Assert.Contains("saw the storm", before.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("alert", before.Output, StringComparison.Ordinal);
        Assert.Equal(before.Output, after.Output);
        Assert.DoesNotContain("another text", same.Error, StringComparison.Ordinal);
        Assert.Contains("the index holds another text of 'log.html'", eval.Error, StringComparison.Ordinal);
        Assert.Contains("saw the whale", changed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finetune_Base_LeavesAModelAndAnIndexThatAnswer()
    {
        WriteDocuments(6);

        ToolRun run = await FinetuneAsync("--base", "--steps", "2", "--hold-out", "0.001", "--seed", "3", "--check", "4");

        Assert.True(run.Code == 0, run.Error);
        JsonElement result = Assert.Single(run.Json);
        Assert.Equal(12, result.GetProperty("examples").GetInt32() + result.GetProperty("held_out").GetInt32());
        Assert.Equal(2, result.GetProperty("held_out").GetInt32());
        Assert.True(result.GetProperty("check").GetProperty("scores").TryGetProperty("model", out _), run.Output);
        Assert.Contains("estimate:", run.Error, StringComparison.Ordinal);
        Assert.Contains("% of whose answers are others", run.Error.Replace(" %", "%", StringComparison.Ordinal), StringComparison.Ordinal);
        ToolRun ask = await ToolRun.OfAsync(
            "ask", "Who saw it?", "--index", _folder.PathOf("index.db"), "--model", _folder.PathOf("out"), "--max-new-tokens", "2", "--json");
        Assert.True(ask.Code == 0, ask.Error);
        using SafetensorsFile before = SafetensorsFile.Open(Path.Combine(model.Folder, "model.safetensors"));
        using SafetensorsFile after = SafetensorsFile.Open(_folder.PathOf("out/model.safetensors"));
        Assert.All(before.Tensors.Keys, name => Assert.NotEqual(before.ReadFloats(name), after.ReadFloats(name)));
    }

    [Theory]
    [InlineData("--rank", "4")]
    [InlineData("--raw", null)]
    [InlineData("--each-group", null)]
    [InlineData("--self-study", null)]
    public async Task Finetune_BaseWithOptionsOfAdapters_IsWrongUsage(string option, string? value)
    {
        WriteDocuments(2);

        ToolRun run = await FinetuneAsync(value is null ? ["--base", option] : ["--base", option, value]);

        Assert.Equal(2, run.Code);
        Assert.Contains($"{option} does nothing beside --base", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finetune_BaseOverAnIndexThatIsThere_SaysWhyNot()
    {
        WriteDocuments(2);
        File.WriteAllText(_folder.PathOf("index.db"), string.Empty);

        ToolRun run = await FinetuneAsync("--base", "--steps", "1");

        Assert.Equal(2, run.Code);
        Assert.Contains("index.db' is there already", run.Error, StringComparison.Ordinal);
    }

    private void WriteDocuments(int count)
    {
        string[] who = ["captain", "mayor", "storm", "market", "ship", "town"];
        for (int i = 0; i < count; i++)
        {
            File.WriteAllText(_folder.PathOf($"{i}.txt"), $"The {who[i]} saw the {who[(i + 1) % 6]}.");
        }

        File.WriteAllLines(_folder.PathOf("qa.jsonl"), Enumerable.Range(0, 2 * count).Select(i => JsonSerializer.Serialize(new
        {
            id = $"{i}", group = "ship", document_path = $"{i / 2}.txt", question = i % 2 == 0 ? "Who saw it?" : "What was it?",
            answers = new[] { who[((i / 2) + (i % 2)) % 6] },
        })));
    }

    private Task<ToolRun> FinetuneAsync(params string[] options) => ToolRun.OfAsync(
    [
        "finetune", "--index", _folder.PathOf("index.db"), "--data", _folder.PathOf("qa.jsonl"), "--out", _folder.PathOf("out"),
        "--model", model.Folder, "--json", .. options,
    ]);

    private void Write(string file, string[] groups)
    {
        foreach (string group in groups)
        {
            File.WriteAllText(_folder.PathOf($"{group}.txt"), $"The captain of the {group} saw the storm. The mayor saw it too.");
        }

        File.WriteAllLines(_folder.PathOf(file), Enumerable.Range(0, 30).Select(i => JsonSerializer.Serialize(new
        {
            id = $"{i}",
            group = groups[i % groups.Length],
            document_path = $"{groups[i % groups.Length]}.txt",
            question = $"Who saw {i}?",
            answers = new[] { "The captain" },
        })));
    }
}
