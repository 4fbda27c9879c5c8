using LLoCO.Core.Index;
using LLoCO.Postgres.Storage;

namespace LLoCO.Postgres.Search;

/// <summary>
/// BM25 over the passages of a tenant. The index over terms (GIN) finds the passages that hold a telling term of the question; their
/// scores are computed where they lie, from the ids and counts of their terms, and only the best come over the wire.
/// </summary>
/// <remarks>The telling terms are chosen as for an index file (<see cref="TermChoice"/>); every passage found is scored with all terms of
/// the question. Scores are those of FTS5.</remarks>
internal static class PostgresTextSearch
{
    private const string Score = """
        SELECT sum(q.idf * n.count * 2.2 / (n.count + 1.2 * (0.25 + 0.75 * p.words / $4)))
        FROM unnest($2::int[], $3::float8[]) AS q(term, idf)
        CROSS JOIN LATERAL (SELECT p.counts[array_position(p.terms, q.term)]::float8) AS n(count)
        """;

    /// <summary>Ranks passages by the words of a question.</summary>
    /// <param name="session">A session that sees one state.</param>
    /// <param name="statistics">The counts of the tenant.</param>
    /// <param name="query">The search.</param>
    /// <param name="limit">Passages wanted.</param>
    /// <returns>The best first.</returns>
    public static async Task<IReadOnlyList<(PassageKey Key, double Score)>> RankAsync(
        PostgresSession session, PostgresStatistics statistics, PassageQuery query, int limit)
    {
        IEnumerable<string> words = PostgresTerms.Extract(query.Text).Distinct(StringComparer.Ordinal);
        (List<CountedTerm> terms, Dictionary<string, int> ids) =
            await PostgresTerms.FindAsync(session, words, statistics.Passages).ConfigureAwait(false);
        (int used, _) = TermChoice.First(terms, limit);
        while (used > 0)
        {
            (PassageKey Key, double Score)[] best =
                await RankAsync(session, statistics, query.Group, terms, ids, used, limit).ConfigureAwait(false);
            int next = TermChoice.Next(terms, used, best.Length >= limit ? best[limit - 1].Score : 0, best.Length);
            if (next <= used)
            {
                return best;
            }

            used = next;
        }

        return [];
    }

    private static async Task<(PassageKey Key, double Score)[]> RankAsync(
        PostgresSession session,
        PostgresStatistics statistics,
        string? group,
        List<CountedTerm> terms,
        Dictionary<string, int> ids,
        int used,
        int limit)
    {
        // Of equal scores all are read, so that documents and places decide which come first.
        string sql = $"""
            SELECT d.id, b.start, b.key, b.score FROM (
                SELECT p.key, p.owner, p.start, ({Score}) AS score FROM passages p
                WHERE p.tenant = $6 AND p.terms && $1 {(group is null ? string.Empty : "AND p.\"group\" = $7")}
                ORDER BY score DESC FETCH FIRST $5 ROWS WITH TIES) b
            JOIN documents d ON d.key = b.owner
            """;
        int[] all = [.. terms.Select(term => ids[term.Text])];
        List<object?> values =
            [all[..used], all, terms.Select(term => term.Idf).ToArray(), statistics.AverageLength, (long)limit, session.Tenant];
        if (group is not null)
        {
            values.Add(group);
        }

        List<(PassageKey Key, double Score)> found = await session.RowsAsync(
            sql,
            row => (new PassageKey(row.GetString(0), row.GetInt32(1), row.GetInt64(2)), row.GetDouble(3)),
            [.. values]).ConfigureAwait(false);
        return [.. found.OrderByDescending(one => one.Score).ThenBy(one => one.Key).Take(limit)];
    }
}
