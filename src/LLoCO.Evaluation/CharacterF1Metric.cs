namespace LLoCO.Evaluation;

/// <summary>F1 for Chinese and Japanese: over characters, where <see cref="TokenF1Metric"/> compares words between spaces; the best over
/// the accepted answers.</summary>
/// <remarks>Comparable with MLQA's and CMRC's F1 for Chinese, not with LongBench's, which cuts words by a dictionary.</remarks>
public sealed class CharacterF1Metric : IAnswerMetric
{
    /// <inheritdoc/>
    public string Name => "f1_zh";

    /// <inheritdoc/>
    public double Score(string prediction, IReadOnlyList<string> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        string[] predicted = CharacterTokens.Extract(prediction);
        return answers.Select(answer => TokenF1Metric.Score(predicted, CharacterTokens.Extract(answer))).DefaultIfEmpty(0).Max();
    }
}
