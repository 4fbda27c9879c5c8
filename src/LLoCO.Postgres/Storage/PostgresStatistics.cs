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

    /// <summary>Gets the statement that takes the lock and adds to the counts, to be sent with others. It gives the width of the vectors
    /// that are there then; where it is another, the transaction must not be committed.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="more">Passages, words and vectors more, negative for fewer; the width of vectors that are added.</param>
    public static (string Sql, object?[] Values) Add(string tenant, PostgresStatistics more) => (
        """
        INSERT INTO statistics AS s(tenant, passages, words, vectors, width) VALUES($1, $2, $3, $4, $5)
        ON CONFLICT(tenant) DO UPDATE SET passages = s.passages + excluded.passages, words = s.words + excluded.words,
            vectors = s.vectors + excluded.vectors,
            width = CASE WHEN s.vectors = 0 AND excluded.width > 0 THEN excluded.width ELSE s.width END
        RETURNING width
        """,
        [tenant, more.Passages, more.Words, more.Vectors, more.Width]);

    /// <summary>Refuses vectors of another width than those that are there.</summary>
    /// <param name="width">Numbers of a vector.</param>
    public void CheckWidth(int width) => IndexGuard.CheckWidth(width, Vectors > 0 ? Width : null);
}
