namespace LLoCO.Evaluation;

/// <summary>Harmonic mean of precision and recall over words, after SQuAD's normalisation; the best over the accepted answers.
/// The metric of NarrativeQA, Qasper and HotpotQA in the paper.</summary>
public sealed class TokenF1Metric : IAnswerMetric
{
    /// <inheritdoc/>
    public string Name => "f1";

    /// <inheritdoc/>
    public double Score(string prediction, IReadOnlyList<string> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        string[] predicted = AnswerNormalizer.Words(prediction);
        return answers.Select(answer => Score(predicted, AnswerNormalizer.Words(answer))).DefaultIfEmpty(0).Max();
    }

    /// <summary>Scores tokens against the tokens of one answer.</summary>
    /// <param name="predicted">Those of the prediction.</param>
    /// <param name="accepted">Those of the answer.</param>
    /// <returns>F1.</returns>
    internal static double Score(string[] predicted, string[] accepted)
    {
        if (predicted.Length == 0 || accepted.Length == 0)
        {
            // Both are empty, which SQuAD 2.0 counts as right.
            return predicted.Length == accepted.Length ? 1 : 0;
        }

        Dictionary<string, int> left = accepted.GroupBy(word => word).ToDictionary(group => group.Key, group => group.Count());
        int common = 0;
        foreach (string word in predicted)
        {
            if (left.GetValueOrDefault(word) > 0)
            {
                left[word]--;
                common++;
            }
        }

        return 2.0 * common / (predicted.Length + accepted.Length);
    }
}
