using LLoCO.Core;
using LLoCO.Postgres.Storage;
using Npgsql;
using Pgvector;

namespace LLoCO.Postgres.Schema;

/// <summary>Makes the tables of an index, or brings them up to date.</summary>
internal static class PostgresMigration
{
    // "LLoC" in ASCII, as the application id of index files. One process migrates; the others wait and find the work done.
    // Writers share it (PostgresWrites), so that no write began under one version and ends under another.
    public const long Lock = 0x4C4C6F43;

    /// <summary>Refuses a version that this library does not know.</summary>
    /// <param name="found">The version of the tables.</param>
    /// <param name="place">Where the index is.</param>
    /// <exception cref="PostgresVersionException">It is newer.</exception>
    public static void EnsureKnown(int found, PostgresPlace place)
    {
        if (found > PostgresSchema.Version)
        {
            throw new PostgresVersionException(
                $"The index {place} has schema version {found}; this library reads versions 1 to {PostgresSchema.Version}. Nothing was "
                + "changed. Use the newer library that wrote it, or ingest the documents into another schema.");
        }
    }

    /// <summary>Makes sure that the schema has the version of this library.</summary>
    /// <param name="connection">A connection inside a transaction.</param>
    /// <param name="place">Where the index is, and whether it may be made.</param>
    /// <param name="cancellationToken">Cancels between steps.</param>
    /// <exception cref="LlocoException">It has a newer version, or is not there and may not be made.</exception>
    public static async Task EnsureAsync(NpgsqlConnection connection, PostgresPlace place, CancellationToken cancellationToken)
    {
        if (Check(await FindVersionAsync(connection, place, cancellationToken).ConfigureAwait(false), place) == PostgresSchema.Version)
        {
            await EnsureTypesAsync(connection, cancellationToken).ConfigureAwait(false);
            return;
        }

        await connection.ExecuteAsync("SELECT pg_advisory_xact_lock($1)", cancellationToken, Lock).ConfigureAwait(false);
        int found = Check(await FindVersionAsync(connection, place, cancellationToken).ConfigureAwait(false), place);
        if (found < PostgresSchema.Version)
        {
            await UpgradeAsync(connection, place, found, cancellationToken).ConfigureAwait(false);
        }

        // This connection was opened before the extension's types were there, whoever made them.
        await connection.ReloadTypesAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Loads the types again if another process made the tables after this connection had loaded them, and before it looked.</summary>
    private static async Task EnsureTypesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.ScalarAsync<bool>("SELECT $1 IS NOT NULL", cancellationToken, new Vector(new float[1])).ConfigureAwait(false);
        }
        catch (InvalidCastException)
        {
            // Thrown before anything is sent: the transaction goes on.
            await connection.ReloadTypesAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task UpgradeAsync(
        NpgsqlConnection connection, PostgresPlace place, int found, CancellationToken cancellationToken)
    {
        if (found == 0)
        {
            // Whoever may not make a schema may have been given one.
            bool hasSchema = await connection.ScalarAsync<bool>(
                "SELECT EXISTS(SELECT 1 FROM pg_namespace WHERE nspname = $1)", cancellationToken, place.Schema).ConfigureAwait(false);
            await connection.ExecuteAsync(
                $"""
                {(hasSchema ? string.Empty : $"CREATE SCHEMA IF NOT EXISTS {place.QuotedSchema};")}
                CREATE EXTENSION IF NOT EXISTS vector SCHEMA public;
                CREATE TABLE {place.QuotedSchema}.schema_version(version int NOT NULL)
                """,
                cancellationToken).ConfigureAwait(false);
        }

        for (int step = found; step < PostgresSchema.Version; step++)
        {
            await connection.ExecuteAsync(PostgresSchema.Steps[step], cancellationToken).ConfigureAwait(false);
        }

        await connection.ExecuteAsync(
            found == 0 ? "INSERT INTO schema_version VALUES($1)" : "UPDATE schema_version SET version = $1",
            cancellationToken,
            PostgresSchema.Version).ConfigureAwait(false);
    }

    private static async Task<int> FindVersionAsync(
        NpgsqlConnection connection, PostgresPlace place, CancellationToken cancellationToken)
    {
        // A statement that names a missing table would end the transaction. to_regclass would say what it said before this transaction
        // waited: it answers from a cache that is not brought up to date in between.
        bool there = await connection.ScalarAsync<bool>(
            """
            SELECT EXISTS(SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = $1 AND c.relname = 'schema_version')
            """,
            cancellationToken,
            place.Schema).ConfigureAwait(false);
        return there
            ? await connection.ScalarAsync<int>($"SELECT version FROM {place.QuotedSchema}.schema_version", cancellationToken).ConfigureAwait(false)
            : 0;
    }

    private static int Check(int found, PostgresPlace place)
    {
        EnsureKnown(found, place);
        return found > 0 || place.CreateIfMissing
            ? found
            : throw new LlocoException($"There is no index in {place}. Ingest documents into it first, or correct the address.");
    }
}
