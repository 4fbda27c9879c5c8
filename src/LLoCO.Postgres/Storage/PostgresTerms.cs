using System.Security.Cryptography;
using System.Text;
using LLoCO.Core.Index;

namespace LLoCO.Postgres.Storage;

/// <summary>The terms of a tenant: their ids, and in how many passages each stands.</summary>
internal static class PostgresTerms
{
    // An entry of a b-tree holds 2,704 bytes; what is longer than this is no word that anyone asks for.
    private const int LongestTerm = 200;

    /// <summary>Cuts a text into the terms that are stored: those of <see cref="SearchTerms"/>, very long ones by their hash.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The terms in text order, with repetitions.</returns>
    public static IEnumerable<string> Extract(string text) => SearchTerms.Extract(text).Select(term => term.Length <= LongestTerm
        ? term
        : "#" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(term))));

    /// <summary>Counts passages to their terms, and adds terms that are new.</summary>
    /// <param name="session">A session that holds the writers' lock.</param>
    /// <param name="passages">Terms, and how many passages more hold each.</param>
    /// <returns>The ids of the terms.</returns>
    public static async Task<Dictionary<string, int>> AddAsync(PostgresSession session, IReadOnlyDictionary<string, int> passages)
    {
        // Known ones first: an insert that finds its term there would use up an id.
        List<(string Term, int Id)> rows = await session.RowsAsync(
            """
            WITH given AS (SELECT * FROM unnest($2::text[], $3::int[]) AS g(term, n)),
            known AS (
                UPDATE terms t SET passages = t.passages + g.n FROM given g WHERE t.tenant = $1 AND t.term = g.term
                RETURNING t.term, t.id),
            added AS (
                INSERT INTO terms(tenant, term, passages)
                SELECT $1, g.term, g.n FROM given g
                WHERE NOT EXISTS(SELECT 1 FROM terms t WHERE t.tenant = $1 AND t.term = g.term)
                RETURNING term, id)
            SELECT term, id FROM known UNION ALL SELECT term, id FROM added
            """,
            row => (row.GetString(0), row.GetInt32(1)),
            session.Tenant,
            passages.Keys.ToArray(),
            passages.Values.ToArray()).ConfigureAwait(false);
        return rows.ToDictionary(row => row.Term, row => row.Id, StringComparer.Ordinal);
    }

    /// <summary>Takes passages from the counts of their terms, and removes terms that none holds any more.</summary>
    /// <param name="session">A session that holds the writers' lock.</param>
    /// <param name="passages">Ids of terms, and how many passages fewer hold each.</param>
    public static async Task TakeAsync(PostgresSession session, IReadOnlyDictionary<int, int> passages)
    {
        int[] ids = [.. passages.Keys];
        await session.ExecuteAsync(
            """
            UPDATE terms t SET passages = t.passages - g.n FROM unnest($2::int[], $3::int[]) AS g(id, n)
            WHERE t.tenant = $1 AND t.id = g.id
            """,
            session.Tenant,
            ids,
            passages.Values.ToArray()).ConfigureAwait(false);
        await session.ExecuteAsync(
            "DELETE FROM terms WHERE tenant = $1 AND id = ANY($2) AND passages <= 0", session.Tenant, ids).ConfigureAwait(false);
    }

    /// <summary>Finds the terms of a question.</summary>
    /// <param name="session">The session.</param>
    /// <param name="terms">The terms.</param>
    /// <param name="passages">Number of passages of the tenant.</param>
    /// <returns>Those that a passage holds, rarest first, and the id of each.</returns>
    public static async Task<(List<CountedTerm> Terms, Dictionary<string, int> Ids)> FindAsync(
        PostgresSession session, IEnumerable<string> terms, long passages)
    {
        List<(string Term, int Id, int Passages)> rows = await session.RowsAsync(
            "SELECT term, id, passages FROM terms WHERE tenant = $1 AND term = ANY($2)",
            row => (row.GetString(0), row.GetInt32(1), row.GetInt32(2)),
            session.Tenant,
            terms.ToArray()).ConfigureAwait(false);
        return (
            [.. rows.Select(row => new CountedTerm(row.Term, row.Passages, Bm25Formula.Idf(passages, row.Passages)))
                .OrderBy(term => term.Passages).ThenBy(term => term.Text, StringComparer.Ordinal)],
            rows.ToDictionary(row => row.Term, row => row.Id, StringComparer.Ordinal));
    }
}
