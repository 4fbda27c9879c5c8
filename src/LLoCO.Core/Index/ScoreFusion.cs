namespace LLoCO.Core.Index;

/// <summary>
/// Fuses a ranking by words with one by vectors: each score is divided by the best of its ranking, and the mean of the two counts. A
/// ranking that lacks the item counts 0, as does a negative score. Bruch, Gai and Ingber (arXiv 2210.11934) found such combinations
/// better than reciprocal ranks, which forget how much better the first is; docs/evaluation.md has the figures of both here.
/// </summary>
internal static class ScoreFusion
{
    /// <summary>Joins two rankings.</summary>
    /// <param name="byText">Scores by words, best first, without doubles.</param>
    /// <param name="byVector">Cosine similarities, best first, without doubles.</param>
    /// <returns>Items and scores, 0 to 1, best first. Equal scores are ordered by vector, then by document and place.</returns>
    public static IReadOnlyList<(PassageKey Key, double Score)> Fuse(
        IReadOnlyList<(PassageKey Key, double Score)> byText, IReadOnlyList<(PassageKey Key, double Score)> byVector)
    {
        var fused = new Dictionary<PassageKey, (double Score, int Place)>();
        foreach ((PassageKey key, double share) in Shares(byText))
        {
            fused[key] = (share, int.MaxValue);
        }

        int place = 0;
        foreach ((PassageKey key, double share) in Shares(byVector))
        {
            fused[key] = (fused.GetValueOrDefault(key).Score + share, place++);
        }

        return [.. fused.OrderByDescending(one => one.Value.Score).ThenBy(one => one.Value.Place).ThenBy(one => one.Key)
            .Select(one => (one.Key, one.Value.Score))];
    }

    private static IEnumerable<(PassageKey Key, double Share)> Shares(IReadOnlyList<(PassageKey Key, double Score)> ranking)
    {
        double best = ranking.Count == 0 ? 0 : ranking[0].Score;
        return ranking.Select(one => (one.Key, best > 0 ? Math.Max(0, one.Score) / best / 2 : 0));
    }
}
