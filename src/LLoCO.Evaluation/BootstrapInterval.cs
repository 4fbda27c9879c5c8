namespace LLoCO.Evaluation;

/// <summary>The 95 % confidence interval of a mean.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct BootstrapInterval(double Low, double High)
{
    private const int Resamples = 2000;
    private const int Seed = 20240411;

    /// <summary>Estimates the interval of a mean: the 2.5th and 97.5th percentile of the means of 2,000 samples drawn with
    /// replacement (Efron's percentile bootstrap). The same scores always give the same interval.</summary>
    /// <param name="scores">One score per question; at least one.</param>
    /// <returns>The interval.</returns>
    public static BootstrapInterval OfMean(IReadOnlyList<double> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentOutOfRangeException.ThrowIfZero(scores.Count, nameof(scores));
        var random = new Random(Seed);
        var means = new double[Resamples];
        for (int sample = 0; sample < Resamples; sample++)
        {
            double sum = 0;
            for (int i = 0; i < scores.Count; i++)
            {
                sum += scores[random.Next(scores.Count)];
            }

            means[sample] = sum / scores.Count;
        }

        Array.Sort(means);
        return new BootstrapInterval(means[(int)(0.025 * Resamples)], means[(int)(0.975 * Resamples) - 1]);
    }
}
