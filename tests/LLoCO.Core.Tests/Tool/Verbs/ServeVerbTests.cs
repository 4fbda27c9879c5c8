using System.Text.Json;
using LLoCO.Tool;
using Xunit;

namespace LLoCO.Core.Tests.Tool.Verbs;

public sealed class ServeVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lloco-serve-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Serve_Index_AnswersUntilItIsInterrupted()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var output = new FirstLine();
        using var console = new ToolConsole(TextReader.Null, output, TextWriter.Synchronized(new StringWriter()));
        Task<int> run = LlocoTool.RunAsync(
            ["serve", "--index", Path.Combine(_folder, "notes.db"), "--port", "0", "--json"], console, stop.Token);
        Assert.Same(output.Line.Task, await Task.WhenAny(run, output.Line.Task));
        string url = JsonDocument.Parse(await output.Line.Task).RootElement.GetProperty("url").GetString()!;
        using (var http = new HttpClient { BaseAddress = new Uri(url) })
        {
            Assert.Contains("\"ship\"", await http.GetStringAsync("/v1/models", Token));
        }

        await stop.CancelAsync();
        Assert.Equal(0, await run);
    }

    [Fact]
    public async Task Serve_NewKey_IsReadFromTheFileOfKeys()
    {
        ToolRun made = await ToolRun.OfAsync("serve", "--new-key", "crew", "--group", "ship", "--json");
        JsonElement kept = Assert.Single(made.Json).GetProperty("kept");
        string keys = Path.Combine(_folder, "keys.json");
        await File.WriteAllTextAsync(keys, $$"""{"apiKeys":[{{kept}}],"maxPerMinute":60,"unheard":1}""", Token);

        ToolRun strange = await ToolRun.OfAsync("serve", "--index", Path.Combine(_folder, "a.db"), "--keys", keys);

        Assert.Equal(1, strange.Code);
        Assert.Contains("'unheard' is no setting. There are: apiKeys, ", strange.Error);
    }

    [Theory]
    [InlineData("""{"apiKeys":[{"name":"a","hash":"b","group":["ship"]}]}""", "'group' is no setting of 'apiKeys', item 1. There are: name, hash, groups, tenant.")]
    [InlineData(
        """{"apiKeys":[{"name":"b","hash":"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"},{"name":"a","hash":"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881","groups":[]}]}""",
        "'a' has an empty list of groups")]
    [InlineData("""{"maxPerMinute":"many"}""", "'many' is no value of 'maxPerMinute'.")]
    [InlineData("{\n\"maxPerMinute\": 3,\n?}", "It is no JSON at line 3.")]
    public async Task Serve_FaultInTheFileOfKeys_IsToldInItsOwnWords(string content, string message)
    {
        string keys = Path.Combine(_folder, "keys.json");
        await File.WriteAllTextAsync(keys, content, Token);

        ToolRun run = await ToolRun.OfAsync("serve", "--index", Path.Combine(_folder, "a.db"), "--keys", keys);

        Assert.Equal(1, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("LLoCO.Server", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--group", "serve", "--group", "ship")]
    [InlineData("--keys", "mcp", "--keys", "keys.json")]
    [InlineData("--port", "mcp", "--port", "8400")]
    public async Task Serve_OptionWithoutEffect_IsWrongUsage(string option, string verb, params string[] options)
    {
        ToolRun run = await ToolRun.OfAsync([verb, "--index", Path.Combine(_folder, "a.db"), .. options]);

        Assert.Equal(2, run.Code);
        Assert.Contains(option, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_OtherMachinesWithoutKeys_IsWrongUsage()
    {
        ToolRun open = await ToolRun.OfAsync("serve", "--index", Path.Combine(_folder, "a.db"), "--host", "0.0.0.0");
        ToolRun nameless = await ToolRun.OfAsync("serve");

        Assert.Equal((2, 2), (open.Code, nameless.Code));
        Assert.Contains("--keys", open.Error);
    }

    private sealed class FirstLine : StringWriter
    {
        public TaskCompletionSource<string> Line { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void WriteLine(string? value) => Line.TrySetResult(value!);
    }
}
