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
        await Task.WhenAny(run, output.Line.Task);
        string url = JsonDocument.Parse(await output.Line.Task.WaitAsync(Token)).RootElement.GetProperty("url").GetString()!;
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
        Assert.Contains("unheard", strange.Error);
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
