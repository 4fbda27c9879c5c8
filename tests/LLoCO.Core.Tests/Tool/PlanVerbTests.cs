using System.Text.Json;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

public sealed class PlanVerbTests(RandomModel model) : IClassFixture<RandomModel>
{
    [Fact]
    public async Task Plan_GivenFigures_CountsTheDocumentOfThePaper()
    {
        ToolRun run = await ToolRun.OfAsync(
            "plan", "--shape", "7B", "--tokens", "122880", "--gflops", "100000", "--gbytes", "1000", "--pairs", "1000", "--json");

        Assert.Equal((0, string.Empty), (run.Code, run.Error));
        JsonElement plan = Assert.Single(run.Json);
        Assert.Equal((4000, 80), (plan.GetProperty("summary").GetInt32(), plan.GetProperty("segments").GetInt32()));
        JsonElement[] roads = [.. plan.GetProperty("roads").EnumerateArray()];
        Assert.Equal(["full", "full_kept", "retrieve", "lloco"], roads.Select(road => road.GetProperty("name").GetString()));

        // 96 positions of question and answer beside the context, half a MiB each.
        Assert.Equal(61_488, roads[0].GetProperty("cache_mib").GetDouble());
        Assert.Equal(2_048, roads[3].GetProperty("cache_mib").GetDouble());
        Assert.True(plan.GetProperty("questions_to_pay").GetProperty("full").GetDouble() >= 1);
        Assert.True(plan.GetProperty("seconds_training").GetDouble() > 0);
    }

    [Fact]
    public async Task Plan_Check_MeasuresWhatItPredicts()
    {
        ToolRun run = await ToolRun.OfAsync("plan", "--check", "--model", model.Folder, "--threads", "1", "--json");

        // How close they are is for a quiet machine; here, that every figure of the plan is measured.
        Assert.Equal(
            ["compression", "full, first token", "full, each token", "lloco, prefix", "lloco, first token", "lloco, each token"],
            run.Json.Select(row => row.GetProperty("name").GetString()));
        Assert.All(run.Json, row =>
        {
            Assert.True(row.GetProperty("predicted").GetDouble() > 0);
            Assert.True(row.GetProperty("measured").GetDouble() > 0);
            Assert.Equal(Math.Abs(row.GetProperty("off").GetDouble()) <= 0.25, row.GetProperty("ok").GetBoolean());
        });
        Assert.Equal(run.Json.All(row => row.GetProperty("ok").GetBoolean()) ? 0 : 1, run.Code);
    }

    [Theory]
    [InlineData("--tokens", "--gflops", "1", "--gbytes", "1")]
    [InlineData("--gflops", "--tokens", "100", "--gflops", "1")]
    public async Task Plan_OptionsThatDoNotGoTogether_AreWrongUsage(string named, params string[] args)
    {
        ToolRun run = await ToolRun.OfAsync(["plan", "--shape", "15M", .. args]);

        Assert.Equal(2, run.Code);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
    }
}
