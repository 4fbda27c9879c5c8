using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Tool;
using LLoCO.Training;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>Ends <c>lloco finetune</c> and <c>lloco pretrain</c> in the middle, as a power cut or Ctrl+C would, and starts them
/// again.</summary>
public sealed class KilledTrainingTests : IDisposable
{
    private const int Interrupt = 2;
    private const int AfterValidations = 2;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(KilledChild.Kill)]
    [InlineData(Interrupt)]
    public async Task Finetune_EndedAndStartedAgain_EndsWithTheSameBits(int signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "signals are sent with kill");
        Assert.SkipWhen(
            signal == Interrupt && IgnoresInterrupt(), "SIGINT is ignored here, as in a shell's background, and a child would inherit that");
        await EndAndStartAgainAsync(Finetune, "adapter_model.safetensors", signal, [AfterValidations]);
    }

    [Fact]
    public async Task Pretrain_KilledAndStartedAgain_EndsWithTheSameBits()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "signals are sent with kill");
        await EndAndStartAgainAsync(Pretrain, "model.safetensors", KilledChild.Kill, [AfterValidations]);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Finetune_Killed13Times_EndsWithTheSameBits()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "signals are sent with kill");
        await EndAndStartAgainAsync(Finetune, "adapter_model.safetensors", KilledChild.Kill, Many());
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Pretrain_Killed13Times_EndsWithTheSameBits()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "signals are sent with kill");
        await EndAndStartAgainAsync(Pretrain, "model.safetensors", KilledChild.Kill, Many());
    }

    private static int[] Many() => [.. Enumerable.Range(0, SlowCount.Of(13)).Select(round => 1 + (round % 6))];

    /// <summary>Ends one run after each number of validations, and compares what comes of it with a run that was left
    /// alone.</summary>
    private async Task EndAndStartAgainAsync(Func<string, string[]> command, string result, int signal, int[] afterValidations)
    {
        Prepare();
        Assert.Equal(0, await RunThroughAsync(command("through")));
        foreach ((int round, int after) in afterValidations.Index())
        {
            string folder = $"stopped{round}";
            Assert.NotEqual(0, (await KilledChild.RunAsync(command(folder), "held out: loss", signal, after)).Code);
            Assert.False(File.Exists(_folder.PathOf($"{folder}/{result}")));
            Assert.Equal(0, await RunThroughAsync(command(folder)));

            Assert.Equal(
                File.ReadAllBytes(_folder.PathOf($"through/{result}")), File.ReadAllBytes(_folder.PathOf($"{folder}/{result}")));
            Assert.Equal(Losses("through"), Losses(folder));
            Assert.True(File.Exists(_folder.PathOf($"{folder}/training/loss.png")));
        }
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
        Directory.CreateDirectory(_folder.PathOf("texts"));
        foreach (string name in (string[])["a", "b", "c"])
        {
            File.WriteAllText(
                _folder.PathOf($"texts/{name}.txt"),
                string.Concat(Enumerable.Repeat($"The captain saw the storm {name}. The mayor saw the market. ", 12)));
        }

        File.WriteAllLines(_folder.PathOf("qa.jsonl"), Enumerable.Range(0, 12).Select(i =>
            $$"""{"id": "{{i}}", "document_path": "log.txt", "question": "Who saw {{i}}?", "answers": ["The captain"]}"""));
    }

    private string[] Finetune(string folder) =>
    [
        "finetune", "--index", _folder.PathOf("index.db"), "--data", _folder.PathOf("qa.jsonl"), "--batch", "4", .. Common(folder),
    ];

    private string[] Pretrain(string folder) => ["pretrain", "--corpus", _folder.PathOf("texts"), "--batch", "2", .. Common(folder)];

    private string[] Common(string folder) =>
    [
        "--out", _folder.PathOf(folder), "--model", _folder.PathOf("model"), "--steps", "200", "--checkpoint-every", "5",
        "--validate-every", "4", "--hold-out", "0.2",
    ];

    private async Task<int> RunThroughAsync(string[] arguments) => (await ChildProcess.RunAsync(
        _folder.PathOf("."), new Dictionary<string, string> { ["OMP_NUM_THREADS"] = "1" }, ChildProcess.DotNet,
        [typeof(LlocoTool).Assembly.Location, .. arguments])).ExitCode;

    private string[] Lines(string folder)
    {
        string file = _folder.PathOf($"{folder}/{TrainingFiles.Folder}/{TrainingFiles.Metrics}");
        return File.Exists(file) ? File.ReadAllLines(file) : [];
    }

    /// <summary>The metrics without their times.</summary>
    private string[] Losses(string folder) => [.. Lines(folder).Select(line => line.Split(",\"seconds\"")[0])];
}
