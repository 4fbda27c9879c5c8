using LLoCO.Core.Index;
using LLoCO.Postgres.Storage;
using Pgvector;

namespace LLoCO.Postgres.Search;

/// <summary>
/// Cosine similarity over the dense vectors of a tenant: every vector compared, or, where there are many and the HNSW index is there, the
/// index asked first.
/// </summary>
/// <param name="session">A session that sees one state.</param>
/// <param name="statistics">The counts of the tenant.</param>
/// <param name="query">The search.</param>
/// <param name="approximateFrom">Number of dense vectors from which the index is asked.</param>
internal sealed class PostgresVectorSearch(
    PostgresSession session, PostgresStatistics statistics, PassageQuery query, int approximateFrom)
{
    // The length of the list that a search of the graph keeps; pgvector allows 1,000.
    private const int LeastList = 200;
    private const int LongestList = 1_000;

    /// <summary>Ranks passages by their vectors.</summary>
    /// <param name="limit">Passages wanted.</param>
    /// <returns>The best first.</returns>
    public async Task<IReadOnlyList<(PassageKey Key, double Score)>> RankAsync(int limit)
    {
        int width = query.Vector.Length;
        if (statistics.Vectors >= approximateFrom && await PostgresVectorIndex.IsThereAsync(session, width).ConfigureAwait(false))
        {
            // A scan goes on until there are enough passages of the group and tenant, in the order of distance. It ends early where it has
            // seen too many others: then the group is small, and all of it is compared.
            await session.ExecuteAsync(
                $"""
                SET LOCAL hnsw.iterative_scan = strict_order; SET LOCAL hnsw.ef_search = {Math.Clamp(limit, LeastList, LongestList)}
                """).ConfigureAwait(false);
            (PassageKey Key, double Score)[] near =
                await RankAsync($"p.vector::vector({width})", $"AND vector_dims(p.vector) = {width}", limit).ConfigureAwait(false);
            if (near.Length >= limit || near.Length == statistics.Vectors)
            {
                return near;
            }
        }

        return await RankAsync("p.vector", "AND p.vector IS NOT NULL", limit).ConfigureAwait(false);
    }

    private async Task<(PassageKey Key, double Score)[]> RankAsync(string vector, string filter, int limit)
    {
        List<object?> values = [new Vector(VectorMath.Normalize(query.Vector.Span)), session.Tenant, (long)limit];
        if (query.Group is not null)
        {
            values.Add(query.Group);
        }

        // The distance is the negative product of vectors of length 1: the cosine.
        List<(PassageKey Key, double Score)> found = await session.RowsAsync(
            $"""
            SELECT d.id, b.start, b.key, b.distance FROM (
                SELECT p.key, p.owner, p.start, {vector} <#> $1 AS distance FROM passages p
                WHERE p.tenant = $2 {filter} {(query.Group is null ? string.Empty : "AND p.\"group\" = $4")}
                ORDER BY {vector} <#> $1 LIMIT $3) b
            JOIN documents d ON d.key = b.owner
            """,
            row => (new PassageKey(row.GetString(0), row.GetInt32(1), row.GetInt64(2)), -row.GetDouble(3)),
            [.. values]).ConfigureAwait(false);
        return [.. found.OrderByDescending(one => one.Score).ThenBy(one => one.Key)];
    }
}
