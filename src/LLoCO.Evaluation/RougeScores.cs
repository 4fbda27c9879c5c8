namespace LLoCO.Evaluation;

/// <summary>ROUGE F-measures of a prediction (Lin 2004), each from 0 to 1.</summary>
/// <param name="Rouge1">Over words.</param>
/// <param name="Rouge2">Over pairs of neighbouring words.</param>
/// <param name="RougeL">Over the longest common subsequence, line breaks ignored.</param>
public readonly record struct RougeScores(double Rouge1, double Rouge2, double RougeL)
{
    /// <summary>Gets the cube root of the product: the one figure by which SCROLLS ranks summaries.</summary>
    public double GeometricMean => Math.Cbrt(Rouge1 * Rouge2 * RougeL);

    /// <summary>Scores a prediction. Each measure is the best over the references, as in SCROLLS.</summary>
    /// <param name="prediction">What the model answered.</param>
    /// <param name="answers">The references; without one all measures are 0.</param>
    /// <param name="stem">Whether words are stemmed first, <c>rouge_score</c>'s <c>use_stemmer</c>. Default true. The metric file
    /// of SCROLLS uses false.</param>
    /// <returns>The measures.</returns>
    public static RougeScores Compute(string prediction, IReadOnlyList<string> answers, bool stem = true)
    {
        ArgumentNullException.ThrowIfNull(answers);
        string[] predicted = RougeTokens.Extract(prediction, stem);
        var best = default(RougeScores);
        foreach (string answer in answers)
        {
            string[] accepted = RougeTokens.Extract(answer, stem);
            best = new RougeScores(
                Math.Max(best.Rouge1, NGrams(predicted, accepted, 1)),
                Math.Max(best.Rouge2, NGrams(predicted, accepted, 2)),
                Math.Max(best.RougeL, LongestCommonShare(predicted, accepted)));
        }

        return best;
    }

    /// <summary>Averages measures over questions. The geometric mean of the result is SCROLLS' figure for a data set: taken of
    /// the three means, not averaged over questions.</summary>
    /// <param name="scores">One per question; at least one.</param>
    /// <returns>The means.</returns>
    public static RougeScores Mean(IReadOnlyList<RougeScores> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentOutOfRangeException.ThrowIfZero(scores.Count, nameof(scores));
        return new RougeScores(
            scores.Average(score => score.Rouge1), scores.Average(score => score.Rouge2), scores.Average(score => score.RougeL));
    }

    /// <summary>Computes ROUGE-L over tokens that were cut elsewhere.</summary>
    /// <param name="predicted">Those of the prediction.</param>
    /// <param name="accepted">Those of the reference.</param>
    /// <returns>The F-measure.</returns>
    internal static double LongestCommonShare(string[] predicted, string[] accepted) =>
        FMeasure(LongestCommon(predicted, accepted), predicted.Length, accepted.Length);

    private static double NGrams(string[] predicted, string[] accepted, int length)
    {
        Dictionary<string, int> left = Count(accepted, length);
        int common = 0;
        foreach ((string gram, int times) in Count(predicted, length))
        {
            common += Math.Min(times, left.GetValueOrDefault(gram));
        }

        return FMeasure(common, predicted.Length - length + 1, accepted.Length - length + 1);
    }

    private static Dictionary<string, int> Count(string[] tokens, int length)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i + length <= tokens.Length; i++)
        {
            // Tokens contain only letters and digits, so joining them by spaces is unambiguous.
            string gram = length == 1 ? tokens[i] : string.Join(' ', tokens, i, length);
            counts[gram] = counts.GetValueOrDefault(gram) + 1;
        }

        return counts;
    }

    private static double FMeasure(int common, int predicted, int accepted)
    {
        if (common == 0)
        {
            return 0;
        }

        double precision = (double)common / predicted;
        double recall = (double)common / accepted;
        return 2 * precision * recall / (precision + recall);
    }

    private static int LongestCommon(string[] predicted, string[] accepted)
    {
        int[] row = new int[accepted.Length + 1];
        foreach (string token in predicted)
        {
            int diagonal = 0;
            for (int j = 1; j <= accepted.Length; j++)
            {
                int above = row[j];
                row[j] = token == accepted[j - 1] ? diagonal + 1 : Math.Max(above, row[j - 1]);
                diagonal = above;
            }
        }

        return row[^1];
    }
}
