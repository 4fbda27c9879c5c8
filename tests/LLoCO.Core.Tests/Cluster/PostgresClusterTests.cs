using System.Diagnostics;
using LLoCO.Core.Tests.Postgres;
using LLoCO.Orleans;
using Xunit;

namespace LLoCO.Core.Tests.Cluster;

/// <summary>Silos as processes that meet in a real PostgreSQL server, or keep their index there.</summary>
public sealed class PostgresClusterTests(SharedPostgres shared)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(6);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Three silos meet in the database alone. One is killed while it works, and is declared dead there by another.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Silos_ThatMeetInADatabase_DeclareAKilledOneDead()
    {
        PostgresServer server = await shared.GetAsync();
        string name = await server.CreateDatabaseAsync();
        await using var group = new SiloGroup(3, new SiloPlaces(Database: server.Address(name)), "--lease", "3");
        (JobDocument[] documents, string whole) = await WriteAsync(group, 20);
        await group.ConnectAsync();
        Assert.Equal(3L, await server.SqlAsync(name, "SELECT count(*) FROM lloco_silos.members WHERE status = 3"));
        Assert.False(Directory.Exists(group.PathOf("shared/silos")));
        string job = await group.Cluster.StartAsync(new JobSpec(JobKind.Compress), documents, Token);
        string killed = await KillOneAtWorkAsync(group, job);

        JobStatus end = await group.EndAsync(job, Longest);
        string[] parts = killed[1..].Split(':');
        string dead = $"SELECT count(*) FROM lloco_silos.members WHERE port = {parts[1]} AND generation = {parts[2]} AND status = 6 AND suspicions <> ''";
        while ((long)(await server.SqlAsync(name, dead))! == 0)
        {
            await Task.Delay(200, Token);
        }

        Assert.Equal((JobState.Finished, 20, 0), (end.State, end.Done, end.SetAsideCount));
        Assert.Equal(2L, await server.SqlAsync(name, "SELECT count(*) FROM lloco_silos.members WHERE status = 3"));
        await group.AssertEqualAsync(whole);
    }

    /// <summary>Two silos over an index in PostgreSQL are killed again and again while they work. The database itself counts how often each
    /// document is written.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Corpus_IndexInPostgresAndSilosKilled_IsThatOfOneProcess()
    {
        const int Kills = 8;
        PostgresServer server = await shared.GetAsync();
        string name = await server.CreateIndexAsync();
        await CountWritesAsync(server, name);
        await using var group = new SiloGroup(2, new SiloPlaces(Index: server.Address(name)), "--lease", "3");
        (JobDocument[] documents, string whole) = await WriteAsync(group, 20);
        await group.ConnectAsync();
        string job = await group.Cluster.StartAsync(new JobSpec(JobKind.Compress), documents, Token);
        var clock = Stopwatch.StartNew();
        Task<JobStatus> end = group.EndAsync(job, Longest);
        int kills = 0;
        while (kills < Kills && !end.IsCompleted && clock.Elapsed < SlowCount.Longest)
        {
            if (await KillOneAtWorkAsync(group, job, restart: true) is { Length: > 0 })
            {
                kills++;
            }
        }

        JobStatus status = await end;
        SlowCount.Report(kills, Kills, $"kills of silos that worked (leases lost: {status.Lost}; {clock.Elapsed})");
        Assert.Equal((JobState.Finished, 20, 0), (status.State, status.Done, status.SetAsideCount));
        Assert.InRange(kills, 3, Kills);
        await group.AssertEqualAsync(whole);
        await new PostgresDatabase(server, name).AssertConsistentAsync();
        Assert.Equal(20L, await server.SqlAsync(name, "SELECT count(*) FROM public.writes"));
    }

    /// <summary>The server of the index and of the table of silos stops for half a minute in the middle of a job. Calls are tried for less
    /// than that, so that some fail.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Corpus_ServerStoppedFor30Seconds_GoesOn()
    {
        await using PostgresServer server = await PostgresServer.StartAsync();
        string name = await server.CreateIndexAsync();
        await CountWritesAsync(server, name);
        await using var group = new SiloGroup(2, new SiloPlaces(server.Address(name), server.Address(name)), "--lease", "3");
        (JobDocument[] documents, string whole) = await WriteAsync(group, 20);
        await group.ConnectAsync();
        string job = await group.Cluster.StartAsync(new JobSpec(JobKind.Compress), documents, Token);
        await UntilAsync(group, job, status => status.Done >= 3);
        await server.StopAsync();
        var outage = Stopwatch.StartNew();
        string? fault = null;
        int done = 0;
        while (outage.Elapsed < TimeSpan.FromSeconds(30))
        {
            JobStatus now = await group.Cluster.FindAsync(job, Token);
            (fault, done) = (now.Fault ?? fault, now.Done);
            await Task.Delay(200, Token);
        }

        await server.StartAgainAsync();
        JobStatus end = await group.EndAsync(job, Longest);
        SlowCount.Report(done, 20, $"documents were done when the server came back (leases lost: {end.Lost}; said meanwhile: {fault})");
        Assert.Equal((JobState.Finished, 20, 0), (end.State, end.Done, end.SetAsideCount));
        Assert.All(group.Silos, silo => Assert.False(silo.HasEnded));
        Assert.InRange(done, 3, 10);
        await group.AssertEqualAsync(whole);
        await new PostgresDatabase(server, name).AssertConsistentAsync();
        Assert.Equal(20L, await server.SqlAsync(name, "SELECT count(DISTINCT id) FROM public.writes"));
    }

    /// <summary>A newer library brings the tables up to date while an older silo works: it stops by name, and writes nothing more.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Silo_OlderThanTheIndex_EndsByNameAndWritesNothing()
    {
        PostgresServer server = await shared.GetAsync();
        string name = await server.CreateIndexAsync();
        await CountWritesAsync(server, name);
        await using var group = new SiloGroup(1, new SiloPlaces(Index: server.Address(name)), "--lease", "3");
        JobDocument[] documents = group.Write(20, sentences: 30);
        await group.ConnectAsync();
        string job = await group.Cluster.StartAsync(new JobSpec(JobKind.Compress), documents, Token);
        await UntilAsync(group, job, status => status.Done >= 2);
        await server.SqlAsync(name, PostgresDatabase.Upgrade);
        long written = (long)(await server.SqlAsync(name, "SELECT count(*) FROM public.writes"))!;

        string said = await group.Silos[0].Errors.WaitAsync(Longest, Token);

        Assert.Contains("takes no more work", said, StringComparison.Ordinal);
        Assert.Contains("schema version 99; this library reads", said, StringComparison.Ordinal);
        Assert.Equal(written, await server.SqlAsync(name, "SELECT count(*) FROM public.writes"));
    }

    private static async Task<(JobDocument[] Documents, string Whole)> WriteAsync(SiloGroup group, int count)
    {
        JobDocument[] documents = group.Write(count, sentences: 60);
        return (documents, await group.CompressAloneAsync());
    }

    internal static async Task CountWritesAsync(PostgresServer server, string name) => await server.SqlAsync(
        name,
        """
        CREATE TABLE public.writes(id text, at timestamptz DEFAULT clock_timestamp());
        CREATE FUNCTION public.count_write() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN INSERT INTO public.writes(id) VALUES(NEW.id); RETURN NEW; END $$;
        CREATE TRIGGER count_write AFTER INSERT OR UPDATE ON lloco.documents FOR EACH ROW EXECUTE FUNCTION public.count_write()
        """);

    internal static async Task UntilAsync(SiloGroup group, string job, Func<JobStatus, bool> until)
    {
        while (!until(await group.Cluster.FindAsync(job, Token)))
        {
            await Task.Delay(50, Token);
        }
    }

    /// <summary>Kills a silo that has compressed a part of a document.</summary>
    /// <returns>Its name; empty if the job ended before.</returns>
    private static async Task<string> KillOneAtWorkAsync(SiloGroup group, string job, bool restart = false)
    {
        while (true)
        {
            JobStatus status;
            try
            {
                status = await group.Cluster.FindAsync(job, Token);
            }
            catch (Exception error) when (error is not (OperationCanceledException or Xunit.Sdk.XunitException))
            {
                // The job was kept by a silo that died.
                await Task.Delay(200, Token);
                continue;
            }

            if (status.IsEnded)
            {
                return string.Empty;
            }

            foreach (string silo in status.Running.Where(unit => unit.Done > 0).Select(unit => unit.Silo))
            {
                int hit = Array.FindIndex(group.Silos, one => one.Ready is { IsCompletedSuccessfully: true } ready && ready.Result == silo && !one.HasEnded);
                if (hit >= 0)
                {
                    await group.Silos[hit].KillAsync();
                    if (restart)
                    {
                        await group.Silos[hit].DisposeAsync();
                        group.Silos[hit] = group.Start();
                    }

                    return silo;
                }
            }

            await Task.Delay(20, Token);
        }
    }
}
