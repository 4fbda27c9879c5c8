using System.Text.Json;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>Perplexity of three formats over one text, on a model with random weights.</summary>
public sealed class BenchQualityVerbTests(RandomModel model) : IClassFixture<RandomModel>
{
    [Fact]
    public async Task Run_RandomModel_IsAsUncertainAsItsVocabularyIsLargeInEachFormat()
    {
        ToolRun run = await ToolRun.OfAsync("bench", "quality", "--model", model.Folder, "--tokens", "200", "--json");

        Assert.Equal((0, ""), (run.Code, run.Error));
        JsonElement[] rows = [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(
            ["quality-asstored", "quality-int8", "quality-int4"], rows.Select(row => row.GetProperty("name").GetString()));

        // Weights of deviation 0.02 say almost nothing: 300 pieces, each about as probable as any other.
        Assert.All(rows, row => Assert.InRange(row.GetProperty("perplexity").GetDouble(), 280, 320));
        Assert.Equal(0, rows[0].GetProperty("relative").GetDouble());
        Assert.NotEqual(rows[0].GetProperty("perplexity").GetDouble(), rows[1].GetProperty("perplexity").GetDouble());
    }
}
