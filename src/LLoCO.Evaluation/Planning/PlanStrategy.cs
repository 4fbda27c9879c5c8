namespace LLoCO.Evaluation.Planning;

/// <summary>The cost of one strategy.</summary>
/// <param name="Name"><c>full</c>, <c>full_kept</c>, <c>retrieve</c> or <c>lloco</c>.</param>
/// <param name="ContextTokens">Positions in front of the question.</param>
/// <param name="FitsWindow">Whether context, question and answer fit the native window. If not, the figures are those of a model
/// with a longer window and otherwise the same shape.</param>
/// <param name="OfflineSeconds">Seconds before the first question: compression and training.</param>
/// <param name="OfflineFlops">Floating-point operations before the first question.</param>
/// <param name="OpeningSeconds">Seconds for the work that is done once per document and kept, for all documents together.</param>
/// <param name="OpeningFlops">Floating-point operations for it.</param>
/// <param name="SecondsFirstToken">Seconds from a question to its first token, once documents are open.</param>
/// <param name="SecondsPerToken">Seconds for each token after it, at the middle of the answer.</param>
/// <param name="SecondsPerQuestion">Seconds for a whole answer.</param>
/// <param name="FlopsPerQuestion">Floating-point operations for a whole answer.</param>
/// <param name="CacheMiB">Memory of the KV cache of one question in progress.</param>
/// <param name="StoredMiB">Kept per document: keys and values in memory (<c>full_kept</c>), or summary vectors on disk
/// (<c>lloco</c>).</param>
public sealed record PlanStrategy(
    string Name,
    int ContextTokens,
    bool FitsWindow,
    double OfflineSeconds,
    double OfflineFlops,
    double OpeningSeconds,
    double OpeningFlops,
    double SecondsFirstToken,
    double SecondsPerToken,
    double SecondsPerQuestion,
    double FlopsPerQuestion,
    double CacheMiB,
    double StoredMiB)
{
    /// <summary>Sums the seconds of a number of questions, including all work before them.</summary>
    /// <param name="questions">Questions over all documents.</param>
    /// <returns>The seconds.</returns>
    public double TotalSeconds(double questions) => OfflineSeconds + OpeningSeconds + (questions * SecondsPerQuestion);

    /// <summary>Sums the floating-point operations of a number of questions, including all work before them.</summary>
    /// <param name="questions">Questions over all documents.</param>
    /// <returns>The operations.</returns>
    public double TotalFlops(double questions) => OfflineFlops + OpeningFlops + (questions * FlopsPerQuestion);

    /// <summary>Finds the number of questions from which this strategy takes less time than another, everything
    /// included.</summary>
    /// <param name="other">The other strategy.</param>
    /// <returns>The first number of questions for which it is no slower, at least 1; <see langword="null"/> where it never
    /// is.</returns>
    public double? QuestionsToPay(PlanStrategy other)
    {
        ArgumentNullException.ThrowIfNull(other);
        double before = OfflineSeconds + OpeningSeconds - other.OfflineSeconds - other.OpeningSeconds;
        double saved = other.SecondsPerQuestion - SecondsPerQuestion;
        return before <= 0 && saved >= 0 ? 1 : saved <= 0 ? null : Math.Max(1, Math.Ceiling(before / saved));
    }
}
