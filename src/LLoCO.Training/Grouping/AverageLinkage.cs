namespace LLoCO.Training.Grouping;

/// <summary>
/// Average linkage (UPGMA): the two clusters whose documents are most alike on average become one, until one is left. The chain of
/// nearest neighbours (Murtagh, The Computer Journal 26(4), 1983) finds the same tree in time quadratic in the documents.
/// </summary>
internal sealed class AverageLinkage
{
    private readonly List<(int Left, int Right, float Similarity)> _merges = [];

    private AverageLinkage(int count) => Count = count;

    /// <summary>Gets the number of documents.</summary>
    public int Count { get; }

    /// <summary>Builds the tree.</summary>
    /// <param name="similarities">Of each document with each, row by row.</param>
    /// <param name="count">Documents.</param>
    public static AverageLinkage Create(float[] similarities, int count)
    {
        var tree = new AverageLinkage(count);
        float[] left = (float[])similarities.Clone();
        int[] sizes = [.. Enumerable.Repeat(1, count)];
        var chain = new List<int>();
        for (int clusters = count; clusters > 1; clusters--)
        {
            if (chain.Count == 0)
            {
                chain.Add(Array.FindIndex(sizes, size => size > 0));
            }

            int nearest = Nearest(left, sizes, chain);
            while (chain.Count < 2 || nearest != chain[^2])
            {
                chain.Add(nearest);
                nearest = Nearest(left, sizes, chain);
            }

            tree.Merge(left, sizes, chain[^1], nearest);
            chain.RemoveRange(chain.Count - 2, 2);
        }

        // The chain finds merges out of order; a merge never comes before those of its parts, which are at least as alike.
        var ordered = tree._merges.Index().OrderByDescending(merge => merge.Item.Similarity).ThenBy(merge => merge.Index)
            .Select(merge => merge.Item).ToList();
        tree._merges.Clear();
        tree._merges.AddRange(ordered);
        return tree;
    }

    /// <summary>Cuts the tree.</summary>
    /// <returns>For each number of clusters, from all documents alone to one cluster: the cluster of each document. The array is used
    /// again for the next.</returns>
    public IEnumerable<int[]> Cuts()
    {
        int[] clusters = [.. Enumerable.Range(0, Count)];
        yield return clusters;
        foreach ((int left, int right, _) in _merges)
        {
            (int kept, int gone) = (clusters[left], clusters[right]);
            for (int i = 0; i < Count; i++)
            {
                clusters[i] = clusters[i] == gone ? kept : clusters[i];
            }

            yield return clusters;
        }
    }

    private static int Nearest(float[] similarities, int[] sizes, List<int> chain)
    {
        int of = chain[^1];
        int count = sizes.Length;

        // Of equally near ones the one before in the chain, or the chain would never end.
        int best = chain.Count > 1 ? chain[^2] : -1;
        for (int i = 0; i < count; i++)
        {
            if (sizes[i] > 0 && i != of && (best < 0 || similarities[(of * count) + i] > similarities[(of * count) + best]))
            {
                best = i;
            }
        }

        return best;
    }

    private void Merge(float[] similarities, int[] sizes, int into, int from)
    {
        _merges.Add((into, from, similarities[(into * Count) + from]));
        float share = (float)sizes[into] / (sizes[into] + sizes[from]);
        for (int i = 0; i < Count; i++)
        {
            float joined = (share * similarities[(into * Count) + i]) + ((1 - share) * similarities[(from * Count) + i]);
            similarities[(into * Count) + i] = joined;
            similarities[(i * Count) + into] = joined;
        }

        sizes[into] += sizes[from];
        sizes[from] = 0;
    }
}
