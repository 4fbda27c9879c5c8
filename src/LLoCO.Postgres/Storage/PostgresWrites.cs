using LLoCO.Postgres.Schema;

namespace LLoCO.Postgres.Storage;

/// <summary>How every write of a document begins.</summary>
internal static class PostgresWrites
{
    /// <summary>Makes sure that the tables still have the version of this library until the end of the transaction, and that no other writes
    /// this document; then runs statements. All are sent together.</summary>
    /// <param name="session">A session in a transaction that has done nothing yet, so that writers never wait for each other in a
    /// circle.</param>
    /// <param name="documentId">The document.</param>
    /// <param name="statements">SQL with its parameters.</param>
    /// <returns>The rows of each of the statements, in order.</returns>
    /// <exception cref="PostgresVersionException">A newer library has brought the tables up to date since the index was opened.</exception>
    public static async Task<List<List<object[]>>> BeginAsync(
        PostgresSession session, string documentId, params (string Sql, object?[] Values)[] statements)
    {
        // Whoever changes the tables waits for the writers that hold this lock. The version is read by a statement of its own, which sees
        // what was committed while this one waited for the lock.
        List<List<object[]>> rows = await session.TogetherAsync(
        [
            ("SELECT 1 FROM pg_advisory_xact_lock_shared($1)", [PostgresMigration.Lock]),
            ("SELECT version FROM schema_version", []),
            ("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended($1 || chr(1) || $2, 0))", [session.Tenant, documentId]),
            .. statements,
        ]).ConfigureAwait(false);
        PostgresMigration.EnsureKnown((int)rows[1][0][0], session.Place);
        return rows[3..];
    }
}
