using Xunit;

namespace LLoCO.Core.Tests.Tool;

public sealed class ScoreVerbTests
{
    private const string Lines = """
        {"prediction": "The Cape!", "answers": ["a cape"]}
        {"prediction": "north cape storm", "answers": ["the storm", "cape storm"]}

        """;

    [Fact]
    public async Task Score_F1_GivesLinesAndMean()
    {
        ToolRun run = await ToolRun.WithInputAsync(Lines, "score", "--metric", "f1", "--json");

        // Second line: 2 common words, 3 predicted, 2 accepted: 2 * 2 / 5.
        Assert.Equal(0, run.Code);
        Assert.Equal([1, 0.8], run.Json.Take(2).Select(line => line.GetProperty("score").GetDouble()));
        Assert.Equal(0.9, run.Json[2].GetProperty("mean").GetDouble(), 12);
        Assert.Equal(2, run.Json[2].GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task Score_ExactMatch_GivesText()
    {
        ToolRun run = await ToolRun.WithInputAsync(Lines, "score", "--metric", "em");

        Assert.Equal("1.0000\n0.0000\nmean 0.5000 over 2\n", run.Output);
    }

    [Theory]
    [InlineData("not json", "Line 1")]
    [InlineData("{\"prediction\": \"x\"}", "answers")]
    [InlineData("", "no line")]
    public async Task Score_BadInput_NamesTheLine(string input, string expected)
    {
        ToolRun run = await ToolRun.WithInputAsync(input, "score", "--metric", "em");

        Assert.Equal(1, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }
}
