namespace LLoCO.Evaluation;

/// <summary>ROUGE-1, ROUGE-2, ROUGE-L or the geometric mean of the three, as <c>rouge_score</c> computes them with stemming; the
/// best over the accepted answers. The metric of QMSum in the paper.</summary>
/// <param name="measure">Which of them.</param>
public sealed class RougeMetric(RougeMeasure measure = RougeMeasure.GeometricMean) : IAnswerMetric
{
    /// <inheritdoc/>
    public string Name => measure switch
    {
        RougeMeasure.Rouge1 => "rouge1",
        RougeMeasure.Rouge2 => "rouge2",
        RougeMeasure.RougeL => "rougeL",
        _ => "rouge",
    };

    /// <inheritdoc/>
    public double Score(string prediction, IReadOnlyList<string> answers)
    {
        RougeScores scores = RougeScores.Compute(prediction, answers);
        return measure switch
        {
            RougeMeasure.Rouge1 => scores.Rouge1,
            RougeMeasure.Rouge2 => scores.Rouge2,
            RougeMeasure.RougeL => scores.RougeL,
            _ => scores.GeometricMean,
        };
    }
}

/// <summary>The measures of ROUGE that are reported.</summary>
public enum RougeMeasure
{
    /// <summary>The cube root of the product of the other three.</summary>
    GeometricMean = 0,

    /// <summary>F-measure over words.</summary>
    Rouge1 = 1,

    /// <summary>F-measure over pairs of neighbouring words.</summary>
    Rouge2 = 2,

    /// <summary>F-measure over the longest common subsequence.</summary>
    RougeL = 3,
}
