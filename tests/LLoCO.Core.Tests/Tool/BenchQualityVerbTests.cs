using System.Text.Json;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>The formats over one text and over the same questions, on a model with random weights.</summary>
public sealed class BenchQualityVerbTests(RandomModel model) : IClassFixture<RandomModel>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Text_RandomModel_IsAsUncertainAsItsVocabularyIsLargeInEachFormat()
    {
        File.WriteAllText(_folder.PathOf("text.txt"), "The captain saw the storm. The mayor saw the market. The captain saw the mayor.");

        JsonElement[] rows = await RunAsync("--text", _folder.PathOf("text.txt"));

        Assert.Equal(
            ["text-float32", "text-bfloat16", "text-int8", "text-int4"], rows.Select(row => row.GetProperty("name").GetString()));

        // Weights of deviation 0.02 say almost nothing: 300 pieces, each about as probable as any other.
        Assert.All(rows, row => Assert.InRange(row.GetProperty("perplexity").GetDouble(), 280, 320));
        Assert.Equal(0, rows[0].GetProperty("perplexity_relative").GetDouble());
        Assert.NotEqual(rows[0].GetProperty("perplexity").GetDouble(), rows[2].GetProperty("perplexity").GetDouble());
    }

    [Fact]
    public async Task Answers_RandomModel_DependOnTheFormatFromTheFirstTokenOn()
    {
        JsonElement[] rows = await RunAsync("--documents", "1", "--document-tokens", "200", "--formats", "float32", "int8", "int4");

        Assert.Equal(
            ["answers-float32", "answers-int8", "answers-int4"], rows.Select(row => row.GetProperty("name").GetString()));
        double[] perplexities = [.. rows.Select(row => row.GetProperty("perplexity").GetDouble())];
        Assert.All(perplexities, perplexity => Assert.InRange(perplexity, 280, 320));

        // Were the question read with the stored weights, the first token of every answer would lose the same in each.
        Assert.Equal(3, perplexities.Distinct().Count());
        Assert.Equal(
            perplexities[2] / perplexities[0] - 1, rows[2].GetProperty("perplexity_relative").GetDouble(), 1e-9);
        Assert.All(rows, row =>
        {
            Assert.Equal(6, row.GetProperty("questions").GetInt32());
            Assert.Equal(2, row.GetProperty("perplexity_interval").GetArrayLength());
            Assert.InRange(row.GetProperty("accuracy").GetDouble(), 0, 1);
        });
    }

    private async Task<JsonElement[]> RunAsync(params string[] args)
    {
        ToolRun run = await ToolRun.OfAsync(["bench", "quality", "--model", model.Folder, "--json", .. args]);

        Assert.Equal((0, ""), (run.Code, run.Error));
        return [.. run.Json];
    }
}
