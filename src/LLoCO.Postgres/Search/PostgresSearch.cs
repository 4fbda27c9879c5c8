using LLoCO.Core.Index;
using LLoCO.Postgres.Storage;

namespace LLoCO.Postgres.Search;

/// <summary>Ranks the passages of an index.</summary>
internal static class PostgresSearch
{
    /// <summary>Ranks passages for a question.</summary>
    /// <param name="session">A session that sees one state.</param>
    /// <param name="query">The search, already checked.</param>
    /// <param name="approximateFrom">Number of dense vectors from which an HNSW index is asked.</param>
    /// <returns>The best passages first.</returns>
    public static async Task<IReadOnlyList<PassageHit>> SearchAsync(PostgresSession session, PassageQuery query, int approximateFrom)
    {
        PostgresStatistics statistics = await PostgresStatistics.LoadAsync(session).ConfigureAwait(false);
        if (!query.Vector.IsEmpty)
        {
            statistics.CheckWidth(query.Vector.Length);
        }

        bool dense = !query.Vector.IsEmpty && statistics.Vectors > 0;
        int depth = dense ? RankingDepth.For(query.Limit) : query.Limit;
        IReadOnlyList<(PassageKey Key, double Score)> ranked =
            await PostgresTextSearch.RankAsync(session, statistics, query, depth).ConfigureAwait(false);
        if (dense)
        {
            var vectors = new PostgresVectorSearch(session, statistics, query, approximateFrom);
            ranked = ScoreFusion.Fuse(ranked, await vectors.RankAsync(depth).ConfigureAwait(false));
        }

        return await ReadAsync(session, ranked.Take(query.Limit).ToArray()).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<PassageHit>> ReadAsync(PostgresSession session, (PassageKey Key, double Score)[] ranked)
    {
        if (ranked.Length == 0)
        {
            return [];
        }

        List<(long Key, PassageHit Hit)> rows = await session.RowsAsync(
            """
            SELECT p.key, d.id, p."group", p.start, p.length, substring(d.text FROM p.byte_start + 1 FOR p.byte_length), d.utf16
            FROM passages p JOIN documents d ON d.key = p.owner WHERE p.key = ANY($1)
            """,
            row => (row.GetInt64(0), new PassageHit(
                row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetInt32(4), PostgresDocuments.ReadText(row, 5, row.GetString(1)), 0)),
            ranked.Select(one => one.Key.Row).ToArray()).ConfigureAwait(false);
        Dictionary<long, PassageHit> hits = rows.ToDictionary(row => row.Key, row => row.Hit);
        return [.. ranked.Select(one => hits[one.Key.Row] with { Score = one.Score })];
    }
}
