using System.Text.Json;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Core.Trust;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

public sealed class CalibrateVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CalibrateVerbTests()
    {
        ModelFolders.MakeRandom(Model);
        File.WriteAllText(Data, string.Concat(Enumerable.Range(0, 8).Select(i =>
            $$"""{"id": "{{i}}", "group": "ship", "document": "The captain saw the storm {{i / 2}}.", "question": "Who?", "answers": ["x"]}"""
            + "\n")));
    }

    private string Model => _folder.PathOf("model");

    private string Data => _folder.PathOf("questions.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Calibrate_ModelFolder_WritesBesideTheAdapterWhatAnswersThenCarry()
    {
        ToolRun run = await RunAsync("calibrate", "--data", Data, "--max-new-tokens", "3", "--out", Model, "--plot", _folder.PathOf("curve.png"), "--json");
        CalibrationFile? written = CalibrationFile.Read(Path.Combine(Model, "adapters", "ship"));

        // Four documents of two questions, halved by document; all answers are wrong, so certainty falls.
        Assert.Equal((0, string.Empty), (run.Code, run.Error));
        JsonElement line = Assert.Single(run.Json);
        Assert.Equal(("lloco", "ship", 4, 4, true, 0.0), (
            line.GetProperty("mode").GetString(), line.GetProperty("adapter").GetString(), line.GetProperty("fitted").GetInt32(),
            line.GetProperty("questions").GetInt32(), line.GetProperty("by_document").GetBoolean(),
            line.GetProperty("right").GetDouble()));
        Assert.Equal(10, line.GetProperty("after").GetArrayLength());
        CalibrationEntry entry = written!.Contexts["summary"];
        Assert.Equal(4, entry.Questions);

        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(_folder.PathOf("curve-ship.png"))[..4]);
        Assert.Contains("<svg", File.ReadAllText(_folder.PathOf("curve-ship.svg")), StringComparison.Ordinal);

        // The target of four wrong answers is 1/6.
        ToolRun again = await RunAsync("calibrate", "--data", Data, "--max-new-tokens", "3", "--json");
        Assert.Equal(1.0 / 6, again.Json[0].GetProperty("ece_after").GetDouble(), 0.1);
    }

    [Fact]
    public async Task Build_CalibrationOfAnotherModel_IsRefused()
    {
        new CalibrationFile { Fingerprint = new ModelFingerprint("other", "t", 16, 2, "identity") }.Write(Model);

        ToolRun run = await RunAsync("calibrate", "--data", Data);

        Assert.Equal(1, run.Code);
        Assert.Contains("made by another model", run.Error, StringComparison.Ordinal);
        Assert.Contains(CalibrationFile.FileName, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calibrate_MetricThatTheDataSetLacks_IsWrongUsage()
    {
        ToolRun run = await RunAsync("calibrate", "--data", Data, "--metric", "rouge");

        Assert.Equal(2, run.Code);
        Assert.Contains("em, f1", run.Error, StringComparison.Ordinal);
    }

    private Task<ToolRun> RunAsync(params string[] args) => ToolRun.OfAsync([.. args, "--model", Model]);
}
