namespace LLoCO.Training.Grouping;

/// <summary>How much nearer documents are to their own cluster than to the next (Rousseeuw, Journal of Computational and Applied
/// Mathematics 20, 1987): 1 is far apart, 0 is on the border. A document alone in its cluster has 0.</summary>
internal static class Silhouette
{
    /// <summary>Judges every document.</summary>
    /// <param name="similarities">Of each document with each, row by row; the distance is one minus it.</param>
    /// <param name="clusters">The cluster of each document, numbers from 0.</param>
    /// <param name="count">Clusters.</param>
    /// <returns>A figure for each document, -1 to 1.</returns>
    public static double[] Measure(float[] similarities, int[] clusters, int count)
    {
        int documents = clusters.Length;
        int[] sizes = new int[count];
        foreach (int cluster in clusters)
        {
            sizes[cluster]++;
        }

        double[] figures = new double[documents];
        double[] sums = new double[count];
        for (int i = 0; i < documents; i++)
        {
            Array.Clear(sums);
            for (int j = 0; j < documents; j++)
            {
                sums[clusters[j]] += j == i ? 0 : 1 - similarities[(i * documents) + j];
            }

            figures[i] = Figure(sums, sizes, clusters[i]);
        }

        return figures;
    }

    private static double Figure(double[] sums, int[] sizes, int own)
    {
        if (sizes[own] < 2)
        {
            return 0;
        }

        double within = sums[own] / (sizes[own] - 1);
        double next = double.PositiveInfinity;
        for (int cluster = 0; cluster < sizes.Length; cluster++)
        {
            next = cluster == own || sizes[cluster] == 0 ? next : Math.Min(next, sums[cluster] / sizes[cluster]);
        }

        double larger = Math.Max(within, next);
        return double.IsPositiveInfinity(next) || larger <= 0 ? 0 : (next - within) / larger;
    }
}
