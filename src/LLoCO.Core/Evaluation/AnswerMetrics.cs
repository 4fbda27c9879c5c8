namespace LLoCO.Core.Evaluation;

/// <summary>The metrics by name.</summary>
public static class AnswerMetrics
{
    /// <summary>Gets all metrics, in the order of reports.</summary>
    public static IReadOnlyList<IAnswerMetric> All { get; } = [new ExactMatchMetric(), new TokenF1Metric()];

    /// <summary>Finds a metric.</summary>
    /// <param name="name">Its <see cref="IAnswerMetric.Name"/>: <c>em</c> or <c>f1</c>.</param>
    /// <returns>The metric.</returns>
    /// <exception cref="LlocoException">There is none of that name.</exception>
    public static IAnswerMetric ByName(string name) =>
        All.FirstOrDefault(metric => metric.Name == name)
        ?? throw new LlocoException(
            $"The metric '{name}' is not known. Use {string.Join(" or ", All.Select(metric => metric.Name))}.");
}
