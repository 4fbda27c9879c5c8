using LLoCO.Core.Index;

namespace LLoCO.Extensions.VectorData.Passages;

/// <summary>Ranks the passages of an index.</summary>
/// <param name="index">The index.</param>
/// <param name="reader">Reads its passages.</param>
/// <param name="group">Only documents of this group; all with <see langword="null"/>.</param>
internal sealed class PassageSearch(IRetrievalIndex index, PassageReader reader, string? group)
{
    /// <summary>Ranks by cosine similarity.</summary>
    /// <param name="vector">The vector searched for.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The best records first.</returns>
    public async Task<List<(PassageRecord Record, double Score)>> SearchAsync(
        ReadOnlyMemory<float> vector, SearchRequest request, CancellationToken cancellationToken)
    {
        IAsyncEnumerable<PassageRecord> candidates = request.Filter is null
            ? FindAsync(string.Empty, vector, request.Depth, cancellationToken).Select(hit => hit.Record)
            : reader.ReadAllAsync(cancellationToken).Where(request.Filter);
        var scored = new List<(PassageRecord Record, double Score)>();
        await foreach (PassageRecord record in candidates.ConfigureAwait(false))
        {
            if (record.Vector is { } stored)
            {
                scored.Add((record, SearchVector.Compare(vector.Span, stored.Span)));
            }
        }

        // Those of equal score stay by document and place.
        return request.Cut(scored.OrderByDescending(one => one.Score));
    }

    /// <summary>Ranks by words and by vector, and fuses the two rankings.</summary>
    /// <param name="keywords">The words.</param>
    /// <param name="vector">The vector searched for.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The best records first.</returns>
    public async Task<List<(PassageRecord Record, double Score)>> HybridAsync(
        string keywords, ReadOnlyMemory<float> vector, SearchRequest request, CancellationToken cancellationToken)
    {
        // What matches the filter may be ranked last.
        int depth = request.Filter is null
            ? request.Depth
            : Math.Max(1, await reader.ReadAllAsync(cancellationToken).CountAsync(cancellationToken).ConfigureAwait(false));
        List<(PassageRecord Record, double Score)> hits =
            await FindAsync(keywords, vector, depth, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        return request.Cut(hits.Where(hit => request.Filter?.Invoke(hit.Record) ?? true));
    }

    private async IAsyncEnumerable<(PassageRecord Record, double Score)> FindAsync(
        string words,
        ReadOnlyMemory<float> vector,
        int limit,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<PassageHit> hits = await index.SearchAsync(new PassageQuery(words, group, limit, vector), cancellationToken)
            .ConfigureAwait(false);
        var read = new Dictionary<string, IReadOnlyList<PassageRecord>>(StringComparer.Ordinal);
        foreach (PassageHit hit in hits)
        {
            if (!read.TryGetValue(hit.DocumentId, out IReadOnlyList<PassageRecord>? records))
            {
                records = await reader.ReadAsync(hit.DocumentId, cancellationToken).ConfigureAwait(false);
                read.Add(hit.DocumentId, records);
            }

            if (records.FirstOrDefault(record => record.Start == hit.Start) is { } found)
            {
                yield return (found, hit.Score);
            }
        }
    }
}
