using LLoCO.Core.Index;

namespace LLoCO.Core.Retrieval;

/// <summary>Finds the documents for a question: embeds it, searches passages, chooses the group, ranks documents.</summary>
/// <param name="index">The index.</param>
/// <param name="embedder">The embedder that the passages were put in with, or <see langword="null"/>.</param>
internal sealed class DocumentRetriever(IRetrievalIndex index, IPassageEmbedder? embedder = null)
{
    private const int HitsPerDocument = 8;

    // Limits the work if one long document has nearly all matching passages.
    private const int MaxHits = 4096;

    /// <summary>Finds documents: of one group, unless groups may be mixed.</summary>
    /// <param name="question">The question.</param>
    /// <param name="group">The group, or <see langword="null"/> for that of the best passage in the whole index.</param>
    /// <param name="documents">Most documents to return; at least 1.</param>
    /// <param name="mixes">Whether documents of all groups are ranked where none is named.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The best documents first; none where nothing fits.</returns>
    public async ValueTask<IReadOnlyList<RankedDocument>> RetrieveAsync(
        string question, string? group, int documents, bool mixes = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentOutOfRangeException.ThrowIfLessThan(documents, 1);
        ReadOnlyMemory<float> vector =
            await PassageEmbedding.OfQuestionAsync(embedder, question, cancellationToken).ConfigureAwait(false);
        // Many hits may be from one document, so search deeper until there are enough documents, or no more hits.
        int limit = (int)Math.Min(MaxHits, (long)documents * HitsPerDocument);
        var query = new PassageQuery(question, group, limit, vector);
        while (true)
        {
            IReadOnlyList<PassageHit> hits = await index.SearchAsync(query, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<RankedDocument> ranked = DocumentRanker.Rank(hits, query.Group, documents, mixes);
            if (ranked.Count == documents || hits.Count < query.Limit || ((query.Group is not null || mixes) && query.Limit >= MaxHits))
            {
                return ranked;
            }

            // The best passage chooses the group. Only if other groups took the places of its documents, it is searched alone.
            query = query.Group is null && !mixes
                ? query with { Group = hits[0].Group }
                : query with { Limit = Math.Min(MaxHits, query.Limit * 4) };
        }
    }
}
