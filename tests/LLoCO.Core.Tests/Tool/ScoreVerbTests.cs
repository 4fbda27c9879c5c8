using Xunit;

namespace LLoCO.Core.Tests.Tool;

public sealed class ScoreVerbTests
{
    private static readonly Func<double, double, bool> Close = (one, other) => Math.Abs(one - other) < 1e-12;

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

    [Fact]
    public async Task Score_Rouge_GivesAllMeasuresPerLineAndTheirMeans()
    {
        const string Input = """
            {"prediction": "testing one", "answers": ["testing one two"]}
            {"prediction": "ships sail", "answers": ["a ship sails home", "nothing"]}
            """;
        ToolRun run = await ToolRun.WithInputAsync(Input, "score", "--metric", "rouge", "--json");

        // Line 1, rouge_score's own test: 4/5, 2/3, 4/5. Line 2: 2 stems of 2 and 4: 2/3; 1 pair of 1 and 3: 1/2; 2/3.
        double[][] expected = [[0.8, 2.0 / 3, 0.8], [2.0 / 3, 0.5, 2.0 / 3]];
        string[] keys = ["rouge1", "rouge2", "rougeL"];
        for (int line = 0; line < 2; line++)
        {
            Assert.Equal(expected[line], keys.Select(key => run.Json[line].GetProperty(key).GetDouble()), Close);
            double mean = Math.Cbrt(expected[line].Aggregate(1.0, (product, factor) => product * factor));
            Assert.Equal(mean, run.Json[line].GetProperty("geometric_mean").GetDouble(), 12);
            Assert.Equal(mean, run.Json[line].GetProperty("score").GetDouble(), 12);
        }

        double[] means = [2.2 / 3, 3.5 / 6, 2.2 / 3];
        Assert.Equal(means, keys.Select(key => run.Json[2].GetProperty(key).GetDouble()), Close);
        Assert.Equal(Math.Cbrt(means[0] * means[1] * means[2]), run.Json[2].GetProperty("geometric_mean").GetDouble(), 12);
        Assert.Equal(
            (run.Json[0].GetProperty("score").GetDouble() + run.Json[1].GetProperty("score").GetDouble()) / 2,
            run.Json[2].GetProperty("mean").GetDouble(), 12);
    }

    [Fact]
    public async Task Score_RougeWithoutStemming_ComparesWordsAsTheyAre()
    {
        const string Input = "{\"prediction\": \"ships sail\", \"answers\": [\"a ship sails home\"]}";

        ToolRun run = await ToolRun.WithInputAsync(Input, "score", "--metric", "rouge", "--no-stem", "--json");

        Assert.Equal(0, run.Json[0].GetProperty("rouge1").GetDouble());
        Assert.Equal(2, (await ToolRun.WithInputAsync(Input, "score", "--metric", "em", "--no-stem")).Code);
    }

    [Fact]
    public async Task Score_ChoiceAndCut_JudgeTheBeginning()
    {
        ToolRun choice = await ToolRun.WithInputAsync(
            "{\"prediction\": \"C. the harbour\", \"answers\": [\"C\"]}", "score", "--metric", "choice");
        ToolRun cut = await ToolRun.WithInputAsync(
            "{\"prediction\": \"Oslo. Yes\", \"answers\": [\"Oslo\"]}", "score", "--metric", "em", "--cut-at-full-stop");

        Assert.StartsWith("1.0000\n", choice.Output, StringComparison.Ordinal);
        Assert.StartsWith("1.0000\n", cut.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("f1", "0.0000")]
    [InlineData("rouge", "rouge1 0.0000")]
    [InlineData("f1_zh", "0.5714")]
    [InlineData("rouge_zh", "0.5714")]
    public async Task Score_Chinese_SaysWhatComparesWords(string metric, string first)
    {
        ToolRun run = await ToolRun.WithInputAsync(
            "{\"prediction\": \"船长是林海\", \"answers\": \"林海\"}\n{\"prediction\": \"林海\", \"answers\": [\"林海\"]}\n",
            "score", "--metric", metric);

        Assert.StartsWith(first, run.Output, StringComparison.Ordinal);
        Assert.Equal(
            metric is "f1" or "rouge", run.Error.Contains("f1_zh and rouge_zh compare characters", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("not json", "Line 1")]
    [InlineData("{\"prediction\": [], \"answers\": [\"x\"]}", "'prediction' is of another kind")]
    [InlineData("{\"prediction\": \"\\ud800\", \"answers\": [\"x\"]}", "half a surrogate pair")]
    [InlineData("{\"prediction\": \"x\"}", "answers")]
    [InlineData("", "no line")]
    public async Task Score_BadInput_NamesTheLine(string input, string expected)
    {
        ToolRun run = await ToolRun.WithInputAsync(input, "score", "--metric", "em");

        Assert.Equal(1, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }
}
