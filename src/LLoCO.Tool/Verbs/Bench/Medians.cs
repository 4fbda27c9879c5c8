namespace LLoCO.Tool.Verbs.Bench;

/// <summary>The middle of repeated measurements: what disturbs a few of them does not move it.</summary>
internal static class Medians
{
    /// <summary>The middle one of some times.</summary>
    /// <param name="times">At least one.</param>
    public static double Compute(IEnumerable<double> times)
    {
        double[] sorted = [.. times.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
