using LLoCO.Training.Grouping;
using Xunit;

namespace LLoCO.Core.Tests.Training.Grouping;

public sealed class AverageLinkageTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Cuts_RandomSimilarities_AreThoseOfJoiningTheNearestPairEachTime(int seed)
    {
        const int count = 9;
        float[] similarities = Similarities(count, seed);

        List<string> found = [.. AverageLinkage.Create(similarities, count).Cuts().Select(cut => Show([.. cut]))];

        Assert.Equal(Expected(similarities, count), found);
    }

    [Fact]
    public void Silhouette_FourPointsOnALine_IsThatOfTheDefinition()
    {
        // Distances 0.1 within and 0.8 or 0.9 or 0.7 between; the third column is point 2 against each.
        float[] distances = [0, .1f, .8f, .9f, .1f, 0, .7f, .8f, .8f, .7f, 0, .1f, .9f, .8f, .1f, 0];

        double[] figures = Silhouette.Measure([.. distances.Select(distance => 1 - distance)], [0, 0, 1, 1], 2);

        double[] expected = [(.85 - .1) / .85, (.75 - .1) / .75, (.75 - .1) / .75, (.85 - .1) / .85];
        Assert.Equal(expected, figures, (left, right) => Math.Abs(left - right) < 1e-6);
        Assert.Equal(0, Silhouette.Measure([1, 0, 0, 1], [0, 1], 2)[0]);
    }

    private static float[] Similarities(int count, int seed)
    {
        var random = new Random(seed);
        float[] similarities = new float[count * count];
        for (int i = 0; i < count; i++)
        {
            for (int j = i + 1; j < count; j++)
            {
                similarities[(i * count) + j] = similarities[(j * count) + i] = random.NextSingle();
            }
        }

        return similarities;
    }

    // The definition: of all pairs, the one with the highest mean similarity of its documents.
    private static List<string> Expected(float[] similarities, int count)
    {
        List<int[]> clusters = [.. Enumerable.Range(0, count).Select(i => (int[])[i])];
        List<string> cuts = [Show(clusters, count)];
        while (clusters.Count > 1)
        {
            (int[] left, int[] right) = clusters.SelectMany(one => clusters.Where(other => other != one).Select(other => (one, other)))
                .MaxBy(pair => pair.one.SelectMany(i => pair.other.Select(j => (double)similarities[(i * count) + j])).Average());
            clusters.Remove(left);
            clusters.Remove(right);
            clusters.Add([.. left, .. right]);
            cuts.Add(Show(clusters, count));
        }

        return cuts;
    }

    private static string Show(List<int[]> clusters, int count)
    {
        int[] of = new int[count];
        foreach ((int number, int[] cluster) in clusters.Index())
        {
            Array.ForEach(cluster, i => of[i] = number);
        }

        return Show(of);
    }

    // Clusters by their first document, whatever their numbers.
    private static string Show(int[] clusters) => string.Join(' ', clusters.Select(cluster => Array.IndexOf(clusters, cluster)));
}
