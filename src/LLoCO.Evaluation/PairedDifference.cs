namespace LLoCO.Evaluation;

/// <summary>By how much one mode is better than another over the same questions.</summary>
/// <param name="Mean">Mean of the differences, -1 to 1; above 0 where the first mode is better.</param>
/// <param name="Interval">Where that mean lies with 95 % confidence. An interval without 0 is a difference that the choice of
/// questions does not explain.</param>
/// <remarks>The differences are resampled, question by question, not the two modes for themselves: what makes a question easy or
/// hard for both cancels out, so the interval is narrower than two separate ones suggest.</remarks>
public readonly record struct PairedDifference(double Mean, BootstrapInterval Interval)
{
    /// <summary>Compares two modes.</summary>
    /// <param name="first">One score per question.</param>
    /// <param name="second">The other mode's scores, of the same questions in the same order.</param>
    /// <returns>First minus second.</returns>
    /// <exception cref="ArgumentException">There are no scores, or not as many of the one as of the other.</exception>
    public static PairedDifference Create(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count == 0 || first.Count != second.Count)
        {
            throw new ArgumentException(
                $"{first.Count} and {second.Count} scores make no pairs. Give one score of each mode for every question.",
                nameof(second));
        }

        double[] differences = [.. first.Zip(second, (one, other) => one - other)];
        return new PairedDifference(differences.Average(), BootstrapInterval.OfMean(differences));
    }
}
