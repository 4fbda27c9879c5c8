using LLoCO.Core.Tests.Postgres;
using LLoCO.Orleans.Membership;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.MembershipService;
using Xunit;

namespace LLoCO.Core.Tests.Cluster;

/// <summary>The table of silos in a real PostgreSQL server, by Orleans' own provider.</summary>
public sealed class MemberDatabaseTests(SharedPostgres shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ensure_ManySilosAtOnce_MakeOneTableThatKeepsTheContract()
    {
        PostgresServer server = await shared.GetAsync();
        string name = await server.CreateDatabaseAsync();
        string[] schemas = ["lloco_silos", "other"];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => new MemberDatabase(server.Address(name)).EnsureAsync(Token)));
        var other = new MemberDatabase(server.Address(name) + "?schema=other");
        await other.EnsureAsync(Token);
        await other.EnsureAsync(Token);

        await MembershipContract.AssertKeptAsync(await TableAsync(new MemberDatabase(server.Address(name)), "lloco"), Token);

        // Another cluster in the same tables, and another schema, know nothing of it.
        await MembershipContract.AssertKeptAsync(await TableAsync(new MemberDatabase(server.Address(name)), "second"), Token);
        await MembershipContract.AssertKeptAsync(await TableAsync(other, "lloco"), Token);
        Assert.All(schemas, schema => Assert.Equal(
            1L, server.SqlAsync(name, $"SELECT count(*) FROM {schema}.silo_schema").GetAwaiter().GetResult()));
        await server.DropAsync(name);
    }

    [Fact]
    public async Task Ensure_TablesOfANewerVersion_AreRefusedByName()
    {
        PostgresServer server = await shared.GetAsync();
        string name = await server.CreateDatabaseAsync();
        var database = new MemberDatabase(server.Address(name));
        await database.EnsureAsync(Token);
        await server.SqlAsync(name, "UPDATE lloco_silos.silo_schema SET version = 7");

        LlocoException error = await Assert.ThrowsAsync<LlocoException>(() => database.EnsureAsync(Token));

        Assert.Contains("version 7", error.Message, StringComparison.Ordinal);
        Assert.Contains("Update this silo", error.Message, StringComparison.Ordinal);
        await server.DropAsync(name);
    }

    private static async Task<AdoNetClusteringTable> TableAsync(MemberDatabase database, string cluster)
    {
        var table = new AdoNetClusteringTable(
            new ServiceCollection().BuildServiceProvider(),
            Options.Create(new ClusterOptions { ClusterId = cluster, ServiceId = cluster }),
            Options.Create(new AdoNetClusteringSiloOptions
            {
                Invariant = MemberDatabase.Provider, ConnectionString = database.ConnectionString,
            }),
            NullLogger<AdoNetClusteringTable>.Instance);
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, Token);
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, Token);
        return table;
    }
}
