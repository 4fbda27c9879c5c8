using System.Net;
using Orleans;
using Orleans.Runtime;
using Xunit;

namespace LLoCO.Core.Tests.Cluster;

/// <summary>What Orleans expects of a table of silos, wherever it is kept.</summary>
internal static class MembershipContract
{
    private const int Silos = 8;

    /// <summary>Silos join at the same time, one is suspected and declared dead, and is cleaned away.</summary>
    /// <param name="table">An empty table.</param>
    /// <param name="token">Ends the test.</param>
    public static async Task AssertKeptAsync(IMembershipTable table, CancellationToken token)
    {
        MembershipTableData none = await table.ReadAllAsync(token);
        Assert.Equal((0, 0), (none.Version.Version, none.Members.Count));
        await Task.WhenAll(Enumerable.Range(1, Silos).Select(port => InsertAsync(table, port, token)));

        MembershipTableData all = await table.ReadAllAsync(token);
        Assert.Equal(Silos, all.Version.Version);
        Assert.Equal(Enumerable.Range(1, Silos), all.Members.Select(one => one.Item1.SiloAddress.Endpoint.Port).Order());
        (MembershipEntry entry, string etag) = all.Members[0];
        Assert.False(await table.InsertRowAsync(Entry(entry.SiloAddress.Endpoint.Port), all.Version.Next(), token));
        SiloAddress accuser = all.Members[1].Item1.SiloAddress;
        DateTime heard = entry.IAmAliveTime;
        entry.Status = SiloStatus.Dead;
        entry.AddSuspector(accuser, DateTime.UtcNow);
        Assert.True(await table.UpdateRowAsync(entry, etag, all.Version.Next(), token));
        Assert.False(await table.UpdateRowAsync(entry, etag, all.Version.Next(), token));

        MembershipTableData row = await table.ReadRowAsync(entry.SiloAddress, token);
        MembershipEntry found = Assert.Single(row.Members).Item1;
        Assert.Equal((SiloStatus.Dead, Silos + 1, entry.SiloName), (found.Status, row.Version.Version, found.SiloName));
        Assert.Equal(accuser, Assert.Single(found.SuspectTimes!).Item1);
        Assert.Equal((entry.ProxyPort, entry.HostName), (found.ProxyPort, found.HostName));
        Assert.InRange((found.IAmAliveTime - heard).TotalSeconds, 0, 0.001);
        Assert.InRange((found.StartTime - entry.StartTime).TotalSeconds, -0.001, 0.001);
        Assert.Empty((await table.ReadRowAsync(Entry(Silos + 1).SiloAddress, token)).Members);
        await table.CleanupDefunctSiloEntriesAsync(DateTimeOffset.UtcNow.AddMinutes(-5), token);
        Assert.Equal(Silos, (await table.ReadAllAsync(token)).Members.Count);
        await table.CleanupDefunctSiloEntriesAsync(DateTimeOffset.UtcNow.AddMinutes(5), token);
        Assert.Equal(Silos - 1, (await table.ReadAllAsync(token)).Members.Count);
    }

    private static async Task InsertAsync(IMembershipTable table, int port, CancellationToken token)
    {
        MembershipEntry silo = Entry(port);
        while (!await table.InsertRowAsync(silo, (await table.ReadAllAsync(token)).Version.Next(), token))
        {
            await Task.Delay(1, token);
        }

        silo.IAmAliveTime = DateTime.UtcNow;
        await table.UpdateIAmAliveAsync(silo, token);
    }

    private static MembershipEntry Entry(int port) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, port, 1),
        Status = SiloStatus.Active,
        ProxyPort = port + 100,
        HostName = "host",
        SiloName = $"silo {port}",
        StartTime = DateTime.UtcNow,
        IAmAliveTime = DateTime.UtcNow,
    };
}
