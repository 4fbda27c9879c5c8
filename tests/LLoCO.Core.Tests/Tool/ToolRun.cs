using System.Text.Json;
using LLoCO.Tool;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>A run of the command in this process.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
internal sealed record ToolRun(int Code, string Output, string Error)
{
    /// <summary>Gets the JSON lines of standard output.</summary>
    public IReadOnlyList<JsonElement> Json =>
        [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    public static Task<ToolRun> OfAsync(params string[] args) => WithInputAsync(string.Empty, args);

    /// <summary>Runs as on a terminal, where a person reads the results.</summary>
    public static Task<ToolRun> OnTerminalAsync(params string[] args) => RunAsync(string.Empty, isTerminal: true, args);

    public static Task<ToolRun> WithInputAsync(string input, params string[] args) => RunAsync(input, isTerminal: false, args);

    private static async Task<ToolRun> RunAsync(string input, bool isTerminal, string[] args)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        using var console = new ToolConsole(new StringReader(input), output, error) { IsTerminal = isTerminal, Clock = new StillClock() };
        int code = await LlocoTool.RunAsync(args, console, TestContext.Current.CancellationToken);
        return new ToolRun(code, output.ToString(), error.ToString());
    }

    /// <summary>Stands still, so that a slow run says no more than a fast one.</summary>
    private sealed class StillClock : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
