using System.Diagnostics;
using LLoCO.Tool;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>Runs the command in a process of its own and ends it in the middle.</summary>
internal static class KilledChild
{
    /// <summary>Runs it up to a line of standard error, and sends a signal.</summary>
    /// <param name="arguments">The command's arguments.</param>
    /// <param name="line">What the line contains.</param>
    /// <param name="signal">The signal.</param>
    /// <returns>The exit code, and standard error up to that line.</returns>
    public static async Task<(int Code, string Errors)> RunAsync(string[] arguments, string line, int signal)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(ChildProcess.DotNet, [typeof(LlocoTool).Assembly.Location, .. arguments])
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        using Process child = Process.Start(start)!;
        Task<string> output = child.StandardOutput.ReadToEndAsync(token);
        string errors = string.Empty;
        while (!errors.Contains(line, StringComparison.Ordinal) && await child.StandardError.ReadLineAsync(token) is { } next)
        {
            errors += next + "\n";
        }

        using Process kill = Process.Start("kill", [$"-{signal}", $"{child.Id}"]);
        await kill.WaitForExitAsync(token);
        await Task.WhenAll(output, child.StandardError.ReadToEndAsync(token), child.WaitForExitAsync(token));
        return (child.ExitCode, errors);
    }
}
