using System.Text.Json;
using LLoCO.Core.Tests.Index;

namespace LLoCO.Core.Tests.Tool;

/// <summary>The short measurements run and say what scripts read; what they measure is not a matter of tests.</summary>
public sealed class BenchVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Load_SmallShape_LoadsAnswersAndLeavesNothingBehind()
    {
        ToolRun run = await ToolRun.OfAsync(
            "bench", "load", "--shape", "15M", "--format", "Torch", "--shard-gb", "0.02", "--repeats", "1", "--json",
            "--out", _folder.PathOf("checkpoints"));

        JsonElement row = Assert.Single(run.Json);
        Assert.Equal(0, run.Code);
        Assert.Equal("load-15M-torch", row.GetProperty("name").GetString());
        Assert.InRange(row.GetProperty("bytes").GetInt64(), 30_000_000, 31_000_000);
        Assert.All(
            [
                "seconds", "seconds_read", "ratio", "gigabytes_per_second", "peak_ratio", "seconds_first_answer",
                "peak_ratio_answer", "seconds_adapter_load", "seconds_same_adapter", "seconds_other_adapter",
            ],
            key => Assert.True(row.GetProperty(key).GetDouble() > 0, key));
        Assert.Contains("2 files", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.PathOf("checkpoints")));
    }
}
