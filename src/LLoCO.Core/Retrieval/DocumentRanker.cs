using LLoCO.Core.Index;

namespace LLoCO.Core.Retrieval;

/// <summary>A document that matches a question.</summary>
/// <param name="DocumentId">The document; of one that is kept in parts, the part with the best passage.</param>
/// <param name="Group">Its group.</param>
/// <param name="Score">The score of its best passage; comparable within one search only.</param>
/// <param name="Passages">Its best passages first; at least one.</param>
internal sealed record RankedDocument(string DocumentId, string Group, double Score, IReadOnlyList<PassageHit> Passages);

/// <summary>
/// Ranks documents by their passages. A document is as good as its best passage ("MaxP", Dai and Callan, SIGIR 2019): a sum would
/// prefer long documents.
/// </summary>
internal static class DocumentRanker
{
    /// <summary>Ranks documents: those of one group, which one adapter reads, unless groups may be mixed.</summary>
    /// <param name="hits">Passages, best first.</param>
    /// <param name="group">The group, or <see langword="null"/> for that of the best passage.</param>
    /// <param name="mixes">Whether documents of all groups are ranked where none is named.</param>
    /// <param name="documents">Most documents to return; at least 1.</param>
    /// <param name="passages">Most passages per document; at least 1.</param>
    /// <returns>The best documents first; none where no passage fits.</returns>
    public static IReadOnlyList<RankedDocument> Rank(
        IReadOnlyList<PassageHit> hits, string? group, int documents, bool mixes = false, int passages = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(documents, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(passages, 1);
        if (hits.Count == 0)
        {
            return [];
        }

        // Enumerable.GroupBy keeps the order of first appearance: documents come by their best passage.
        string? chosen = mixes ? group : group ?? hits[0].Group;
        return [.. hits
            .Where(hit => chosen is null || hit.Group == chosen)
            .GroupBy(hit => DocumentParts.DocumentOf(hit.DocumentId))
            .Take(documents)
            .Select(of => (Best: of.First(), Hits: of))
            .Select(of => new RankedDocument(
                of.Best.DocumentId, of.Best.Group, of.Best.Score,
                [.. of.Hits.Where(hit => hit.DocumentId == of.Best.DocumentId).Take(passages)]))];
    }
}
