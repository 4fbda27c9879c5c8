using LLoCO.Core.Tests.Index;
using LLoCO.Evaluation;
using LLoCO.Evaluation.Reports;
using Xunit;

namespace LLoCO.Core.Tests.Evaluation;

public sealed class MarkdownReportTests
{
    private const string Html = "<img src=x onerror=alert(1)>|`a`";

    [Fact]
    public void Write_NamesAndAnswersWithHtml_LeaveNoneInTheMarkdown()
    {
        using var folder = new TemporaryFolder();
        string path = Path.GetDirectoryName(folder.PathOf("x"))!;
        EvaluatedQuestion[] questions =
        [
            .. new[] { "lloco", Html }.Select(row => new EvaluatedQuestion
            {
                Data = Html,
                Row = row,
                Mode = EvaluationMode.None,
                Id = Html,
                Group = Html,
                Document = Html,
                Digest = "d",
                Question = Html,
                Answers = [Html],
                Prediction = Html,
                Adapter = Html,
                Scores = new Dictionary<string, double> { ["em"] = 1 },
            }),
        ];

        new EvaluationReportFiles(new EvaluationTable(questions), 1024) { Against = Html }.Write(path);

        string text = File.ReadAllText(folder.PathOf("report.md"));
        Assert.DoesNotContain("<", text, StringComparison.Ordinal);
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;\\|\\`a\\`", text, StringComparison.Ordinal);
    }
}
