namespace LLoCO.Evaluation;

/// <summary>1 where the prediction begins with the letter of an accepted choice ("B. Paris", "B"), else 0. The metric of QuALITY
/// in the original (<c>eval/quality_evaluator.py</c>).</summary>
/// <remarks>White space in front does not count. Case does, as in the original: a sentence that starts in "a" is none.</remarks>
public sealed class ChoiceMetric : IAnswerMetric
{
    /// <inheritdoc/>
    public string Name => "choice";

    /// <inheritdoc/>
    public double Score(string prediction, IReadOnlyList<string> answers)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(answers);
        ReadOnlySpan<char> predicted = prediction.AsSpan().TrimStart();
        foreach (string answer in answers)
        {
            ReadOnlySpan<char> accepted = answer.AsSpan().TrimStart();
            if (!predicted.IsEmpty && !accepted.IsEmpty && predicted[0] == accepted[0])
            {
                return 1;
            }
        }

        return 0;
    }
}
