using System.Text.Json;
using LLoCO.Core.Compression;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary><c>lloco compress --memory kv</c>, and questions to what it made.</summary>
public sealed class MemoryVerbTests(RandomModel model) : IClassFixture<RandomModel>, IDisposable
{
    private const string Text = "The captain saw the storm. The captain saw the storm again near the cape. A boat was lost at night.";
    private readonly TemporaryFolder _folder = new();

    private string Index => _folder.PathOf("index.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task CompressAskInspect_KeyValueMemory_IsToldByKindAndCutWithoutTheText()
    {
        ToolRun compress = await CompressAsync("--ratio", "4");

        JsonElement line = Assert.Single(compress.Json);
        int tokens = line.GetProperty("tokens").GetInt32();
        Assert.Equal("key_value", line.GetProperty("memory").GetString());
        Assert.Equal((tokens + 3) / 4, line.GetProperty("summary").GetInt32());
        ToolRun ask = await RunAsync("ask", "captain storm", "--index", Index, "--max-new-tokens", "5", "--json");
        Assert.Equal((tokens + 3) / 4, ask.Json[0].GetProperty("tokens").GetProperty("summary").GetInt32());
        ToolRun fewer = await RunAsync("ask", "captain storm", "--index", Index, "--slots", "2", "--max-new-tokens", "5", "--json");
        Assert.Equal(0, fewer.Code);
        ToolRun inspect = await ToolRun.OfAsync("inspect", Index);
        Assert.Contains("1 documents as key/value slots", inspect.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compress_OtherSizeOrGrownText_MakesOnlyWhatChanged()
    {
        await CompressAsync("--slots", "5");

        ToolRun same = await CompressAsync("--slots", "5");
        ToolRun larger = await CompressAsync("--slots", "6");

        Assert.Equal(("unchanged", 0), Outcome(same));
        Assert.Equal(("replaced", 1), Outcome(larger));
        Assert.Equal(6, larger.Json[0].GetProperty("summary").GetInt32());
    }

    [Fact]
    public async Task Compress_OtherKindInOneIndex_IsRefusedWithBoth()
    {
        await CompressAsync("--ratio", "4");

        File.WriteAllText(_folder.PathOf("more.txt"), Text);
        ToolRun summary = await RunAsync("compress", _folder.PathOf("more.txt"), "--index", Index);
        await RunAsync("compress", _folder.PathOf("log.txt"), "--index", _folder.PathOf("summaries.db"));
        ToolRun keyValue = await RunAsync("compress", _folder.PathOf("more.txt"), "--index", _folder.PathOf("summaries.db"), "--memory", "kv");

        Assert.Equal((1, 1), (summary.Code, keyValue.Code));
        Assert.Contains("The index holds key/value memories", summary.Error + summary.Output, StringComparison.Ordinal);
        Assert.Matches("/identity, .*/key-value", keyValue.Error);
    }

    [Theory]
    [InlineData("bfloat16", 2)]
    [InlineData("int8", 1)]
    [InlineData("float32", 4)]
    public async Task Compress_Storage_SaysTheBytesOfANumber(string storage, int bytes)
    {
        ToolRun compress = await CompressAsync("--ratio", "4", "--storage", storage);

        await using LlocoPipeline pipeline = await LlocoPipeline.CreateBuilder().UseCheckpoint(model.Folder).UseIndex(Index)
            .BuildAsync(TestContext.Current.CancellationToken);
        string id = compress.Json[0].GetProperty("document").GetString()!;
        SummaryEmbeddings memory = (await pipeline.Index.LoadSummaryAsync(id, TestContext.Current.CancellationToken))!;
        Assert.Equal(memory.Count * (bytes == 1 ? Int8Blocks.RowBytes(memory.Width) : bytes * memory.Width), memory.Payload.Length);
        Assert.Equal(0, (await RunAsync("ask", "captain storm", "--index", Index, "--max-new-tokens", "2")).Code);
    }

    [Fact]
    public async Task Eval_MemoriesThatDoNotFitEndToEnd_LieSideBySideUnlessToldOtherwise()
    {
        File.WriteAllText(_folder.PathOf("questions.jsonl"), string.Concat(new[] { "a", "b" }.Select(name =>
            $$"""{"id":"{{name}}","group":"g","document":"{{Text}} {{name}}","question":"What did the captain see?","answers":["the storm"]}""" + "\n")));
        string[] options = ["eval", "--data", _folder.PathOf("questions.jsonl"), "--mode", "compressed", "--memory", "kv", "--ratio", "2", "--distractors", "1", "--max-new-tokens", "6", "--json"];

        ToolRun auto = await RunAsync([.. options, "--predictions", _folder.PathOf("auto")]);
        ToolRun side = await RunAsync([.. options, "--places", "sidebyside", "--predictions", _folder.PathOf("side")]);
        ToolRun end = await RunAsync([.. options, "--places", "endtoend"]);

        Assert.True(auto.Code + side.Code == 0, auto.Error + side.Error);
        Assert.Equal(File.ReadAllText(_folder.PathOf("auto")), File.ReadAllText(_folder.PathOf("side")));
        Assert.Equal(1, end.Code);
        Assert.Contains("the native window has 128", end.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--ratio is an option of --memory kv", "--ratio", "4")]
    [InlineData("--keep is an option of --memory kv", "--keep", "last")]
    [InlineData("Give one of them", "--memory", "kv", "--ratio", "4", "--slots", "5")]
    public async Task Compress_OptionsThatDoNotFit_AreWrongUsage(string message, params string[] options)
    {
        File.WriteAllText(_folder.PathOf("log.txt"), Text);

        ToolRun run = await RunAsync(["compress", _folder.PathOf("log.txt"), "--index", Index, .. options]);

        Assert.Equal(2, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slots_OnSummaryEmbeddings_AreWrongUsage()
    {
        File.WriteAllText(_folder.PathOf("log.txt"), Text);
        await RunAsync("compress", _folder.PathOf("log.txt"), "--index", Index);
        File.WriteAllText(_folder.PathOf("q.jsonl"), """{"document_path": "log.txt", "question": "Who?", "answers": ["the captain"]}""");

        ToolRun ask = await RunAsync("ask", "captain", "--index", Index, "--slots", "1");
        ToolRun chat = await RunAsync("chat", "--index", Index, "--slots", "1");
        ToolRun eval = await RunAsync("eval", "--data", _folder.PathOf("q.jsonl"), "--mode", "lloco", "--index", Index, "--read-slots", "1");
        ToolRun memory = await RunAsync("eval", "--data", _folder.PathOf("q.jsonl"), "--mode", "lloco", "--read-slots", "1");

        Assert.All([ask, chat, eval, memory], run => Assert.Equal(2, run.Code));
        Assert.Contains("--slots is an option of key/value memories", ask.Error, StringComparison.Ordinal);
        Assert.Contains("holds summary embeddings", chat.Error, StringComparison.Ordinal);
        Assert.Contains("--read-slots", eval.Error, StringComparison.Ordinal);
    }

    private static (string?, int) Outcome(ToolRun run) =>
        (run.Json[0].GetProperty("outcome").GetString(), run.Json[0].GetProperty("segments_compressed").GetInt32());

    private async Task<ToolRun> CompressAsync(params string[] options)
    {
        File.WriteAllText(_folder.PathOf("log.txt"), Text);
        ToolRun run = await RunAsync(["compress", _folder.PathOf("log.txt"), "--index", Index, "--memory", "kv", "--json", .. options]);
        Assert.True(run.Code == 0, run.Error + run.Output);
        return run;
    }

    private Task<ToolRun> RunAsync(params string[] args) => ToolRun.OfAsync([.. args, "--model", model.Folder]);
}
