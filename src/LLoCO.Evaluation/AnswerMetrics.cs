using LLoCO.Core;

namespace LLoCO.Evaluation;

/// <summary>The metrics by name.</summary>
public static class AnswerMetrics
{
    /// <summary>Gets all metrics, in the order of reports.</summary>
    public static IReadOnlyList<IAnswerMetric> All { get; } =
    [
        new ExactMatchMetric(), new TokenF1Metric(), new RougeMetric(), new RougeMetric(RougeMeasure.Rouge1),
        new RougeMetric(RougeMeasure.Rouge2), new RougeMetric(RougeMeasure.RougeL), new ChoiceMetric(),
    ];

    /// <summary>Finds a metric.</summary>
    /// <param name="name">Its <see cref="IAnswerMetric.Name"/>: <c>em</c>, <c>f1</c>, <c>rouge</c> (the geometric mean),
    /// <c>rouge1</c>, <c>rouge2</c>, <c>rougeL</c> or <c>choice</c>.</param>
    /// <returns>The metric.</returns>
    /// <exception cref="LlocoException">There is none of that name.</exception>
    public static IAnswerMetric ByName(string name) =>
        All.FirstOrDefault(metric => metric.Name == name)
        ?? throw new LlocoException(
            $"The metric '{name}' is not known. Use {string.Join(" or ", All.Select(metric => metric.Name))}.");
}
