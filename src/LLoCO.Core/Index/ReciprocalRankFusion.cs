namespace LLoCO.Core.Index;

/// <summary>
/// Fuses rankings whose scores cannot be compared: an item's score is the sum over rankings of <c>1 / (k + rank)</c>, ranks from
/// 1; a ranking that lacks the item adds nothing (Cormack, Clarke and Buettcher, SIGIR 2009, which found k = 60).
/// </summary>
internal static class ReciprocalRankFusion
{
    /// <summary>The constant of the paper.</summary>
    public const int DefaultK = 60;

    /// <summary>Joins rankings by the sum of 1 / (k + rank).</summary>
    /// <typeparam name="T">What is ranked.</typeparam>
    /// <param name="rankings">Each best first, without doubles.</param>
    /// <param name="tieBreaker">Orders items of equal score.</param>
    /// <param name="k">Larger values weigh the first ranks less; at least 0.</param>
    /// <returns>Items and scores, best first.</returns>
    public static IReadOnlyList<(T Item, double Score)> Fuse<T>(
        IEnumerable<IReadOnlyList<T>> rankings, IComparer<T> tieBreaker, int k = DefaultK)
        where T : notnull
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        var scores = new Dictionary<T, double>();
        foreach (IReadOnlyList<T> ranking in rankings)
        {
            for (int i = 0; i < ranking.Count; i++)
            {
                scores[ranking[i]] = scores.GetValueOrDefault(ranking[i]) + (1.0 / (k + i + 1));
            }
        }

        return [.. scores.Select(pair => (Item: pair.Key, Score: pair.Value))
            .OrderByDescending(pair => pair.Score)
            .ThenBy(pair => pair.Item, tieBreaker)];
    }
}
