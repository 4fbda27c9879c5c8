using System.Text.Json;
using LLoCO.Core.Tests.Index;
using LLoCO.Tool.Verbs.Train;

namespace LLoCO.Core.Tests.Tool;

/// <summary>The short measurements run and say what scripts read; what they measure is not a matter of tests. They set the
/// number of libtorch's threads and weigh the process, which others would do, or see, meanwhile.</summary>
[Collection(nameof(TrainingThreadsTests))]
public sealed class BenchVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TrainingThreads _threads = new(null);

    public void Dispose()
    {
        _threads.Dispose();
        _folder.Dispose();
    }

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

    [Fact]
    public async Task Memory_SmallShape_IsMadeReadAndTrained()
    {
        ToolRun run = await ToolRun.OfAsync(
            "bench", "memory", "--shape", "15M", "--tokens", "64", "--ratio", "8", "--repeats", "1", "--learn-steps", "1", "--threads", "1",
            "--precision", "Float32", "--json");

        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(["memory-15M", "memory-read-15M", "memory-learn-15M"], run.Json.Select(row => row.GetProperty("name").GetString()));
        Assert.All(run.Json, row => Assert.Equal(8, row.GetProperty("slots").GetInt32()));
        Assert.All(
            ["seconds_prefill", "seconds", "cpu_ratio", "peak_ratio"], key => Assert.True(run.Json[0].GetProperty(key).GetDouble() > 0, key));
        Assert.Equal(2 * 2 * 6 * 288 * 64, run.Json[1].GetProperty("bytes_full").GetInt64());
    }

    [Fact]
    public async Task Batch_SmallShape_AnswersAllTogetherAndOneAfterTheOther()
    {
        ToolRun run = await ToolRun.OfAsync(
            "bench", "batch", "--shape", "15M", "--callers", "1", "3", "--answers", "3", "--tokens", "32", "--repeats", "1", "--json",
            "--threads", "3");

        Assert.Equal(0, run.Code);
        Assert.All(run.Json, row => Assert.Equal(3, row.GetProperty("libtorch_threads").GetInt32()));
        Assert.Contains("3 threads", run.Error, StringComparison.Ordinal);
        Assert.Equal(["batch-1", "batch-3"], run.Json.Select(row => row.GetProperty("name").GetString()));
        Assert.All(run.Json, row => Assert.Equal(
            96, row.GetProperty("tokens_per_second").GetDouble() * row.GetProperty("seconds").GetDouble(), 1e-6));
        Assert.Equal(1, run.Json[0].GetProperty("rows_per_step").GetDouble());
        Assert.True(run.Json[1].GetProperty("rows_per_step").GetDouble() > 1);
    }

    [Fact]
    public async Task Finetune_Threads_AreThoseOfTheThreadThatComputes()
    {
        ToolRun run = await ToolRun.OfAsync(
            "bench", "finetune", "--shape", "15M", "--tokens", "64", "--steps", "1", "--threads", "3", "--json");

        Assert.Equal(0, run.Code);
        JsonElement row = Assert.Single(run.Json);
        Assert.Equal(3, row.GetProperty("libtorch_threads").GetInt32());
        Assert.Equal(3, row.GetProperty("environment").GetProperty("threads").GetInt32());
    }

    [Fact]
    public async Task Speedup_SmallShape_MeasuresFirstQuestionsColdPreparedAndLater()
    {
        ToolRun run = await ToolRun.OfAsync("bench", "speedup", "--shape", "15M", "--rows", "ttft-4k", "--repeats", "1", "--json");

        JsonElement row = Assert.Single(run.Json);
        Assert.Equal((0, "ttft-4k", 150), (run.Code, row.GetProperty("name").GetString(), row.GetProperty("vectors").GetInt32()));
        double full = row.GetProperty("full_seconds").GetDouble();
        Assert.All(
            [("lloco_seconds", "ratio"), ("first_question_seconds", "first_question_ratio"), ("prepared_first_seconds", "prepared_first_ratio")],
            ((string Seconds, string Ratio) pair) =>
                Assert.Equal(full / row.GetProperty(pair.Seconds).GetDouble(), row.GetProperty(pair.Ratio).GetDouble(), 1e-9));
    }
}
