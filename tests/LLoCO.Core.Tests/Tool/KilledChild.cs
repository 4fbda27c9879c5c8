using System.Diagnostics;
using System.Runtime.InteropServices;
using LLoCO.Tool;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>Runs the command in a process of its own and ends it in the middle.</summary>
internal static partial class KilledChild
{
    /// <summary>The signal that no process can catch: it ends as in a power cut.</summary>
    public const int Kill = 9;

    /// <summary>Runs it up to a line of standard error, and sends a signal.</summary>
    /// <param name="arguments">The command's arguments.</param>
    /// <param name="line">What the line contains.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="times">How many such lines it writes before.</param>
    /// <returns>The exit code, and standard error up to that line.</returns>
    public static async Task<(int Code, string Errors)> RunAsync(string[] arguments, string line, int signal = Kill, int times = 1)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(ChildProcess.DotNet, [typeof(LlocoTool).Assembly.Location, .. arguments])
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        using Process child = Process.Start(start)!;
        Task<string> output = child.StandardOutput.ReadToEndAsync(token);

        // The child goes on meanwhile: a thread of its own ends it without a wait for one of the pool, which other tests keep busy.
        (int seen, string errors) = await Task.Factory.StartNew(
            () => End(child, line, signal, times), token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAll(output, child.StandardError.ReadToEndAsync(token), child.WaitForExitAsync(token));
        Assert.True(seen == times, $"{seen} lines with '{line}' instead of {times}: {errors}");
        return (child.ExitCode, errors);
    }

    private static (int Seen, string Errors) End(Process child, string line, int signal, int times)
    {
        int seen = 0;
        string errors = string.Empty;
        while (seen < times && child.StandardError.ReadLine() is { } next)
        {
            errors += next + "\n";
            seen += next.Contains(line, StringComparison.Ordinal) ? 1 : 0;
        }

        if (signal == Kill)
        {
            child.Kill();
        }
        else
        {
            Assert.Equal(0, Send(child.Id, signal));
        }

        return (seen, errors);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);
}
