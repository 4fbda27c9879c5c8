using System.Globalization;

namespace LLoCO.Evaluation.Reports;

/// <summary>Figures of an evaluation as JSON objects for scripts and as lines for people.</summary>
public static class ReportText
{
    /// <summary>Makes the object of a row.</summary>
    /// <param name="report">The row.</param>
    /// <returns>An object to write as JSON; its properties are named as scripts read them.</returns>
    public static object ToJson(EvaluationReport report) => new
    {
        data = report.Data,
        row = report.Row,
        mode = report.Mode,
        adapter = report.Adapter,
        questions = report.Questions,
        left_out = report.LeftOut,
        warned = report.Warned,
        wrong = report.Wrong,
        wrong_unwarned = report.WrongUnwarned,
        right_warned = report.Warned - (report.Wrong - report.WrongUnwarned),
        metrics = report.Metrics,
        interval = report.Intervals.ToDictionary(entry => entry.Key, entry => Ends(entry.Value)),
        decoder_tokens = report.DecoderTokens,
        raw_tokens = report.RawTokens,
        ratio = report.Ratio,
        seconds_first_token = report.SecondsFirstToken,
        seconds_per_token = report.SecondsPerToken,
    };

    /// <summary>Makes the object of a difference.</summary>
    /// <param name="difference">The difference.</param>
    /// <returns>An object to write as JSON.</returns>
    public static object ToJson(EvaluationDifference difference) => new
    {
        data = difference.Data,
        difference = difference.Row,
        against = difference.Against,
        questions = difference.Questions,
        metrics = difference.Metrics.ToDictionary(entry => entry.Key, entry => entry.Value.Mean),
        interval = difference.Metrics.ToDictionary(entry => entry.Key, entry => Ends(entry.Value.Interval)),
    };

    /// <summary>Writes a row for a person.</summary>
    /// <param name="report">The row.</param>
    /// <returns>One line.</returns>
    public static string Describe(EvaluationReport report)
    {
        string metrics = string.Join(", ", report.Metrics.Select(metric => $"{metric.Key} {Score(report, metric.Key)}"));
        string leftOut = report.LeftOut == 0 ? string.Empty : $", {report.LeftOut} left out (too long)";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{DescribeData(report.Data)}{report.Row,-10} adapter {report.Adapter ?? "none"}, {report.Questions} questions{leftOut}: "
            + $"{metrics}; {report.DecoderTokens:F0} tokens in the decoder for {report.RawTokens:F0} of text "
            + $"({report.Ratio:F1}x); {Warnings(report)}; first token {report.SecondsFirstToken:F3} s, then {report.SecondsPerToken:F4} s each");
    }

    /// <summary>Writes a difference for a person.</summary>
    /// <param name="difference">The difference.</param>
    /// <returns>One line.</returns>
    public static string Describe(EvaluationDifference difference) =>
        $"{DescribeData(difference.Data)}{difference.Row} - {difference.Against}: "
        + string.Join(", ", difference.Metrics.Select(entry => $"{entry.Key} {Points(entry.Value)}"));

    /// <summary>Writes a score with its interval: <c>87.5 % [80.0 %, 94.2 %]</c>.</summary>
    /// <param name="report">The row.</param>
    /// <param name="metric">Key of the metric; one of the row's.</param>
    /// <returns>The text.</returns>
    public static string Score(EvaluationReport report, string metric) => string.Create(
        CultureInfo.InvariantCulture,
        $"{100 * report.Metrics[metric]:F1} % "
        + $"[{100 * report.Intervals[metric].Low:F1}, {100 * report.Intervals[metric].High:F1}]");

    /// <summary>Writes a difference with its interval, in points of a hundred.</summary>
    /// <param name="difference">The difference.</param>
    /// <returns>One line.</returns>
    public static string Points(PairedDifference difference) => string.Create(
        CultureInfo.InvariantCulture,
        $"{100 * difference.Mean:+0.0;-0.0;0.0} [{100 * difference.Interval.Low:+0.0;-0.0;0.0}, "
        + $"{100 * difference.Interval.High:+0.0;-0.0;0.0}]");

    private static double[] Ends(BootstrapInterval interval) => [interval.Low, interval.High];

    /// <summary>Writes how many answers came with a warning, and which.</summary>
    /// <param name="report">The row.</param>
    public static string Warnings(EvaluationReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"{report.Warned} with a warning ({report.WrongUnwarned} of {report.Wrong} wrong ones without, {
            report.Warned - (report.Wrong - report.WrongUnwarned)} of {report.Questions - report.Wrong} right ones with)");

    private static string DescribeData(string data) => data.Length == 0 ? string.Empty : data + ": ";
}
