namespace LLoCO.Evaluation;

/// <summary>ROUGE-L for Chinese and Japanese: over characters, where <see cref="RougeMetric"/> keeps ASCII words alone; the best over the
/// accepted answers.</summary>
/// <remarks>LongBench cuts words by a dictionary first, so its figures differ.</remarks>
public sealed class CharacterRougeMetric : IAnswerMetric
{
    /// <inheritdoc/>
    public string Name => "rouge_zh";

    /// <inheritdoc/>
    public double Score(string prediction, IReadOnlyList<string> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        string[] predicted = CharacterTokens.Extract(prediction);
        return answers.Select(answer => RougeScores.LongestCommonShare(predicted, CharacterTokens.Extract(answer)))
            .DefaultIfEmpty(0).Max();
    }
}
