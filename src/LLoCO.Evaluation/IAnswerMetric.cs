namespace LLoCO.Evaluation;

/// <summary>Compares a predicted answer with the accepted ones. Implementations are safe for concurrent use.</summary>
public interface IAnswerMetric
{
    /// <summary>Gets the name on the command line and in reports.</summary>
    string Name { get; }

    /// <summary>Scores a prediction.</summary>
    /// <param name="prediction">What the model answered.</param>
    /// <param name="answers">The accepted answers; at least one. The best match counts.</param>
    /// <returns>0 (wrong) to 1 (right).</returns>
    double Score(string prediction, IReadOnlyList<string> answers);
}
