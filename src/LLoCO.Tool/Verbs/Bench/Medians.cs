namespace LLoCO.Tool.Verbs.Bench;

/// <summary>The median of repeated measurements, which outliers do not affect.</summary>
internal static class Medians
{
    /// <summary>Computes the median of times.</summary>
    /// <param name="times">At least one.</param>
    public static double Compute(IEnumerable<double> times)
    {
        double[] sorted = [.. times.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
