using LLoCO.Core;

namespace LLoCO.Postgres.Storage;

/// <summary>The fingerprint of the model that an index belongs to.</summary>
internal static class PostgresFingerprints
{
    /// <summary>Reads the fingerprint.</summary>
    /// <param name="session">The session.</param>
    /// <returns>The fingerprint, or <see langword="null"/> in an index that was never bound.</returns>
    public static async Task<ModelFingerprint?> LoadAsync(PostgresSession session) =>
        await session.ScalarAsync<string>(
            "SELECT value FROM properties WHERE tenant = $1 AND name = 'fingerprint'", session.Tenant).ConfigureAwait(false) is { } text
            ? ModelFingerprint.Parse(text)
            : null;

    /// <summary>Checks whether an index already has a fingerprint, so that no write is needed.</summary>
    /// <param name="session">The session.</param>
    /// <param name="fingerprint">The fingerprint of the model in use.</param>
    /// <param name="except">A document that does not count as data: the one that is being written.</param>
    /// <returns>Whether it has this one; <see langword="false"/> if it is empty and may take it.</returns>
    /// <exception cref="FingerprintMismatchException">It contains data of another model.</exception>
    public static async Task<bool> IsBoundAsync(PostgresSession session, ModelFingerprint fingerprint, string except = "")
    {
        ModelFingerprint? found = await LoadAsync(session).ConfigureAwait(false);
        if (found is not null && found != fingerprint && await session.ScalarAsync<bool>(
            """
            SELECT EXISTS(SELECT 1 FROM documents WHERE tenant = $1 AND id <> $2)
                OR EXISTS(SELECT 1 FROM checkpoints WHERE tenant = $1 AND document_id <> $2)
            """,
            session.Tenant,
            except).ConfigureAwait(false))
        {
            fingerprint.EnsureMatches(found, $"index {session.Place}");
        }

        return found == fingerprint;
    }

    /// <summary>Gets the statement that reads the fingerprint, to be sent with others.</summary>
    /// <param name="tenant">The tenant.</param>
    public static (string Sql, object?[] Values) Read(string tenant) =>
        ("SELECT value FROM properties WHERE tenant = $1 AND name = 'fingerprint'", [tenant]);

    /// <summary>Stores a fingerprint, or compares it with the stored one.</summary>
    /// <param name="session">A session that holds the writers' lock (<see cref="PostgresStatistics.LockAsync"/>), so that two models that
    /// meet an empty index do not both bind it.</param>
    /// <param name="fingerprint">The fingerprint of the model in use.</param>
    /// <param name="except">A document that does not count as data: the one that is being written.</param>
    public static async Task BindAsync(PostgresSession session, ModelFingerprint fingerprint, string except = "")
    {
        if (!await IsBoundAsync(session, fingerprint, except).ConfigureAwait(false))
        {
            await session.ExecuteAsync(
                """
                INSERT INTO properties(tenant, name, value) VALUES($1, 'fingerprint', $2)
                ON CONFLICT(tenant, name) DO UPDATE SET value = excluded.value
                """,
                session.Tenant,
                fingerprint.ToString()).ConfigureAwait(false);
        }
    }
}
