using System.Diagnostics;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Tool;
using LLoCO.Training;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>Ends <c>lloco finetune</c> in the middle, as a power cut or Ctrl+C would, and starts it again.</summary>
public sealed class KilledTrainingTests : IDisposable
{
    private const int Kill = 9;
    private const int Interrupt = 2;
    private const int AfterValidations = 2;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Kill)]
    [InlineData(Interrupt)]
    public async Task Finetune_EndedAndStartedAgain_EndsWithTheSameBits(int signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "signals are sent with kill");
        Assert.SkipWhen(
            signal == Interrupt && IgnoresInterrupt(), "SIGINT is ignored here, as in a shell's background, and a child would inherit that");
        Prepare();

        Assert.NotEqual(0, await RunAsync("stopped", signal));
        Assert.False(File.Exists(_folder.PathOf("stopped/adapter_model.safetensors")));
        Assert.Equal(0, await RunAsync("stopped", null));
        Assert.Equal(0, await RunAsync("through", null));

        Assert.Equal(
            File.ReadAllBytes(_folder.PathOf("through/adapter_model.safetensors")),
            File.ReadAllBytes(_folder.PathOf("stopped/adapter_model.safetensors")));
        Assert.Equal(Losses("through"), Losses("stopped"));
        Assert.True(File.Exists(_folder.PathOf("stopped/training/loss.png")));
    }

    /// <summary>Looks SIGINT up among the ignored signals of this process.</summary>
    private static bool IgnoresInterrupt()
    {
        const string Status = "/proc/self/status";
        const string Ignored = "SigIgn:";
        string? line = File.Exists(Status)
            ? File.ReadLines(Status).FirstOrDefault(one => one.StartsWith(Ignored, StringComparison.Ordinal))
            : null;
        return line is not null && (Convert.ToUInt64(line[Ignored.Length..].Trim(), 16) & (1UL << (Interrupt - 1))) != 0;
    }

    private void Prepare()
    {
        ModelFolders.MakeRandom(_folder.PathOf("model"));
        File.WriteAllText(_folder.PathOf("log.txt"), "The captain saw the storm. The mayor saw the market.");
        File.WriteAllLines(_folder.PathOf("qa.jsonl"), Enumerable.Range(0, 12).Select(i =>
            $$"""{"id": "{{i}}", "document_path": "log.txt", "question": "Who saw {{i}}?", "answers": ["The captain"]}"""));
    }

    /// <summary>Runs the command, and ends it after some validations.</summary>
    private async Task<int> RunAsync(string folder, int? signal)
    {
        string[] arguments =
        [
            typeof(LlocoTool).Assembly.Location, "finetune", "--index", _folder.PathOf("index.db"), "--data",
            _folder.PathOf("qa.jsonl"), "--out", _folder.PathOf(folder), "--model", _folder.PathOf("model"), "--steps", "40",
            "--batch", "4", "--checkpoint-every", "5", "--validate-every", "4", "--hold-out", "0.2",
        ];
        var start = new ProcessStartInfo(ChildProcess.DotNet, arguments)
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        using Process child = Process.Start(start)!;
        Task<string> output = child.StandardOutput.ReadToEndAsync(Token);
        int validations = 0;
        while (validations < AfterValidations && await child.StandardError.ReadLineAsync(Token) is { } line)
        {
            validations += line.Contains("held out: loss", StringComparison.Ordinal) ? 1 : 0;
        }

        if (signal is { } number)
        {
            using Process kill = Process.Start("kill", [$"-{number}", $"{child.Id}"]);
            await kill.WaitForExitAsync(Token);
        }

        await Task.WhenAll(output, child.StandardError.ReadToEndAsync(Token), child.WaitForExitAsync(Token));
        return child.ExitCode;
    }

    private string[] Lines(string folder)
    {
        string file = _folder.PathOf($"{folder}/{TrainingFiles.Folder}/{TrainingFiles.Metrics}");
        return File.Exists(file) ? File.ReadAllLines(file) : [];
    }

    /// <summary>The metrics without their times.</summary>
    private string[] Losses(string folder) => [.. Lines(folder).Select(line => line.Split(",\"seconds\"")[0])];
}
