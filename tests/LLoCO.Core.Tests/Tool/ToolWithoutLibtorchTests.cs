using System.Text.Json;
using LLoCO.Core.Tests.Index;
using LLoCO.Tool;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>A short answer of a small model needs no libtorch, which takes longer to load than such an answer. Whatever does need it
/// loads it in the middle, and goes on with the same numbers.</summary>
public sealed class ToolWithoutLibtorchTests : IAsyncLifetime, IDisposable
{
    private const string Question = "Which ship is this?";

    private readonly TemporaryFolder _folder = new();

    private string Index => _folder.PathOf("notes.db");

    public async ValueTask InitializeAsync()
    {
        Assert.Equal(0, (await ToolRun.OfAsync("synth", "--out", _folder.PathOf("p"), "--seed", "7", "--groups", "ship", "--tokens", "1500")).Code);
        Assert.Equal(0, (await ToolRun.OfAsync("compress", _folder.PathOf("p/documents"), "--index", Index, "--group", "ship")).Code);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ask_WhereLibtorchIsDamaged_AnswersAsWithIt()
    {
        JsonElement expected = await HereAsync();

        (int code, string output, string error) = await WithoutAsync("ask", Question, "--index", Index, "--json");

        Assert.Equal((0, string.Empty), (code, error));
        AssertSame(expected, JsonDocument.Parse(output).RootElement);
    }

    [Theory]
    [InlineData("compress")]
    [InlineData("ask")]
    public async Task Verb_ThatNeedsLibtorchWhereItIsDamaged_SaysSo(string verb)
    {
        string[] arguments = verb == "compress"
            ? [verb, _folder.PathOf("p/documents"), "--index", _folder.PathOf("other.db")]
            : [verb, string.Join(' ', Enumerable.Repeat("ship and harbour", 60)), "--index", Index];

        (int code, string output, string error) = await WithoutAsync(arguments);

        Assert.Equal(1, code);
        Assert.Contains("native library of TorchSharp", output + error, StringComparison.Ordinal);
        Assert.DoesNotContain("did not expect", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_WithPassagesBehindASummary_LoadsLibtorchInTheMiddleAndAnswersTheSame()
    {
        JsonElement expected = await HereAsync("--expand", "always");

        (int code, string output, string error) = await ChildProcess.RunAsync(
            _folder.PathOf("."), new Dictionary<string, string>(), ChildProcess.DotNet,
            [typeof(LlocoTool).Assembly.Location, "ask", Question, "--index", Index, "--json", "--expand", "always"]);

        Assert.Equal((0, string.Empty), (code, error));
        AssertSame(expected, JsonDocument.Parse(output).RootElement);
    }

    private static void AssertSame(JsonElement expected, JsonElement actual)
    {
        Assert.Equal(expected.GetProperty("answer").GetString(), actual.GetProperty("answer").GetString());
        Assert.Equal(expected.GetProperty("adapter").GetString(), actual.GetProperty("adapter").GetString());
        Assert.Equal(
            expected.GetProperty("token_probability").GetDouble(), actual.GetProperty("token_probability").GetDouble(), 1e-5);
    }

    /// <summary>Asks in this process, which has loaded libtorch.</summary>
    private async Task<JsonElement> HereAsync(params string[] more)
    {
        LlocoRuntime.EnsureAvailable();
        ToolRun run = await ToolRun.OfAsync(["ask", Question, "--index", Index, "--json", .. more]);
        Assert.Equal(0, run.Code);
        return Assert.Single(run.Json);
    }

    /// <summary>Runs a copy of the command whose libtorch is empty files.</summary>
    private Task<(int ExitCode, string Output, string Errors)> WithoutAsync(params string[] arguments)
    {
        string from = Path.GetDirectoryName(typeof(LlocoTool).Assembly.Location)!;
        string to = _folder.PathOf("command");
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(IsNeeded))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            if (Path.GetFileName(file).Contains("torch", StringComparison.OrdinalIgnoreCase) && !file.EndsWith(".dll", StringComparison.Ordinal))
            {
                File.WriteAllBytes(copy, []);
            }
            else
            {
                File.Copy(file, copy);
            }
        }

        return ChildProcess.RunAsync(
            _folder.PathOf("."), new Dictionary<string, string>(), ChildProcess.DotNet, [Path.Combine(to, "lloco.dll"), .. arguments]);
    }

    private static bool IsNeeded(string file) => Path.GetExtension(file) is ".dll" or ".so" or ".1" or ".dylib"
        || Path.GetFileName(file) is "lloco.deps.json" or "lloco.runtimeconfig.json";
}
