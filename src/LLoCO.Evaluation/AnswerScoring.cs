namespace LLoCO.Evaluation;

/// <summary>How the answers to a data set are judged.</summary>
/// <param name="Metrics">The metrics; at least one.</param>
/// <param name="CutAtFullStop">Whether only what stands before the first full stop counts, as in the original's evaluation of
/// HotpotQA (<c>eval/hotpot_evaluator.py</c>): its answers are names and numbers, behind which a model may go on talking.</param>
public sealed record AnswerScoring(IReadOnlyList<IAnswerMetric> Metrics, bool CutAtFullStop = false)
{
    /// <summary>Gets exact match and token F1 over the whole answer.</summary>
    public static AnswerScoring Default { get; } = new([new ExactMatchMetric(), new TokenF1Metric()]);

    /// <summary>Cuts an answer at the first full stop.</summary>
    /// <param name="answer">The answer.</param>
    /// <returns>What stands before the full stop; all of it where there is none.</returns>
    public static string BeforeFullStop(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        int stop = answer.IndexOf('.', StringComparison.Ordinal);
        return stop < 0 ? answer : answer[..stop];
    }

    /// <summary>Judges an answer.</summary>
    /// <param name="prediction">What the model answered.</param>
    /// <param name="answers">The accepted answers; the best match counts.</param>
    /// <returns>Score per metric, 0 to 1.</returns>
    public IReadOnlyDictionary<string, double> Score(string prediction, IReadOnlyList<string> answers)
    {
        string judged = CutAtFullStop ? BeforeFullStop(prediction) : prediction;
        return Metrics.ToDictionary(metric => metric.Name, metric => metric.Score(judged, answers));
    }
}
