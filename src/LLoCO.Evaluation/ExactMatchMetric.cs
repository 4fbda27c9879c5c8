namespace LLoCO.Evaluation;

/// <summary>1 where the prediction equals an accepted answer after SQuAD's normalisation, else 0.</summary>
public sealed class ExactMatchMetric : IAnswerMetric
{
    /// <inheritdoc/>
    public string Name => "em";

    /// <inheritdoc/>
    public double Score(string prediction, IReadOnlyList<string> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        string predicted = AnswerNormalizer.Normalize(prediction);
        return answers.Any(answer => AnswerNormalizer.Normalize(answer) == predicted) ? 1 : 0;
    }
}
