using System.Diagnostics;
using LLoCO.Core.Tests.Index;
using LLoCO.Core.Tests.Tool;
using LLoCO.Postgres;
using Npgsql;

namespace LLoCO.Core.Tests.Postgres;

/// <summary>What keeps somebody from an index gives one error, which names the index and what to do.</summary>
public sealed class PostgresMessageTests(SharedPostgres shared)
{
    private const string Password = "r1ght-secret";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Password_WrongOrMissing_IsSaid()
    {
        PostgresServer server = await shared.GetAsync();
        await using var database = new PostgresDatabase(server, await server.CreateIndexAsync());
        string role = await GuardAsync(server, "scram-sha-256");
        string address = database.Address.Replace("lloco@", $"{role}:WORD@", StringComparison.Ordinal);

        string wrong = await RefusedAsync(address.Replace("WORD", "wr0ng-secret", StringComparison.Ordinal));
        string none = await RefusedAsync(address.Replace(":WORD", string.Empty, StringComparison.Ordinal));
        string right = await RefusedAsync(address.Replace("WORD", Password, StringComparison.Ordinal));

        AssertSays(wrong, server, "refused the user or password", "PGPASSWORD");
        AssertSays(none, server, "wants a password", "PGPASSWORD");
        AssertSays(right, server, "does not let this role do that", "ConfineAsync");
        Assert.DoesNotContain("secret", wrong + none + right);
    }

    [Fact]
    public async Task User_WithoutARuleForIt_IsToldOfTheRule()
    {
        PostgresServer server = await shared.GetAsync();
        await using var database = new PostgresDatabase(server, await server.CreateIndexAsync());
        string role = await GuardAsync(server, "reject");

        AssertSays(await RefusedAsync(database.Address.Replace("lloco@", $"{role}@", StringComparison.Ordinal)), server, "no rule", "pg_hba.conf");
        AssertSays(await RefusedAsync(database.Address.Replace("lloco@", "nobody@", StringComparison.Ordinal)), server, "refused the user");
    }

    [Fact]
    public async Task Host_UnknownOrNotListening_IsSaid_AndAnUnknownOneAtOnce()
    {
        PostgresServer server = await shared.GetAsync();
        string free = $"postgres://lloco@127.0.0.1:1/notes";
        var clock = Stopwatch.StartNew();

        string unknown = await RefusedAsync("postgres://lloco@no-such-host.invalid/notes", TimeSpan.FromMinutes(10));
        string silent = await RefusedAsync(free);

        // Waiting for a name that nobody has would have taken ten minutes.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        Assert.Contains("no-such-host.invalid", unknown);
        Assert.Contains("host that is not known here. Correct the host", unknown);
        Assert.Contains("127.0.0.1:1", silent);
        Assert.Contains("cannot be reached. Check that the server runs", silent);
        Assert.NotEqual(1, server.Port);
    }

    [Fact]
    public async Task Rights_ToMakeTheTables_AreAskedFor()
    {
        PostgresServer server = await shared.GetAsync();
        await using var database = new PostgresDatabase(server, await server.CreateDatabaseAsync());
        string role = await RoleAsync(server);
        string address = database.Address.Replace("lloco@", $"{role}@", StringComparison.Ordinal);

        AssertSays(await RefusedAsync(address), server, "does not let this role do that", "owner of the database");

        // A schema of its own is not enough: pgvector is the database's.
        await database.SqlAsync($"CREATE SCHEMA lloco AUTHORIZATION {role}");
        AssertSays(await RefusedAsync(address), server, "add pgvector", "CREATE EXTENSION vector");

        await database.SqlAsync("CREATE EXTENSION vector SCHEMA public");
        await using PostgresRetrievalIndex index = await PostgresRetrievalIndex.OpenAsync(address, cancellationToken: Cancelled);
        await index.PutAsync(TestDocuments.Create("log", "ship", "The mast broke.", [1f, 0f]), Cancelled);
        Assert.NotNull(await index.FindAsync("log", Cancelled));
    }

    [Fact]
    public async Task Pgvector_NotInstalled_IsSaidWithThePackage()
    {
        await using PostgresServer server = await PostgresServer.StartAsync(withVectors: false);
        string name = await server.CreateDatabaseAsync();

        AssertSays(await RefusedAsync(server.Address(name)), server, "has no pgvector extension", "postgresql-17-pgvector");
    }

    [Fact]
    public async Task Command_WithAWrongPassword_SaysItInOneLineWithoutThePassword()
    {
        PostgresServer server = await shared.GetAsync();
        await using var database = new PostgresDatabase(server, await server.CreateIndexAsync());
        string role = await GuardAsync(server, "scram-sha-256");

        ToolRun run = await ToolRun.OfAsync(
            "list", "--index", database.Address.Replace("lloco@", $"{role}:wr0ng-secret@", StringComparison.Ordinal));

        Assert.Equal(1, run.Code);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
        Assert.Contains("refused the user or password", run.Error);
        Assert.DoesNotContain("secret", run.Error + run.Output);
    }

    private static void AssertSays(string message, PostgresServer server, params string[] words)
    {
        Assert.Contains($"127.0.0.1:{server.Port}", message);
        Assert.All(words, word => Assert.Contains(word, message));
    }

    private static async Task<string> RefusedAsync(string address, TimeSpan? retryFor = null)
    {
        var options = new PostgresIndexOptions { RetryFor = retryFor ?? TimeSpan.Zero };
        return (await Assert.ThrowsAnyAsync<LlocoException>(() => PostgresRetrievalIndex.OpenAsync(address, options, Cancelled))).Message;
    }

    private static async Task<string> RoleAsync(PostgresServer server)
    {
        string role = $"role_{Guid.NewGuid():N}";
        await server.SqlAsync("postgres", $"CREATE ROLE {role} LOGIN PASSWORD '{Password}'");
        return role;
    }

    /// <summary>Makes a role that the server lets in by a method of its own, as the first rule.</summary>
    private static async Task<string> GuardAsync(PostgresServer server, string method)
    {
        string role = await RoleAsync(server);
        await server.SqlAsync("postgres", $"""
            DO $$ DECLARE rules text; BEGIN
                PERFORM pg_advisory_lock(1);
                rules := pg_read_file(current_setting('hba_file'));
                EXECUTE format('COPY (SELECT unnest(string_to_array(%L, E''\n''))) TO %L',
                    E'host all {role} 127.0.0.1/32 {method}\n' || rules, current_setting('hba_file'));
                PERFORM pg_advisory_unlock(1);
            END $$
            """);
        await server.SqlAsync("postgres", "SELECT pg_reload_conf()");
        // The server takes the file up a moment later.
        while (await IsLetInAsync(server, role))
        {
            await Task.Delay(20, Cancelled);
        }

        return role;
    }

    private static async Task<bool> IsLetInAsync(PostgresServer server, string role)
    {
        try
        {
            await server.SqlAsync("postgres", "SELECT 1", role);
            return true;
        }
        catch (NpgsqlException error) when (!error.IsTransient)
        {
            return false;
        }
    }
}
