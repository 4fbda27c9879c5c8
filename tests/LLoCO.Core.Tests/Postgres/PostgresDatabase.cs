using LLoCO.Core.Index;
using LLoCO.Postgres;

namespace LLoCO.Core.Tests.Postgres;

/// <summary>A database with the tables of an index, and questions about its rows.</summary>
internal sealed class PostgresDatabase(PostgresServer server, string name) : IAsyncDisposable
{
    /// <summary>What a library of version 99 would do: it takes the lock of migrations ("LLoC" in ASCII), and is busy for a while.</summary>
    public const string Upgrade = """
        SELECT pg_advisory_xact_lock(x'4C4C6F43'::bigint); SELECT pg_sleep(1); UPDATE lloco.schema_version SET version = 99
        """;

    public string Address => server.Address(name);

    public PostgresServer Server => server;

    public static async Task<PostgresDatabase> CreateAsync(SharedPostgres shared)
    {
        PostgresServer server = await shared.GetAsync();
        return new PostgresDatabase(server, await server.CreateIndexAsync());
    }

    public Task<PostgresRetrievalIndex> OpenAsync(PostgresIndexOptions? options = null, string user = "lloco") =>
        PostgresRetrievalIndex.OpenAsync(server.Address(name, user), options, TestContext.Current.CancellationToken);

    public Task<object?> SqlAsync(string sql, string user = "lloco") => server.SqlAsync(name, sql, user);

    public async Task<long> CountAsync(string sql, string user = "lloco") => Convert.ToInt64(
        await SqlAsync(sql, user), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Ends the sessions of indexes that are open, and waits for their end: what they have not committed is gone.</summary>
    public Task EndSessionsAsync() => SqlAsync(
        """
        SELECT count(pg_terminate_backend(pid, 300000)) FROM pg_stat_activity
        WHERE application_name LIKE 'LLoCO%' AND datname = current_database()
        """);

    /// <summary>The counts that BM25 uses are those of the passages that are there, and no row belongs to nothing.</summary>
    public async Task AssertConsistentAsync()
    {
        Assert.Equal(0, await CountAsync(
            """
            SELECT count(*) FROM lloco.statistics s CROSS JOIN LATERAL (
                SELECT count(*) AS n, coalesce(sum(p.words), 0) AS words, count(p.vector) AS vectors
                FROM lloco.passages p WHERE p.tenant = s.tenant) c
            WHERE s.passages <> c.n OR s.words <> c.words OR s.vectors <> c.vectors
            """));
        Assert.Equal(0, await CountAsync(
            """
            SELECT count(*) FROM lloco.terms t FULL JOIN (
                SELECT term, count(*) AS n FROM lloco.passages, unnest(terms) AS u(term) GROUP BY term) c ON c.term = t.id
            WHERE t.passages IS DISTINCT FROM c.n
            """));
        Assert.Equal(0, await CountAsync(
            """
            SELECT count(*) FROM lloco.documents d
            WHERE segment_count <> (SELECT count(*) FROM lloco.segments WHERE owner = d.key)
            """));
    }

    public async ValueTask DisposeAsync() => await server.DropAsync(name);

    /// <summary>Documents whose passages share words.</summary>
    public static IndexedDocument Document(int number, string group = "g", string more = "") => Index.TestDocuments.Create(
        $"d{number}", group, $"the captain of ship{number} sailed{more}\nfrom harbour{number % 7} to town{number % 5} with the mast");
}
