using System.Globalization;

namespace LLoCO.Evaluation.Reports;

/// <summary>The charts of a report.</summary>
internal static class ReportCharts
{
    /// <summary>Draws the score against the length of the document.</summary>
    /// <param name="content">What the report shows.</param>
    public static SvgChart ByLength(ReportContent content) => new(
        $"{content.Metric} against document length",
        ("tokens of the document", Tokens(content, point => point.RawTokens)),
        (content.Metric, ChartAxis.Percent()),
        Series(content, point => point.RawTokens, ScorePoint))
    {
        Mark = (content.NativeWindow, "native window"),
    };

    /// <summary>Draws the score against the tokens that it takes.</summary>
    /// <param name="content">What the report shows.</param>
    public static SvgChart ByDecoderTokens(ReportContent content) => new(
        $"{content.Metric} against tokens in the decoder",
        ("tokens in the decoder per question", Tokens(content, point => point.DecoderTokens)),
        (content.Metric, ChartAxis.Percent()),
        Series(content, point => point.DecoderTokens, ScorePoint))
    {
        Joined = false,
        Mark = (content.NativeWindow, "native window"),
    };

    /// <summary>Draws the time to the first token against the length of the document.</summary>
    /// <param name="content">What the report shows.</param>
    public static SvgChart FirstToken(ReportContent content) => new(
        "Time to the first token against document length",
        ("tokens of the document", Tokens(content, point => point.RawTokens)),
        ("seconds to the first token", ChartAxis.Logarithmic(
            Points(content).Select(point => point.SecondsFirstToken),
            value => value.ToString("0.#####", CultureInfo.InvariantCulture))),
        Series(content, point => point.RawTokens, TimePoint))
    {
        Mark = (content.NativeWindow, "native window"),
    };

    private static IEnumerable<EvaluationReport> Points(ReportContent content) =>
        content.Table.Rows.SelectMany(content.Table.ByLength);

    private static ChartAxis Tokens(ReportContent content, Func<EvaluationReport, double> place) => ChartAxis.Logarithmic(
        Points(content).Select(place), value => value.ToString("#,0.##", CultureInfo.InvariantCulture));

    private static IReadOnlyList<ChartSeries> Series(
        ReportContent content, Func<EvaluationReport, double> place,
        Func<ReportContent, EvaluationReport, double, ChartPoint> point) =>
    [
        .. content.Table.Rows.Select(row => new ChartSeries(
            row, [.. content.Table.ByLength(row).Select(report => point(content, report, place(report)))])),
    ];

    private static ChartPoint ScorePoint(ReportContent content, EvaluationReport report, double x)
    {
        BootstrapInterval interval = report.Intervals[content.Metric];
        return new ChartPoint(
            x, report.Metrics[content.Metric], interval.Low, interval.High, string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Row}: {ReportText.Score(report, content.Metric)}, {report.RawTokens:F0} tokens of text, "
                + $"{report.DecoderTokens:F0} in the decoder, {report.Questions} questions"));
    }

    private static ChartPoint TimePoint(ReportContent content, EvaluationReport report, double x) => new(
        x, report.SecondsFirstToken, report.SecondsFirstToken, report.SecondsFirstToken, string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Row}: {report.SecondsFirstToken:F4} s for {report.RawTokens:F0} tokens of text, "
            + $"{report.Questions} questions"));
}
