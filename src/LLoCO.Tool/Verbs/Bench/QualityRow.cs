using System.Globalization;
using LLoCO.Evaluation;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>The quality loss of a number format, over the same questions as the first format.</summary>
/// <param name="Name">The row.</param>
/// <param name="Questions">Questions.</param>
/// <param name="Perplexity">e to the mean loss of the reference answers' tokens.</param>
/// <param name="PerplexityRelative">By how much it is above that of the first format, as a fraction.</param>
/// <param name="PerplexityInterval">Where that lies with 95 % confidence, questions resampled in pairs.</param>
/// <param name="Accuracy">Fraction of questions whose reference answer greedy decoding would write.</param>
/// <param name="AccuracyInterval">Its 95 % interval.</param>
/// <param name="AccuracyDifference">Above the first format's accuracy.</param>
/// <param name="DifferenceInterval">Where that lies with 95 % confidence, questions resampled in pairs.</param>
internal sealed record QualityRow(
    string Name, int Questions, double Perplexity, double PerplexityRelative, double[] PerplexityInterval, double Accuracy,
    double[] AccuracyInterval, double AccuracyDifference, double[] DifferenceInterval)
{
    /// <summary>Gets the accuracy that is lost or won, as a fraction of the first format's.</summary>
    public double AccuracyRelative => AccuracyDifference / (Accuracy - AccuracyDifference);

    /// <summary>Compares the answers of a number format with those of the first one.</summary>
    /// <param name="name">The row's name.</param>
    /// <param name="scores">One per question.</param>
    /// <param name="first">Those of the first format, in the same order.</param>
    public static QualityRow Create(string name, IReadOnlyList<AnswerScore> scores, IReadOnlyList<AnswerScore> first)
    {
        double tokens = scores.Average(score => (double)score.Tokens);
        double[] exact = [.. scores.Select(score => score.Exact ? 1.0 : 0)];
        double[] before = [.. first.Select(score => score.Exact ? 1.0 : 0)];
        var loss = PairedDifference.Create([.. scores.Select(score => score.Loss)], [.. first.Select(score => score.Loss)]);
        var difference = PairedDifference.Create(exact, before);
        double Relative(double sum) => Math.Exp(sum / tokens) - 1;
        return new QualityRow(
            name,
            scores.Count,
            Math.Exp(scores.Average(score => score.Loss) / tokens),
            Relative(loss.Mean),
            [Relative(loss.Interval.Low), Relative(loss.Interval.High)],
            exact.Average(),
            Ends(BootstrapInterval.OfMean(exact)),
            difference.Mean,
            Ends(difference.Interval));
    }

    /// <summary>Describes the row for a person.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name,-16} perplexity {Perplexity:F4}, {PerplexityRelative:+0.00 %;-0.00 %;0 %} [{PerplexityInterval[0]:+0.00 %;-0.00 %;0 %} to {
            PerplexityInterval[1]:+0.00 %;-0.00 %;0 %}]   exact {Accuracy:P1} [{AccuracyInterval[0]:P1} to {
            AccuracyInterval[1]:P1}], {AccuracyRelative:+0.00 %;-0.00 %;0 %} ({100 * AccuracyDifference:+0.0;-0.0;0} points [{
            100 * DifferenceInterval[0]:+0.0;-0.0;0} to {100 * DifferenceInterval[1]:+0.0;-0.0;0}])");

    private static double[] Ends(BootstrapInterval interval) => [interval.Low, interval.High];
}
