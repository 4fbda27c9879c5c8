using System.Globalization;
using LLoCO.Evaluation;
using LLoCO.Evaluation.Reports;
using Spectre.Console;

namespace LLoCO.Tool.Reports;

/// <summary>The rows of an evaluation as a table for a terminal.</summary>
internal static class EvaluationGrid
{
    /// <summary>Writes the table.</summary>
    /// <param name="reports">The rows, all of one data set.</param>
    /// <param name="output">The terminal, or a writer in its place.</param>
    /// <param name="width">Its columns; <see langword="null"/> for those of the terminal.</param>
    public static void Write(IReadOnlyList<EvaluationReport> reports, TextWriter output, int? width = null)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = width is null ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = width ?? console.Profile.Width;
        console.Write(Create(reports));
    }

    private static Table Create(IReadOnlyList<EvaluationReport> reports)
    {
        string[] metrics = [.. reports.SelectMany(report => report.Metrics.Keys).Distinct()];
        var table = new Table { Border = TableBorder.Simple };
        if (reports[0].Data.Length > 0)
        {
            table.Title = new TableTitle(Markup.Escape(reports[0].Data));
        }

        string[] heads = ["mode", "adapter", "asked", .. metrics, "tokens read", "first token"];
        foreach ((int number, string head) in heads.Index())
        {
            table.AddColumn(new TableColumn(Markup.Escape(head))
            {
                Alignment = number < 2 ? Justify.Left : Justify.Right, Padding = new Padding(0, 0, 1, 0),
            });
        }

        foreach (EvaluationReport report in reports)
        {
            table.AddRow([.. Cells(report, metrics).Select(Markup.Escape)]);
        }

        return table;
    }

    /// <summary>The cells of a row. The interval is below its mean, so that two metrics fit eighty columns.</summary>
    private static string[] Cells(EvaluationReport report, string[] metrics) =>
    [
        report.Row,
        report.Adapter ?? "none",
        report.LeftOut == 0
            ? report.Questions.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{report.Questions}\n{report.LeftOut} too long"),
        .. metrics.Select(metric => report.Metrics.ContainsKey(metric)
            ? ReportText.Score(report, metric).Replace(" [", "\n[", StringComparison.Ordinal)
            : "-"),
        string.Create(
            CultureInfo.InvariantCulture, $"{report.DecoderTokens:F0}\nof {report.RawTokens:F0}"),
        string.Create(CultureInfo.InvariantCulture, $"{report.SecondsFirstToken:F3} s"),
    ];
}
