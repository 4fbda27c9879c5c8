namespace LLoCO.Training.Grouping;

/// <summary>Finds the groups of documents that are compared each with each.</summary>
/// <param name="options">How many, and how large.</param>
internal sealed class GroupSearch(GroupingOptions options)
{
    /// <summary>The mean silhouette below which documents are one group. Parts of one kind of the practice corpus reach up to 0.08 by
    /// chance, its three kinds 0.18 (documents of 150 tokens) to 0.5 (1,500 tokens).</summary>
    internal const double LeastSilhouette = 0.1;

    /// <summary>A cluster whose documents have less than this share of the mean silhouette holds together by chance.</summary>
    internal const double LeastShare = 0.25;

    private int[] _best = [];
    private double _score = double.NegativeInfinity;

    /// <summary>Gets the mean silhouette of the groups found; 0 for one group.</summary>
    public double Score { get; private set; }

    /// <summary>Finds groups.</summary>
    /// <param name="documents">The documents; at least one.</param>
    /// <param name="cancellationToken">Checked between cuts.</param>
    /// <returns>The group of each document, from 0 by falling size; -1 for one that fits none.</returns>
    public int[] Find(IReadOnlyList<SparseVector> documents, CancellationToken cancellationToken)
    {
        float[] similarities = Compare(documents);
        var tree = AverageLinkage.Create(similarities, documents.Count);
        int[] last = [];
        foreach (int[] cut in tree.Cuts())
        {
            cancellationToken.ThrowIfCancellationRequested();
            last = Number(cut);
            Try(similarities, last);
        }

        // The last cut is one cluster of all.
        if (_best.Length == 0 || (options.Groups is null && _score < LeastSilhouette))
        {
            return last;
        }

        Score = Math.Max(0, _score);
        return Keep(similarities, _best);
    }

    private static float[] Compare(IReadOnlyList<SparseVector> documents)
    {
        int count = documents.Count;
        float[] similarities = new float[count * count];
        Parallel.For(0, count, i =>
        {
            for (int j = i; j < count; j++)
            {
                similarities[(i * count) + j] = similarities[(j * count) + i] = documents[i].Dot(documents[j]);
            }
        });
        return similarities;
    }

    private void Try(float[] similarities, int[] clusters)
    {
        int count = clusters.Max() + 1;
        int groups = clusters.CountBy(cluster => cluster).Count(cluster => cluster.Value >= options.MinDocuments);
        if (count < 2 || groups != (options.Groups ?? groups) || groups < 1 || groups > (options.Groups ?? options.MaxGroups))
        {
            return;
        }

        double score = Silhouette.Measure(similarities, clusters, count).Average();
        if (score > _score)
        {
            (_score, _best) = (score, clusters);
        }
    }

    /// <summary>Leaves out clusters that are too small or hold together by chance, and numbers the others by size.</summary>
    private int[] Keep(float[] similarities, int[] clusters)
    {
        double[] figures = Silhouette.Measure(similarities, clusters, clusters.Max() + 1);
        double least = LeastShare * figures.Average();
        Dictionary<int, int> kept = clusters.Index().GroupBy(document => document.Item)
            .Where(group => group.Count() >= options.MinDocuments && group.Average(document => figures[document.Index]) >= least)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key)
            .Index().ToDictionary(group => group.Item.Key, group => group.Index);
        return [.. clusters.Select(cluster => kept.GetValueOrDefault(cluster, -1))];
    }

    private static int[] Number(int[] clusters)
    {
        var numbers = new Dictionary<int, int>();
        return [.. clusters.Select(cluster =>
        {
            if (!numbers.TryGetValue(cluster, out int number))
            {
                numbers.Add(cluster, number = numbers.Count);
            }

            return number;
        })];
    }
}
