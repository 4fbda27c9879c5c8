namespace LLoCO.Core.Trust;

/// <summary>The share of right answers at each confidence, and its distance from that confidence.</summary>
/// <param name="Bins">Bins of equal width from 0 to 1, empty ones included.</param>
/// <param name="ExpectedCalibrationError">Mean of |right share - mean confidence| over bins, weighted by their answers (Naeini et
/// al., AAAI 2015); 0 is perfect.</param>
/// <param name="BrierScore">Mean squared difference of confidence and outcome; 0 is perfect, 0.25 is a coin toss.</param>
/// <param name="Questions">Number of answers.</param>
public sealed record ReliabilityCurve(
    IReadOnlyList<ReliabilityBin> Bins, double ExpectedCalibrationError, double BrierScore, int Questions)
{
    /// <summary>Default number of bins.</summary>
    public const int DefaultBins = 10;

    /// <summary>Sorts answers into bins.</summary>
    /// <param name="answers">Confidence, 0 to 1, and whether the answer was right; at least one.</param>
    /// <param name="bins">Number of bins, 1 to 1,000. A confidence on a border belongs to the bin above it, 1 to the
    /// last.</param>
    /// <returns>The curve.</returns>
    /// <exception cref="LlocoException">There are no answers.</exception>
    public static ReliabilityCurve Create(IReadOnlyList<(double Confidence, bool Right)> answers, int bins = DefaultBins)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bins, 1000);
        if (answers.Count == 0)
        {
            throw new LlocoException("There are no answers to draw a reliability curve of. Ask some questions first.");
        }

        ILookup<int, (double Confidence, bool Right)> sorted =
            answers.ToLookup(answer => Math.Clamp((int)(answer.Confidence * bins), 0, bins - 1));
        ReliabilityBin[] filled = [.. Enumerable.Range(0, bins).Select(bin => new ReliabilityBin(
            (double)bin / bins,
            (bin + 1.0) / bins,
            sorted[bin].Count(),
            sorted[bin].Select(answer => answer.Confidence).DefaultIfEmpty(0).Average(),
            sorted[bin].Select(answer => answer.Right ? 1.0 : 0).DefaultIfEmpty(0).Average()))];
        return new ReliabilityCurve(
            filled,
            filled.Sum(bin => bin.Questions * Math.Abs(bin.RightShare - bin.MeanConfidence)) / answers.Count,
            answers.Average(answer => Math.Pow(answer.Confidence - (answer.Right ? 1 : 0), 2)),
            answers.Count);
    }
}

/// <summary>One bin of a reliability curve.</summary>
/// <param name="Low">Least confidence of the bin.</param>
/// <param name="High">Where the next bin begins.</param>
/// <param name="Questions">Answers in it.</param>
/// <param name="MeanConfidence">Their mean confidence; 0 where there are none.</param>
/// <param name="RightShare">Share of them that were right; 0 where there are none.</param>
public sealed record ReliabilityBin(double Low, double High, int Questions, double MeanConfidence, double RightShare);
