using LLoCO.Core.Index;
using LLoCO.Core.Tests.Index;
using LLoCO.Postgres;
using Npgsql;

namespace LLoCO.Core.Tests.Postgres;

/// <summary>Tenants do not meet: not through the index, and not in SQL of a role that is bound to one.</summary>
public sealed class PostgresTenantTests(SharedPostgres shared)
{
    private static readonly string[] Tables =
        ["properties", "statistics", "terms", "documents", "segments", "passages", "checkpoints", "checkpoint_segments"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Index_OfATenant_HoldsItsDocumentsAndItsStatistics()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        await using PostgresRetrievalIndex red = await database.OpenAsync(new PostgresIndexOptions { Tenant = "red" });
        await using PostgresRetrievalIndex blue =
            await PostgresRetrievalIndex.OpenAsync(database.Address + "?tenant=blue%20sea", cancellationToken: Cancelled);
        var alone = new InMemoryRetrievalIndex();
        await red.PutAsync(TestDocuments.Create("log", "g", "the mast broke\nrope and tar"), Cancelled);
        await alone.PutAsync(TestDocuments.Create("log", "g", "the mast broke\nrope and tar"), Cancelled);
        for (int i = 0; i < 5; i++)
        {
            await blue.PutAsync(PostgresDatabase.Document(i), Cancelled);
        }

        Assert.Equal("blue sea", blue.Tenant);
        Assert.Null(await blue.FindAsync("log", Cancelled));
        Assert.Empty(await red.SearchAsync(new PassageQuery("captain"), Cancelled));
        Assert.Equal(
            await alone.SearchAsync(new PassageQuery("mast"), Cancelled), await red.SearchAsync(new PassageQuery("mast"), Cancelled));
        await blue.BindAsync(TestDocuments.Fingerprint, Cancelled);
        Assert.False(await blue.DeleteAsync("log", Cancelled));
        await database.AssertConsistentAsync();
    }

    [Fact]
    public async Task ConfinedRole_WithItsOwnSql_SeesAndChangesNothingOfOthers()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        string role = $"tenant_{Guid.NewGuid():N}";
        await database.SqlAsync($"CREATE ROLE {role} LOGIN");
        await using PostgresRetrievalIndex owner = await database.OpenAsync(new PostgresIndexOptions { Tenant = "red" });
        await owner.PutAsync(TestDocuments.Create("secret", "g", "the mast broke", [1f, 0f]), Cancelled);
        await owner.SaveCheckpointAsync(
            new IngestCheckpoint("half", "hash", ["h"], TestDocuments.Summary("half", 1, 7)), Cancelled);
        await owner.ConfineAsync(role, "blue", Cancelled);

        await using (PostgresRetrievalIndex blue = await database.OpenAsync(new PostgresIndexOptions { Tenant = "blue" }, role))
        {
            await blue.PutAsync(TestDocuments.Create("own", "g", "the mast held\nrope", [1f, 0f], [0f, 1f]), Cancelled);
            await blue.PutAsync(TestDocuments.Create("own", "g", "the mast held\nand tar", [1f, 0f], [0f, 1f]), Cancelled);
            Assert.Equal(
                ["the mast held"], (await blue.SearchAsync(new PassageQuery("mast"), Cancelled)).Select(hit => hit.Text));
            Assert.Equal(2, (await blue.SearchAsync(new PassageQuery("?", Vector: new[] { 1f, 1f }), Cancelled)).Count);
        }

        foreach (string table in Tables)
        {
            // The setting is anyone's to change; the role's tenant is not.
            Assert.Equal(0, await database.CountAsync(
                $"SET lloco.tenant = 'red'; SELECT count(*) FROM lloco.{table} WHERE tenant <> 'blue'", role));
            Assert.InRange(await database.CountAsync($"SELECT count(*) FROM lloco.{table} WHERE tenant = 'red'"), 1, 100);
        }

        Assert.Equal(0, await database.CountAsync(
            "WITH gone AS (DELETE FROM lloco.documents WHERE id = 'secret' RETURNING 1) SELECT count(*) FROM gone", role));
        var written = await Assert.ThrowsAsync<PostgresException>(
            () => database.SqlAsync("INSERT INTO lloco.properties VALUES('red', 'name', 'value')", role));
        var bound = await Assert.ThrowsAsync<PostgresException>(
            () => database.SqlAsync($"UPDATE lloco.tenant_roles SET tenant = 'red'", role));
        Assert.Equal(("42501", "42501"), (written.SqlState, bound.SqlState));
        Assert.NotNull(await owner.FindAsync("secret", Cancelled));
        await database.AssertConsistentAsync();
    }

    [Fact]
    public async Task Index_OfATenantThatIsNotTheRoles_FindsNothingAndStoresNothing()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        string role = $"tenant_{Guid.NewGuid():N}";
        await database.SqlAsync($"CREATE ROLE {role} LOGIN");
        await using PostgresRetrievalIndex owner = await database.OpenAsync(new PostgresIndexOptions { Tenant = "red" });
        await owner.PutAsync(TestDocuments.Create("secret", "g", "the mast broke"), Cancelled);
        await owner.ConfineAsync(role, "blue", Cancelled);
        await using PostgresRetrievalIndex red = await database.OpenAsync(new PostgresIndexOptions { Tenant = "red" }, role);

        Assert.Null(await red.FindAsync("secret", Cancelled));
        Assert.Empty(await red.SearchAsync(new PassageQuery("mast"), Cancelled));
        var error = await Assert.ThrowsAsync<LlocoException>(
            async () => await red.PutAsync(TestDocuments.Create("other", "g", "x"), Cancelled));
        Assert.Contains("does not let this role", error.Message, StringComparison.Ordinal);
    }
}
