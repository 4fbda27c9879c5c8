using LLoCO.Core.Index;

namespace LLoCO.Postgres.Storage;

/// <summary>Counts over all passages of a tenant, which BM25 needs, kept up by every write.</summary>
/// <param name="Passages">Number of passages.</param>
/// <param name="Words">Their terms, with repetitions.</param>
/// <param name="Vectors">Passages with a dense vector.</param>
/// <param name="Width">Numbers per dense vector, where there are any.</param>
internal readonly record struct PostgresStatistics(long Passages, long Words, long Vectors, int Width)
{
    /// <summary>Gets the mean number of terms of a passage.</summary>
    public double AverageLength => Passages == 0 ? 0 : (double)Words / Passages;

    /// <summary>Waits until no other writes to this tenant, until the end of the transaction. Writers come to it last, so they wait
    /// for milliseconds; and because all take this lock before they touch counts of terms, none waits for another in a circle.</summary>
    /// <param name="session">A session in a transaction.</param>
    public static async Task LockAsync(PostgresSession session) =>
        await session.ExecuteAsync(
            """
            INSERT INTO statistics(tenant) VALUES($1) ON CONFLICT(tenant) DO UPDATE SET passages = statistics.passages
            """,
            session.Tenant).ConfigureAwait(false);

    /// <summary>Reads the counts.</summary>
    /// <param name="session">The session.</param>
    /// <returns>The counts; zeros in an index without documents.</returns>
    public static async Task<PostgresStatistics> LoadAsync(PostgresSession session) =>
        (await session.RowsAsync(
            "SELECT passages, words, vectors, width FROM statistics WHERE tenant = $1",
            row => new PostgresStatistics(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt32(3)),
            session.Tenant).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>Adds to the counts, or takes from them.</summary>
    /// <param name="session">A session that holds the lock.</param>
    /// <param name="passages">Passages more; negative for fewer.</param>
    /// <param name="words">Terms more.</param>
    /// <param name="vectors">Passages with a dense vector more.</param>
    /// <param name="width">The width of vectors that are added; 0 where none are.</param>
    public static async Task AddAsync(PostgresSession session, long passages, long words, long vectors, int width) =>
        await session.ExecuteAsync(
            """
            UPDATE statistics SET passages = passages + $2, words = words + $3, vectors = vectors + $4,
                width = CASE WHEN $5 > 0 THEN $5 ELSE width END
            WHERE tenant = $1
            """,
            session.Tenant,
            passages,
            words,
            vectors,
            width).ConfigureAwait(false);

    /// <summary>Refuses vectors of another width than those that are there.</summary>
    /// <param name="width">Numbers of a vector.</param>
    public void CheckWidth(int width) => IndexGuard.CheckWidth(width, Vectors > 0 ? Width : null);
}
