using System.Text.Json;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>The verbs over a model with random weights: counts and keys are known, answers are not.</summary>
public sealed class ModelVerbTests(RandomModel model) : IClassFixture<RandomModel>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task CompressAndAsk_FolderOfDocuments_GiveTheKeysThatScriptsRead()
    {
        Write("docs/log.txt", "The captain saw the storm. The captain saw the storm again near the cape.");
        Write("docs/sub/notes.md", "The mayor saw the market.");
        Write("docs/picture.png", "not a document");
        string index = _folder.PathOf("index.db");

        ToolRun compress = await RunAsync("compress", _folder.PathOf("docs"), "--index", index, "--group", "ship", "--json");
        ToolRun ask = await RunAsync("ask", "captain storm", "--index", index, "--max-new-tokens", "5", "--json");

        Assert.Equal((0, 0), (compress.Code, ask.Code));
        Assert.Equal(["log.txt", "sub/notes.md"], compress.Json.Select(line => line.GetProperty("document").GetString()));
        JsonElement log = compress.Json[0];
        int segments = log.GetProperty("segments").GetInt32();
        Assert.Equal((log.GetProperty("tokens").GetInt32() + 15) / 16, segments);
        Assert.Equal(2 * segments, log.GetProperty("summary").GetInt32());
        Assert.Equal(JsonValueKind.Null, log.GetProperty("failure").ValueKind);
        Assert.True(log.GetProperty("seconds").GetDouble() > 0);

        JsonElement answer = Assert.Single(ask.Json);
        Assert.Equal("log.txt", answer.GetProperty("sources")[0].GetProperty("document").GetString());
        Assert.Equal((0, 73), (answer.GetProperty("sources")[0].GetProperty("start").GetInt32(),
            answer.GetProperty("sources")[0].GetProperty("end").GetInt32()));
        Assert.Equal(log.GetProperty("tokens").GetInt32(), answer.GetProperty("tokens").GetProperty("raw").GetInt32());
        Assert.Equal(2 * segments, answer.GetProperty("tokens").GetProperty("summary").GetInt32());
        Assert.InRange(answer.GetProperty("tokens").GetProperty("generated").GetInt32(), 1, 5);
        Assert.Equal("ship", answer.GetProperty("adapter").GetString());
        Assert.Equal(JsonValueKind.String, answer.GetProperty("answer").ValueKind);
        Assert.Equal(JsonValueKind.Number, answer.GetProperty("ratio").ValueKind);
        Assert.Equal(JsonValueKind.Number, answer.GetProperty("seconds").ValueKind);
    }

    [Fact]
    public async Task Compress_UnreadableDocument_FailsAloneAndEndsWithOne()
    {
        Write("good.txt", "The captain saw the storm.");
        File.WriteAllBytes(_folder.PathOf("bad.txt"), [0x66, 0xc3, 0x28, 0xff]);

        ToolRun run = await RunAsync(
            "compress", _folder.PathOf("bad.txt"), _folder.PathOf("good.txt"), "--index", _folder.PathOf("index.db"), "--json");

        Assert.Equal(1, run.Code);
        Assert.Contains("UTF-8", run.Json[0].GetProperty("failure").GetString(), StringComparison.Ordinal);
        Assert.Equal("added", run.Json[1].GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Ask_IndexMissing_SaysHowToMakeOne()
    {
        ToolRun run = await RunAsync("ask", "why", "--index", _folder.PathOf("none.db"));

        Assert.Equal(1, run.Code);
        Assert.Contains("lloco compress", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.PathOf("none.db")));
    }

    [Fact]
    public async Task Eval_AllModes_GiveOneObjectEach()
    {
        Write("data/log.txt", "The captain saw the storm. The captain saw the market. The mayor saw the captain.");
        Write("data/questions.jsonl", """
            {"id": "1", "group": "ship", "document_path": "log.txt", "question": "What?", "answers": ["the storm"]}
            {"id": "2", "group": "ship", "document_path": "log.txt", "question": "Who?", "answers": ["the mayor"]}
            """);
        string results = _folder.PathOf("results.jsonl");

        ToolRun run = await RunAsync(
            "eval", "--data", _folder.PathOf("data/questions.jsonl"), "--mode", "none", "truncate", "retrieve", "compressed",
            "lloco",
            "--max-new-tokens", "4", "--results", results, "--json");

        Assert.Equal((0, string.Empty), (run.Code, run.Error));
        Assert.Equal(
            ["none", "truncate", "retrieve", "compressed", "lloco"],
            run.Json.Select(line => line.GetProperty("mode").GetString()));
        Assert.Equal(["ship", "ship", "ship", null, "ship"], run.Json.Select(line => line.GetProperty("adapter").GetString()));
        Assert.All(run.Json, line =>
        {
            Assert.Equal(2, line.GetProperty("questions").GetInt32());
            Assert.Equal(2, line.GetProperty("interval").GetProperty("f1").GetArrayLength());
            Assert.InRange(line.GetProperty("metrics").GetProperty("em").GetDouble(), 0, 1);
            Assert.True(line.GetProperty("seconds_first_token").GetDouble() > 0);
        });
        Assert.Equal(0, run.Json[0].GetProperty("raw_tokens").GetDouble());
        Assert.True(
            run.Json[1].GetProperty("decoder_tokens").GetDouble() > run.Json[4].GetProperty("decoder_tokens").GetDouble());
        Assert.True(run.Json[4].GetProperty("ratio").GetDouble() > 5);
        Assert.Equal(1 + 10, File.ReadAllLines(results).Length);
    }

    [Fact]
    public async Task Eval_OnATerminal_IsATableAndJsonStaysJson()
    {
        Write("data/log.txt", "The captain saw the storm. The captain saw the market. The mayor saw the captain.");
        Write("data/q.jsonl", """
            {"id": "1", "group": "ship", "document_path": "log.txt", "question": "What?", "answers": ["the storm"]}
            """);
        string[] args =
        [
            "eval", "--data", _folder.PathOf("data/q.jsonl"), "--mode", "none", "truncate", "--max-new-tokens", "2",
            "--model", model.Folder,
        ];

        ToolRun table = await ToolRun.OnTerminalAsync(args);
        ToolRun piped = await ToolRun.OfAsync(args);
        ToolRun json = await ToolRun.OnTerminalAsync([.. args, "--json"]);

        string[] lines = table.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches(@"mode\W+adapter\W+asked\W+em\W+f1\W+tokens read\W+first token", lines.First(line => line.Contains("mode", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.TrimStart().StartsWith("truncate", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 80));
        Assert.DoesNotContain("1 questions:", table.Output, StringComparison.Ordinal);
        Assert.Equal(2, piped.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("adapter ship, 1 questions:", piped.Output, StringComparison.Ordinal);
        Assert.Equal(["none", "truncate"], json.Json.Select(line => line.GetProperty("mode").GetString()));
    }

    [Fact]
    public async Task Eval_PublishedFormat_WritesPredictionsAndPairedDifference()
    {
        Write("babi.txt", "1 The captain saw the storm.\n2 Who saw the storm? \tcaptain\t1\nbroken\n3 Who? \tmayor\t1\n");
        string predictions = _folder.PathOf("answers.json");
        string[] args =
        [
            "eval", "--data", _folder.PathOf("babi.txt"), "--format", "babi", "--mode", "none", "compressed",
            "--against", "none", "--max-new-tokens", "3", "--predictions", predictions, "--json",
        ];

        ToolRun strict = await RunAsync(args);
        ToolRun run = await RunAsync([.. args, "--skip-broken"]);

        Assert.Equal(1, strict.Code);
        Assert.Contains("line 3: a line must begin with its number", strict.Error, StringComparison.Ordinal);
        Assert.Equal(0, run.Code);
        Assert.Contains("passed over", run.Error, StringComparison.Ordinal);
        Assert.Equal(3, run.Json.Count);
        Assert.Equal("compressed", run.Json[2].GetProperty("difference").GetString());
        Assert.Equal("none", run.Json[2].GetProperty("against").GetString());
        Assert.Equal(
            run.Json[1].GetProperty("metrics").GetProperty("f1").GetDouble()
                - run.Json[0].GetProperty("metrics").GetProperty("f1").GetDouble(),
            run.Json[2].GetProperty("metrics").GetProperty("f1").GetDouble(), 12);
        foreach (string mode in new[] { "none", "compressed" })
        {
            JsonElement answers = JsonDocument.Parse(File.ReadAllText(_folder.PathOf($"answers-{mode}.json"))).RootElement;
            Assert.Equal(["babi_2", "babi_4"], answers.EnumerateObject().Select(answer => answer.Name));
        }
    }

    [Theory]
    [InlineData("--books", "--format", "babilong", "--mode", "none")]
    [InlineData("--against", "--mode", "none", "--against", "full")]
    public async Task Eval_OptionsThatDoNotGoTogether_AreWrongUsage(string named, params string[] args)
    {
        Write("q.jsonl", "{\"question\": \"Who?\", \"answers\": [\"x\"]}");

        ToolRun run = await RunAsync(["eval", "--data", _folder.PathOf("q.jsonl"), .. args]);

        Assert.Equal(2, run.Code);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_Model_ListsConfigAdaptersAndWeights()
    {
        ToolRun run = await ToolRun.OfAsync("inspect", model.Folder, "--json");

        JsonElement found = Assert.Single(run.Json);
        Assert.Equal("model", found.GetProperty("kind").GetString());
        Assert.Equal("Question: {question} Answer:", found.GetProperty("prompt").GetString());
        Assert.Equal("ship", Assert.Single(found.GetProperty("adapters").EnumerateArray()).GetString());

        // Two layers of 4 * 32 * 32 + 3 * 32 * 64 + 2 * 32, the final norm, two tables of 300 * 32, two summary rows.
        Assert.Equal((2 * (4096 + 6144 + 64)) + 32 + (2 * 9600) + 64, found.GetProperty("parameters").GetInt64());
    }

    [Fact]
    public async Task Inspect_AdapterCacheAndIndex_SayWhatTheyHold()
    {
        Write("a.txt", "The captain saw the storm.");
        string index = _folder.PathOf("index.db");
        await RunAsync("compress", _folder.PathOf("a.txt"), "--index", index);

        ToolRun adapter = await ToolRun.OfAsync("inspect", Goldens.Path("a_mha", "adapter"), "--json");
        ToolRun cache = await ToolRun.OfAsync("inspect", Goldens.Path("a_mha", "softprompts.pth"), "--json");
        ToolRun store = await ToolRun.OfAsync("inspect", index, "--json");

        Assert.Equal("adapter", adapter.Json[0].GetProperty("kind").GetString());
        Assert.Equal((5 + 5 + 10) * 64, cache.Json[0].GetProperty("numbers").GetInt64());
        Assert.Equal("a.txt", store.Json[0].GetProperty("documents")[0].GetProperty("id").GetString());
        Assert.EndsWith("/16:2/identity", store.Json[0].GetProperty("fingerprint").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokenize_Lines_GivesArraysWithoutBos()
    {
        ToolRun run = await ToolRun.WithInputAsync(
            "\"The captain\"\n\"\"\n", "tokenize", "--tokenizer", Path.Combine(model.Folder, "tokenizer.model"));

        Assert.Equal(0, run.Code);
        Assert.Equal(2, run.Json.Count);
        Assert.DoesNotContain(run.Json[0].EnumerateArray(), id => id.GetInt32() == 1);
        Assert.Equal(0, run.Json[1].GetArrayLength());
    }

    private Task<ToolRun> RunAsync(params string[] args) => ToolRun.OfAsync([.. args, "--model", model.Folder]);

    private void Write(string name, string text)
    {
        string file = _folder.PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
