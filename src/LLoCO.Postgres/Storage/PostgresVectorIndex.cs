using System.Globalization;
using Npgsql;

namespace LLoCO.Postgres.Storage;

/// <summary>The HNSW index over dense vectors of one width, for all tenants.</summary>
internal static class PostgresVectorIndex
{
    // What pgvector 0.8 builds an index over.
    private const int WidestVector = 2_000;

    // Beside that of the schema, so that one process builds and the others go on.
    private const long Lock = 0x4C4C6F44;

    /// <summary>Tells whether the index is there and complete.</summary>
    /// <param name="session">The session.</param>
    /// <param name="width">Numbers per vector.</param>
    /// <returns>Whether it can be asked.</returns>
    public static Task<bool> IsThereAsync(PostgresSession session, int width) => session.ScalarAsync<bool>(
        "SELECT EXISTS(SELECT 1 FROM pg_index WHERE indexrelid = to_regclass($1) AND indisvalid)", NameOf(width));

    /// <summary>Builds the index where vectors are many and it is not there. Writers go on meanwhile.</summary>
    /// <param name="session">A session without a transaction.</param>
    /// <param name="from">Number of vectors of the tenant from which it is built.</param>
    public static async Task EnsureAsync(PostgresSession session, int from)
    {
        PostgresStatistics statistics = await PostgresStatistics.LoadAsync(session).ConfigureAwait(false);
        if (statistics.Vectors < from || statistics.Width > WidestVector || !session.MayCopy
            || await IsThereAsync(session, statistics.Width).ConfigureAwait(false)
            || !await session.ScalarAsync<bool>("SELECT pg_try_advisory_lock($1)", Lock).ConfigureAwait(false))
        {
            return;
        }

        try
        {
            // What an interrupted build left is not valid, and in the way of another.
            string name = NameOf(statistics.Width);
            await session.ExecuteAsync($"DROP INDEX CONCURRENTLY IF EXISTS {name}").ConfigureAwait(false);
            await using NpgsqlCommand build = session.Connection.Command(
                $"""
                CREATE INDEX CONCURRENTLY {name} ON passages USING hnsw ((vector::vector({statistics.Width})) vector_ip_ops)
                WHERE vector_dims(vector) = {statistics.Width}
                """);
            build.CommandTimeout = 0;
            await build.ExecuteNonQueryAsync(session.CancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await session.ExecuteAsync("SELECT pg_advisory_unlock($1)", Lock).ConfigureAwait(false);
        }
    }

    private static string NameOf(int width) => "passages_by_vector_" + width.ToString(CultureInfo.InvariantCulture);
}
