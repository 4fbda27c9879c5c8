using System.Globalization;
using System.Text;

namespace LLoCO.Evaluation.Reports;

/// <summary>The tables of a report as Markdown.</summary>
internal static class MarkdownReport
{
    /// <summary>Writes the report.</summary>
    /// <param name="content">What it shows.</param>
    public static string Create(ReportContent content)
    {
        var text = new StringBuilder();
        foreach (string metric in content.Table.Metrics.OrderByDescending(name => name == content.Metric))
        {
            text.Append(CultureInfo.InvariantCulture, $"Mean {Plain(metric)} with its 95 % interval (bootstrap):\n\n");
            Table(text, content.Heads(metric), content.Scores(metric, "-"));
            text.Append('\n');
        }

        text.Append("Means per question:\n\n");
        Table(
            text,
            ["data", "mode", "adapter", "questions", "document tokens", "tokens in the decoder", "ratio", "s to first token",
                "s per token"],
            content.Cells().Select(Costs));
        text.Append("\nAnswers with a warning; wrong is a score below one half by the first metric:\n\n");
        Table(text, WarningHeads, content.Cells().Select(Warnings));
        text.Append("\nPaired difference to `").Append(Plain(content.Against)).Append("` in points, with its 95 % interval:\n\n");
        Table(
            text,
            ["data", "mode", "questions", .. content.Table.Metrics],
            content.Differences().Select(difference => (IReadOnlyList<string>)
            [
                Name(difference.Data), difference.Row, difference.Questions.ToString(CultureInfo.InvariantCulture),
                .. content.Table.Metrics.Select(metric => ReportText.Points(difference.Metrics[metric])),
            ]));
        return text.ToString();
    }

    /// <summary>Gets the cells of one row of the table of costs.</summary>
    /// <param name="report">The row.</param>
    public static IReadOnlyList<string> Costs(EvaluationReport report) =>
    [
        Name(report.Data), report.Row, report.Adapter ?? "none",
        report.Questions.ToString(CultureInfo.InvariantCulture),
        report.RawTokens.ToString("F0", CultureInfo.InvariantCulture),
        report.DecoderTokens.ToString("F0", CultureInfo.InvariantCulture),
        report.Ratio.ToString("F1", CultureInfo.InvariantCulture) + "x",
        report.SecondsFirstToken.ToString("F4", CultureInfo.InvariantCulture),
        report.SecondsPerToken.ToString("F4", CultureInfo.InvariantCulture),
    ];

    /// <summary>Gets the heads of the table of warnings.</summary>
    public static IReadOnlyList<string> WarningHeads { get; } =
        ["data", "mode", "answers", "with a warning", "wrong", "wrong without one", "right with one"];

    /// <summary>Gets the cells of one row of the table of warnings.</summary>
    /// <param name="report">The row.</param>
    public static IReadOnlyList<string> Warnings(EvaluationReport report) =>
    [
        Name(report.Data), report.Row,
        .. new[]
        {
            report.Questions, report.Warned, report.Wrong, report.WrongUnwarned,
            report.Warned - (report.Wrong - report.WrongUnwarned),
        }.Select(count => count.ToString(CultureInfo.InvariantCulture)),
    ];

    private static void Table(StringBuilder text, IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        text.Append("| ").AppendJoin(" | ", heads.Select(Plain)).Append(" |\n");
        text.Append('|').Insert(text.Length, "---|", heads.Count).Append('\n');
        foreach (IReadOnlyList<string> row in rows)
        {
            text.Append("| ").AppendJoin(" | ", row.Select(Plain))
                .Append(" |\n");
        }
    }

    // The user chooses the names of data sets and adapters, and Markdown viewers render HTML in them.
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (char character in text)
        {
            _ = character switch
            {
                '&' => plain.Append("&amp;"),
                '<' => plain.Append("&lt;"),
                '>' => plain.Append("&gt;"),
                '|' or '\\' or '`' => plain.Append('\\').Append(character),
                _ when char.IsControl(character) => plain.Append(' '),
                _ => plain.Append(character),
            };
        }

        return plain.ToString();
    }

    private static string Name(string data) => data.Length == 0 ? "all" : data;
}
