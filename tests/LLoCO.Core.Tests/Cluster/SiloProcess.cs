using System.Diagnostics;
using System.Text.Json;
using LLoCO.Tool;

namespace LLoCO.Core.Tests.Cluster;

/// <summary>A silo as a process of its own: <c>lloco work</c>.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private SiloProcess(Process process)
    {
        _process = process;
        Ready = ReadFirstLineAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Gets the environment of silos.</summary>
    public static IReadOnlyDictionary<string, string> Threads { get; } =
        new Dictionary<string, string> { ["OMP_NUM_THREADS"] = "1", ["DOTNET_gcServer"] = "0" };

    /// <summary>Gets a task that ends with the silo's name when it works, or fails if it ended before.</summary>
    public Task<string> Ready { get; }

    /// <summary>Gets a task that ends with the process, with what it wrote to standard error.</summary>
    public Task<string> Errors => _errors;

    /// <summary>Gets the processor time that it has used.</summary>
    public TimeSpan Processor => _process.TotalProcessorTime;

    /// <summary>Gets whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    public static SiloProcess Start(string folder, string index, params string[] more) => Start([], folder, index, more);

    /// <summary>Starts a silo by another program, which runs the command behind its own arguments.</summary>
    public static SiloProcess Start(string[] starter, string folder, string index, params string[] more) =>
        StartTool(typeof(LlocoTool).Assembly.Location, starter, folder, index, more);

    /// <summary>Starts a silo of another build.</summary>
    public static SiloProcess StartTool(string tool, string[] starter, string folder, string index, params string[] more)
    {
        string[] command = [.. starter, ChildProcess.DotNet, tool, "work", "--folder", folder, "--index", index, "--json", .. more];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        };
        foreach ((string name, string value) in Threads)
        {
            start.Environment[name] = value;
        }

        return new SiloProcess(Process.Start(start)!);
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Sends a signal: STOP hangs it, CONT lets it go on.</summary>
    public async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        await ((Task)_errors).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
    }

    private async Task<string> ReadFirstLineAsync()
    {
        string? line = await _process.StandardOutput.ReadLineAsync(CancellationToken.None);
        return line is null
            ? throw new InvalidOperationException("The silo ended before it worked.")
            : JsonDocument.Parse(line).RootElement.GetProperty("silo").GetString()!;
    }
}
