namespace LLoCO.Core;

/// <summary>Another model, which answers from raw text where this one's answer is in doubt (<see cref="DoubtPolicy.HandOver"/>).
/// Implementations are safe for concurrent use.</summary>
public interface ITextFallback
{
    /// <summary>Answers a question from passages.</summary>
    /// <param name="question">The question.</param>
    /// <param name="passages">Passages of the documents that were found for it, the best first; at most eight.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The answer.</returns>
    Task<string> AnswerAsync(
        string question, IReadOnlyList<AnswerSource> passages, CancellationToken cancellationToken = default);
}
