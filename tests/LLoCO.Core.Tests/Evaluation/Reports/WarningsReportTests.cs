using System.Text.RegularExpressions;
using LLoCO.Core.Tests.Index;
using LLoCO.Evaluation;
using LLoCO.Evaluation.Reports;

namespace LLoCO.Core.Tests.Evaluation.Reports;

/// <summary>Both reports count the answers that came with a warning, and the wrong ones that came without.</summary>
public sealed class WarningsReportTests
{
    private const string Warning = "no adapter reads documents of this kind";

    private static readonly EvaluatedQuestion[] Questions =
    [
        Question("lloco", 1, score: 1, warning: null),
        Question("lloco", 2, score: 1, Warning),
        Question("lloco", 3, score: 0, Warning),
        Question("lloco", 4, score: 0, Warning),
        Question("lloco", 5, score: 0, warning: null),
        Question("lloco", 6, score: 0.5, warning: null),
        Question("truncate", 1, score: 0.49, warning: null),
    ];

    [Theory]
    [InlineData("index.html")]
    [InlineData("report.md")]
    public void Write_AnswersInDoubt_AreCountedByRow(string file)
    {
        using var folder = new TemporaryFolder();
        new EvaluationReportFiles(new EvaluationTable(Questions), 1024).Write(Path.GetDirectoryName(folder.PathOf("x"))!);

        string text = File.ReadAllText(folder.PathOf(file));
        string[][] rows = [.. Regex.Matches(text, file.EndsWith("md", StringComparison.Ordinal)
                ? @"^\|(?<row>[^\n]*)\|$" : "<tr>(?<row>.*?)</tr>", RegexOptions.Multiline | RegexOptions.Singleline)
            .Select(match => Regex.Matches(match.Groups["row"].Value, @"(?<=^|\||<t[dh][^>]*>)\s*(?<cell>[^|<>]*?)\s*(?=\||</t[dh]>|$)")
                .Select(cell => cell.Groups["cell"].Value).ToArray())];

        // Answers, with a warning, wrong, wrong without one, right with one.
        Assert.Contains(rows, row => row.SequenceEqual(["notes", "lloco", "6", "3", "3", "1", "1"]));
        Assert.Contains(rows, row => row.SequenceEqual(["notes", "truncate", "1", "0", "1", "1", "0"]));
    }

    private static EvaluatedQuestion Question(string row, int id, double score, string? warning) => new()
    {
        Data = "notes",
        Row = row,
        Mode = row == "lloco" ? EvaluationMode.Lloco : EvaluationMode.Truncate,
        Id = $"q{id}",
        Group = "g",
        Document = "d",
        Digest = "d",
        Question = "Who?",
        Answers = ["Ann"],
        Prediction = score > 0.5 ? "Ann" : "John",
        Warning = warning,
        Scores = new Dictionary<string, double> { ["em"] = score },
    };
}
