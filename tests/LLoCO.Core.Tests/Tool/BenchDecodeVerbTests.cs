using System.Text.Json;
using LLoCO.Tool.Verbs.Train;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>The keys that scripts read, on the smallest shape. The measurement sets the number of libtorch's threads.</summary>
[Collection(nameof(TrainingThreadsTests))]
public sealed class BenchDecodeVerbTests : IDisposable
{
    private readonly TrainingThreads _threads = new(null);

    public void Dispose() => _threads.Dispose();

    [Fact]
    public async Task Run_SmallestShapeWithBaseline_WritesOneRowWithAllKeys()
    {
        ToolRun run = await ToolRun.OfAsync(
            "bench", "decode", "--shape", "15M", "--weights", "int8", "--depth", "16", "--threads", "2", "--baseline", "--json");

        Assert.Equal(0, run.Code);
        using JsonDocument row = JsonDocument.Parse(run.Output);
        JsonElement keys = row.RootElement;
        Assert.Equal("decode-15M-int8-16", keys.GetProperty("name").GetString());
        double seconds = keys.GetProperty("seconds").GetDouble();
        Assert.InRange(seconds, 1e-5, 60);
        Assert.Equal(1 / seconds, keys.GetProperty("tokens_per_second").GetDouble(), 1e-9 / seconds);
        Assert.Equal(
            keys.GetProperty("baseline_seconds").GetDouble() / seconds, keys.GetProperty("ratio").GetDouble(), 1e-6);

        // 8.5 bits for each of the 15.19 M weights, and 64 KB of states at least: what a token reads.
        Assert.InRange(keys.GetProperty("gigabytes_per_second").GetDouble() * seconds, 0.01614, 0.0175);
        Assert.InRange(keys.GetProperty("share").GetDouble(), 1e-4, 20);
        Assert.Equal(2, keys.GetProperty("environment").GetProperty("threads").GetInt32());
    }
}
