namespace LLoCO.Core.Index;

/// <summary>A passage while it is ranked. Equal scores are ordered by document and place, so that a search gives the same order
/// every time.</summary>
/// <param name="DocumentId">The document.</param>
/// <param name="Start">The passage's first character.</param>
/// <param name="Row">The passage's key in its index.</param>
internal readonly record struct PassageKey(string DocumentId, int Start, long Row) : IComparable<PassageKey>
{
    /// <inheritdoc/>
    public int CompareTo(PassageKey other)
    {
        int order = string.CompareOrdinal(DocumentId, other.DocumentId);
        order = order != 0 ? order : Start.CompareTo(other.Start);
        return order != 0 ? order : Row.CompareTo(other.Row);
    }
}

/// <summary>How far down two rankings are read before they are fused.</summary>
internal static class RankingDepth
{
    /// <summary>Chooses the depth. What a ranking holds below it counts nothing there.</summary>
    /// <param name="limit">Hits wanted.</param>
    /// <returns>Ranks to read.</returns>
    public static int For(int limit) => Math.Max(100, limit > int.MaxValue / 4 ? int.MaxValue : 4 * limit);
}

/// <summary>Keeps the items with the best scores of a stream.</summary>
/// <typeparam name="T">The items; the smaller one comes first where scores are equal.</typeparam>
/// <param name="limit">Most items to keep.</param>
internal sealed class BestOf<T>(int limit)
    where T : IComparable<T>
{
    private readonly PriorityQueue<(T Item, double Score), (double Score, T Item)> _worstFirst = new(
        Comparer<(double Score, T Item)>.Create((left, right) => Compare(left, right)));

    /// <summary>Offers an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="score">Its score.</param>
    public void Add(T item, double score)
    {
        if (_worstFirst.Count < limit)
        {
            _worstFirst.Enqueue((item, score), (score, item));
        }
        else
        {
            _worstFirst.EnqueueDequeue((item, score), (score, item));
        }
    }

    /// <summary>Takes the kept items out.</summary>
    /// <returns>Items and scores, best first.</returns>
    public (T Item, double Score)[] Descending()
    {
        var items = new (T Item, double Score)[_worstFirst.Count];
        for (int i = items.Length - 1; i >= 0; i--)
        {
            items[i] = _worstFirst.Dequeue();
        }

        return items;
    }

    private static int Compare((double Score, T Item) left, (double Score, T Item) right)
    {
        int order = left.Score.CompareTo(right.Score);
        return order != 0 ? order : right.Item.CompareTo(left.Item);
    }
}
