using LLoCO.Core;

namespace LLoCO.Training.Grouping;

/// <summary>The answers of several groups to one question.</summary>
/// <param name="Answers">One answer for each group that was asked, the one that counts first.</param>
/// <param name="RouteTime">Time to find the groups; the answers' own times come after it.</param>
public sealed record RoutedAnswer(IReadOnlyList<LlocoAnswer> Answers, TimeSpan RouteTime)
{
    /// <summary>Gets the answer that counts.</summary>
    public LlocoAnswer Best => Answers[0];
}
