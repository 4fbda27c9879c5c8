using LLoCO.Core.Index;
using LLoCO.Core.Tests.Index;
using LLoCO.Postgres;

namespace LLoCO.Core.Tests.Postgres;

public sealed class PostgresSchemaTests(SharedPostgres shared)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Several times: one that finds the tables just made may have loaded the types before they were.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(10)]
    public async Task Open_ByFourAtOnce_MakesTheTablesOnce(int millisecondsApart)
    {
        PostgresServer server = await shared.GetAsync();
        await using var database = new PostgresDatabase(server, await server.CreateDatabaseAsync());

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            await Task.Delay(i * millisecondsApart, Cancelled);
            await using PostgresRetrievalIndex index = await database.OpenAsync();
            await index.PutAsync(TestDocuments.Create($"d{i}", "g", $"mast{i}", [1f, i]), Cancelled);
        }));

        Assert.Equal(1, await database.CountAsync("SELECT count(*) FROM lloco.schema_version"));
        Assert.Equal(4, await database.CountAsync("SELECT count(*) FROM lloco.documents"));
        await database.AssertConsistentAsync();
    }

    [Fact]
    public async Task Open_Version1_IsBroughtUpToDateWithItsDocuments()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        IndexedDocument document = TestDocuments.Create("log", "ship", "The mast broke.\nRain.");
        await using (PostgresRetrievalIndex index = await database.OpenAsync())
        {
            await index.PutAsync(document, Cancelled);
        }

        // Version 1 had no tenants in the database's own rules.
        await database.SqlAsync(
            """
            DO $$ DECLARE one text; BEGIN
                FOR one IN SELECT tablename FROM pg_policies WHERE schemaname = 'lloco' LOOP
                    EXECUTE format('DROP POLICY one_tenant ON lloco.%I; ALTER TABLE lloco.%I DISABLE ROW LEVEL SECURITY', one, one);
                END LOOP;
            END $$;
            DROP FUNCTION lloco.current_tenant; DROP TABLE lloco.tenant_roles; UPDATE lloco.schema_version SET version = 1
            """);

        await using PostgresRetrievalIndex again = await database.OpenAsync();

        Assert.Equal(2, await database.CountAsync("SELECT version FROM lloco.schema_version"));
        Assert.Equal(8, await database.CountAsync("SELECT count(*) FROM pg_policies WHERE schemaname = 'lloco'"));
        TestDocuments.AssertEqual(document.Summary, await again.LoadSummaryAsync("log", Cancelled));
        Assert.Equal("log", Assert.Single(await again.SearchAsync(new PassageQuery("mast"), Cancelled)).DocumentId);
    }

    [Fact]
    public async Task Open_NewerVersion_IsRefusedWithBothNumbers()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        await database.SqlAsync("UPDATE lloco.schema_version SET version = 99");

        var error = await Assert.ThrowsAsync<PostgresVersionException>(() => database.OpenAsync());

        Assert.Contains("version 99; this library reads versions 1 to 2", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A process that was running when a newer one brought the tables up to date writes nothing into them. One that begins to
    /// write while that happens waits, and finds the newer version.</summary>
    [Fact]
    public async Task Write_AfterANewerLibraryChangedTheTables_IsRefused()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        await using PostgresRetrievalIndex index = await database.OpenAsync();
        await index.PutAsync(PostgresDatabase.Document(1), Cancelled);
        Task<object?> newer = database.SqlAsync(PostgresDatabase.Upgrade);

        // Writers of other databases, and of this one, share a lock of that number. On a busy machine the newer library may be done by then.
        const string held = """
            SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = x'4C4C6F43'::int AND mode = 'ExclusiveLock' AND granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """;
        while (!newer.IsCompleted && await database.CountAsync(held) == 0)
        {
            await Task.Delay(10, Cancelled);
        }

        var put = await Assert.ThrowsAsync<PostgresVersionException>(
            () => index.PutAsync(PostgresDatabase.Document(2), Cancelled).AsTask());
        var delete = await Assert.ThrowsAsync<PostgresVersionException>(() => index.DeleteAsync("d1", Cancelled).AsTask());
        await Assert.ThrowsAsync<PostgresVersionException>(() => index.SaveCheckpointAsync(
            new IngestCheckpoint("d2", "hash", ["h0"], TestDocuments.Summary("d2", 1, 7)), Cancelled).AsTask());

        await newer;
        Assert.Contains("schema version 99", put.Message, StringComparison.Ordinal);
        Assert.Equal(put.Message, delete.Message);
        Assert.Equal(1, await database.CountAsync("SELECT count(*) FROM lloco.documents"));
        Assert.Equal(0, await database.CountAsync("SELECT count(*) FROM lloco.checkpoints"));
    }

    [Fact]
    public async Task Open_NothingThere_IsRefusedWhereNothingMayBeMade()
    {
        PostgresServer server = await shared.GetAsync();
        await using var database = new PostgresDatabase(server, await server.CreateDatabaseAsync());
        var look = new PostgresIndexOptions { CreateIfMissing = false };

        var empty = await Assert.ThrowsAsync<LlocoException>(() => database.OpenAsync(look));
        var missing = await Assert.ThrowsAsync<LlocoException>(
            () => PostgresRetrievalIndex.OpenAsync(server.Address("nowhere"), look, Cancelled));

        Assert.Contains("There is no index in", empty.Message, StringComparison.Ordinal);
        Assert.Contains("has no such database", missing.Message, StringComparison.Ordinal);
        Assert.Equal(0, await database.CountAsync("SELECT count(*) FROM pg_namespace WHERE nspname = 'lloco'"));
    }

    [Fact]
    public async Task Open_AnotherSchema_IsAnotherIndex()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        await using PostgresRetrievalIndex one = await database.OpenAsync();
        await using PostgresRetrievalIndex two =
            await PostgresRetrievalIndex.OpenAsync(database.Address + "?schema=my%20%22other%22", cancellationToken: Cancelled);
        await one.PutAsync(TestDocuments.Create("log", "ship", "x"), Cancelled);

        Assert.Null(await two.FindAsync("log", Cancelled));
        Assert.NotNull(await one.FindAsync("log", Cancelled));
    }

    [Theory]
    [InlineData("UPDATE lloco.segments SET payload = 'xy'", "do not have their hash")]
    [InlineData("UPDATE lloco.documents SET text = '\\xff'", "its text is not UTF-8")]
    public async Task Load_DamagedRow_IsNamed(string damage, string expected)
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        await using PostgresRetrievalIndex index = await database.OpenAsync();
        await index.PutAsync(TestDocuments.Create("log", "ship", "x"), Cancelled);
        await database.SqlAsync(damage);

        var error = await Assert.ThrowsAsync<LlocoException>(async () =>
        {
            await index.LoadSummaryAsync("log", Cancelled);
            await index.LoadTextAsync("log", Cancelled);
        });

        Assert.Contains("document 'log'", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_VeryLongWord_IsFoundByItself()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        await using PostgresRetrievalIndex index = await database.OpenAsync();
        string word = new('x', 5_000);
        await index.PutAsync(TestDocuments.Create("log", "g", $"{word}\nother\nmore"), Cancelled);

        Assert.Equal(word, Assert.Single(await index.SearchAsync(new PassageQuery(word), Cancelled)).Text);
        Assert.Empty(await index.SearchAsync(new PassageQuery(word + "y"), Cancelled));
    }
}
