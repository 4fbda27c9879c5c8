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
        new CharacterF1Metric(), new CharacterRougeMetric(),
    ];

    /// <summary>What has to be known where words are compared in texts that do not set them apart
    /// (<see cref="CharacterTokens.Concern"/>), as a note for the reader of the figures.</summary>
    public const string CharactersNote =
        "Some texts are Chinese, Japanese or Korean: f1 compares what stands between spaces and rouge keeps ASCII words alone, so "
        + "theirs are near 0 or 1 whatever they share. f1_zh and rouge_zh compare characters (lloco score --metric). LongBench cuts "
        + "Chinese into words by a dictionary; its figures differ from all of these.";

    /// <summary>Finds a metric.</summary>
    /// <param name="name">Its <see cref="IAnswerMetric.Name"/>: <c>em</c>, <c>f1</c>, <c>rouge</c> (the geometric mean),
    /// <c>rouge1</c>, <c>rouge2</c>, <c>rougeL</c>, <c>choice</c>, or for Chinese and Japanese <c>f1_zh</c> or
    /// <c>rouge_zh</c>.</param>
    /// <returns>The metric.</returns>
    /// <exception cref="LlocoException">There is none of that name.</exception>
    public static IAnswerMetric ByName(string name) =>
        All.FirstOrDefault(metric => metric.Name == name)
        ?? throw new LlocoException(
            $"The metric '{name}' is not known. Use {string.Join(" or ", All.Select(metric => metric.Name))}.");
}
