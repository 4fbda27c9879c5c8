using LLoCO.Core.Tests.Postgres;
using LLoCO.Orleans;
using Xunit;

namespace LLoCO.Core.Tests.Cluster;

/// <summary>Three silos on machines of their own, one of which the others cannot reach for a while.</summary>
public sealed class SplitNetworkTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(6);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Both sides still reach the database, or one does not. A job that was kept on one side comes to the other; the database itself
    /// counts how often each document is written. Silos that end, because they were declared dead, are started again as a supervisor
    /// would.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Category", "Slow")]
    public async Task Corpus_NetworkSplitAndHealed_IsWrittenOnce(bool alsoDatabase)
    {
        await using SplitNetwork network = await SplitNetwork.CreateAsync(3);
        await using PostgresServer server = await PostgresServer.StartAsync(network.Home);
        string name = await server.CreateIndexAsync();
        await PostgresClusterTests.CountWritesAsync(server, name);
        await using var group = new SiloGroup(0, new SiloPlaces(server.Address(name), server.Address(name)), "--lease", "3");
        JobDocument[] documents = group.Write(24, sentences: 60);
        string whole = await group.CompressAloneAsync();
        group.Silos = [.. Enumerable.Range(1, 3).Select(machine => Start(group, network, machine))];
        await group.ConnectAsync();
        string job = await group.Cluster.StartAsync(new JobSpec(JobKind.Compress), documents, Token);
        await PostgresClusterTests.UntilAsync(group, job, status => status.Done >= 2 && status.Running.Count >= 2);

        int[] others = alsoDatabase ? [2, 3, 0] : [2, 3];
        await Task.WhenAll(others.Select(other => network.CutAsync(1, other)));
        await Task.Delay(TimeSpan.FromSeconds(20), Token);
        long during = (long)(await server.SqlAsync(name, "SELECT count(DISTINCT id) FROM public.writes"))!;
        await Task.WhenAll(others.Select(other => network.HealAsync(1, other)));

        Task<JobStatus> end = group.EndAsync(job, Longest);
        int ended = 0;
        while (!end.IsCompleted)
        {
            for (int machine = 1; machine <= 3; machine++)
            {
                if (group.Silos[machine - 1].HasEnded)
                {
                    ended++;
                    await group.Silos[machine - 1].DisposeAsync();
                    group.Silos[machine - 1] = Start(group, network, machine);
                }
            }

            await Task.WhenAny(end, Task.Delay(500, Token));
        }

        JobStatus status = await end;
        SlowCount.Report(
            (int)during, 24, $"documents were there when the network was whole again ({ended} silos ended by themselves; leases lost: {status.Lost})");
        Assert.Equal((JobState.Finished, 24, 0), (status.State, status.Done, status.SetAsideCount));
        await group.AssertEqualAsync(whole);
        await new PostgresDatabase(server, name).AssertConsistentAsync();
        Assert.Equal(24L, await server.SqlAsync(name, "SELECT count(*) FROM public.writes"));
    }

    private static SiloProcess Start(SiloGroup group, SplitNetwork network, int machine) =>
        group.StartBy(network.On(machine), "--address", network.AddressOf(machine));
}
