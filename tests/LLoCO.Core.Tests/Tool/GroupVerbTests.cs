using System.Text.Json;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Core.Tests.Training.Grouping;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

public sealed class GroupVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public GroupVerbTests()
    {
        ModelFolders.MakeRandom(Model);
        Directory.CreateDirectory(Documents);
        for (int i = 0; i < 4; i++)
        {
            File.WriteAllText(Path.Combine(Documents, $"ship-{i}.txt"), Write("captain storm sail anchor mast harbour deck watch rope tide", i));
            File.WriteAllText(Path.Combine(Documents, $"town-{i}.txt"), Write("mayor market council street baker bell gate fair rent house", i));
        }
    }

    private string Model => _folder.PathOf("model");

    private string Documents => _folder.PathOf("documents");

    private string Index => _folder.PathOf("index.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Group_PlanThenApply_ThenNewDocumentsAndQuestionsFindTheirGroup()
    {
        Assert.Equal(0, (await RunAsync("compress", Documents)).Code);

        ToolRun plan = await ToolRun.OfAsync("group", "--index", Index, "--json");
        ToolRun before = await ToolRun.OfAsync("list", "--index", Index, "--json");
        ToolRun applied = await ToolRun.OfAsync("group", "--index", Index, "--apply");
        ToolRun after = await ToolRun.OfAsync("list", "--index", Index, "--json");

        JsonElement[] groups = [.. plan.Json.Where(line => line.TryGetProperty("words", out _))];
        Assert.Equal([4, 4], groups.Select(group => group.GetProperty("documents").GetInt32()));
        Assert.All(before.Json, line => Assert.Equal("default", line.GetProperty("group").GetString()));
        Assert.Equal((0, "8 documents moved.\n"), (applied.Code, applied.Error));
        Assert.Equal(
            plan.Json.Skip(2).Select(line => line.GetProperty("group").GetString()),
            after.Json.Select(line => line.GetProperty("group").GetString()));

        File.WriteAllText(_folder.PathOf("fresh.txt"), Write("captain storm sail anchor mast harbour deck watch rope tide", 77));
        File.WriteAllText(_folder.PathOf("cake.txt"), GroupingDocuments.Foreign[0]);
        ToolRun added = await RunAsync("compress", _folder.PathOf("fresh.txt"), _folder.PathOf("cake.txt"), "--group", "auto", "--json");
        string ship = after.Json[0].GetProperty("group").GetString()!;
        Assert.Equal(
            [("cake.txt", "unsure"), ("fresh.txt", ship)],
            added.Json.Select(line => (line.GetProperty("document").GetString()!, line.GetProperty("group").GetString()!)).Order());

        ToolRun asked = await RunAsync("ask", "Who said 2?", "--read-groups", "2", "--max-new-tokens", "2", "--json");
        Assert.Equal(0, asked.Code);
        Assert.NotEqual(
            asked.Json[0].GetProperty("group").GetString(),
            Assert.Single(asked.Json[0].GetProperty("others").EnumerateArray()).GetProperty("group").GetString());
    }

    [Fact]
    public async Task Group_Train_MakesAnAdapterForEachGroup()
    {
        await RunAsync("compress", Documents);
        string[] files = [.. Directory.EnumerateFiles(Documents).Order(StringComparer.Ordinal)];
        File.WriteAllLines(_folder.PathOf("questions.jsonl"), files.Select((file, i) =>
            $$"""{"id": "{{i}}", "document_path": "documents/{{Path.GetFileName(file)}}", "question": "Who?", "answers": ["he"]}"""));

        ToolRun run = await RunAsync(
            "group", "--apply", "--train", "--data", _folder.PathOf("questions.jsonl"), "--hold-out", "0", "--out",
            _folder.PathOf("adapters"), "--steps", "1", "--rank", "2", "--check", "0");
        ToolRun asked = await RunAsync(
            "ask", "The storm?", "--adapters", _folder.PathOf("adapters"), "--max-new-tokens", "2", "--json");

        Assert.True(run.Code == 0, run.Error);
        string[] made = [.. Directory.EnumerateDirectories(_folder.PathOf("adapters")).Select(folder => Path.GetFileName(folder)!)];
        Assert.Equal(2, made.Length);
        Assert.Contains(asked.Json[0].GetProperty("adapter").GetString(), made);
    }

    [Theory]
    [InlineData("--train")]
    [InlineData("--out", "adapters")]
    [InlineData("--apply", "--train", "--out", "adapters")]
    public async Task Group_OptionsThatDoNotGoTogether_AreWrongUsage(params string[] options)
    {
        ToolRun run = await ToolRun.OfAsync(["group", "--index", Index, .. options]);

        Assert.Equal(2, run.Code);
        Assert.Contains("--train", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_AdaptersFolderWithoutAny_IsWrongUsage()
    {
        await RunAsync("compress", Documents);

        ToolRun run = await RunAsync("ask", "Who?", "--adapters", Documents);

        Assert.Equal(2, run.Code);
        Assert.Contains("adapter_config.json", run.Error, StringComparison.Ordinal);
    }

    private static string Write(string words, int seed)
    {
        string[] all = words.Split(' ');
        new Random(seed).Shuffle(all);
        return $"The {string.Join(" the ", all.Take(8))}, said {seed}.";
    }

    private Task<ToolRun> RunAsync(params string[] args) => ToolRun.OfAsync([.. args, "--index", Index, "--model", Model]);
}
