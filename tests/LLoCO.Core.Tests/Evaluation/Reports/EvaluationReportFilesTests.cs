using System.Text.Json;
using LLoCO.Core.Tests.Index;
using LLoCO.Evaluation;
using LLoCO.Evaluation.Reports;
using Xunit;

namespace LLoCO.Core.Tests.Evaluation.Reports;

/// <summary>One data set without a name, two metrics, two rows of two questions; all figures are worked out by hand.</summary>
public sealed class EvaluationReportFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public EvaluationReportFilesTests() => new EvaluationReportFiles(
        new EvaluationTable([One("none", "a", 0, 0.2), One("none", "b", 0, 0.4), One("lloco", "a", 1, 1), One("lloco", "b", 0, 0.8)]),
        nativeWindow: 1024)
    {
        Settings = new Dictionary<string, string> { ["model"] = "a <b> & c" },
    }.Write(_folder.PathOf("."));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Markdown_EachMetricsTable_IsHeadedByThatMetric()
    {
        string[] parts = File.ReadAllText(_folder.PathOf("report.md")).Split("Mean ");

        Assert.StartsWith("em with its 95 % interval", parts[1]);
        Assert.Contains("| mode | em |", parts[1], StringComparison.Ordinal);
        Assert.Contains("| lloco | 50.0 %", parts[1], StringComparison.Ordinal);
        Assert.StartsWith("f1 with its 95 % interval", parts[2]);
        Assert.Contains("| mode | f1 |", parts[2], StringComparison.Ordinal);
        Assert.Contains("| lloco | 90.0 %", parts[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Page_EachMetricsTable_IsHeadedByThatMetric()
    {
        string[] parts = File.ReadAllText(_folder.PathOf("index.html")).Split("<h2>");

        Assert.StartsWith("em</h2>", parts[1]);
        Assert.Contains("<th>mode</th><th>em</th>", parts[1], StringComparison.Ordinal);
        Assert.StartsWith("f1</h2>", parts[2]);
        Assert.Contains("<th>mode</th><th>f1</th>", parts[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Page_HasADarkStyleAndEscapesItsTexts()
    {
        string page = File.ReadAllText(_folder.PathOf("index.html"));

        Assert.Contains("prefers-color-scheme: dark", page, StringComparison.Ordinal);
        Assert.Contains("a &lt;b&gt; &amp; c", page, StringComparison.Ordinal);
        Assert.DoesNotContain("a <b>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_HoldsMeansAndDifferences()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(_folder.PathOf("report.json")));

        JsonElement lloco = json.RootElement.GetProperty("rows").EnumerateArray()
            .Single(row => row.GetProperty("row").GetString() == "lloco");
        JsonElement difference = Assert.Single(json.RootElement.GetProperty("differences").EnumerateArray().ToArray());
        Assert.Equal(0.9, lloco.GetProperty("metrics").GetProperty("f1").GetDouble(), 1e-12);
        Assert.Equal(("none", "lloco"), (
            difference.GetProperty("difference").GetString(), difference.GetProperty("against").GetString()));
        Assert.Equal(-0.6, difference.GetProperty("metrics").GetProperty("f1").GetDouble(), 1e-12);
    }

    private static EvaluatedQuestion One(string row, string id, double em, double f1) => new()
    {
        Data = string.Empty,
        Row = row,
        Mode = Enum.Parse<EvaluationMode>(row, ignoreCase: true),
        Id = id,
        Group = "ship",
        Document = "log",
        Digest = id,
        Question = "What?",
        Answers = ["x"],
        Scores = new Dictionary<string, double> { ["em"] = em, ["f1"] = f1 },
        Tokens = new AnswerTokens(1000, 0, 10, 2),
    };
}
