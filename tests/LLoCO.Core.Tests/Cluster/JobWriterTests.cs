using LLoCO.Core.Tests.Index;
using LLoCO.Orleans;
using LLoCO.Orleans.Jobs;
using Xunit;

namespace LLoCO.Core.Tests.Cluster;

/// <summary>A job that has two keepers, as in a split network: only the last one to open it may give units away.</summary>
public sealed class JobWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Two silos share a process here: while it waits for a processor, neither shall declare the other one dead.
    private ClusterOptions Options => new() { Folder = _folder.PathOf("shared"), LeaseSeconds = 1, ProbeSeconds = 60 };

    public void Dispose() => _folder.Dispose();

    /// <summary>Another silo opens the job and gives the unit to a third one, while this silo works on it: this one stops, writes nothing,
    /// and works on it again when that lease has ended.</summary>
    [Fact]
    public async Task Renew_UnitThatALaterWriterGaveAway_StopsAndWritesNothing()
    {
        var clock = new SteppedClock();
        await using TestSilo silo = await TestSilo.StartAsync(Options, _folder.PathOf("index.db"), clock: clock);
        using var reached = new SemaphoreSlim(0);
        using var gate = new ManualResetEventSlim();
        silo.Compressor.Before = done =>
        {
            if (done == 1)
            {
                reached.Release();
                gate.Wait(TestSilo.Longest);
            }
        };
        string job = await silo.Cluster.StartAsync(new JobSpec(JobKind.Compress) { Group = "ship" }, [Write()], Token);
        Assert.True(await reached.WaitAsync(TestSilo.Longest, Token));
        string first = (await silo.Cluster.FindAsync(job, Token)).Running[0].Silo;

        var store = new FolderJobStore(_folder.PathOf("shared/jobs"));
        (int writer, _) = await store.OpenAsync(job, Token);
        var given = new JobEvent(JobEventKind.Leased) { Unit = "d0", Lease = ((long)writer << 32) + 1, Text = "S10.0.0.9:1:1" };
        await store.AppendAsync(job, writer, [given.Write()], Token);

        JobStatus other = await silo.UntilAsync(job, status => status.Running.Count == 1 && status.Running[0].Silo == given.Text);

        // What this silo holds ends by the process's own clock, a second after it was renewed last, and it has not been renewed since the unit
        // was given away: a document that is finished before that counts as done, whoever has the lease. The third silo does not exist, so
        // that its lease ends when the job's clock says so.
        await Task.Delay(TimeSpan.FromSeconds(2 * Options.LeaseSeconds), Token);
        clock.Move(2 * Options.LeaseSeconds);
        await silo.UntilAsync(job, status => status.Lost == 1);
        gate.Set();
        JobStatus end = await silo.UntilAsync(job, status => status.IsEnded);

        Assert.NotEqual(first, given.Text);
        Assert.Equal((JobState.Running, 0), (other.State, other.Done));
        Assert.Equal((JobState.Finished, 1, 1), (end.State, end.Done, end.Lost));
        IReadOnlyList<string> lines = await store.ReadAsync(job, Token);
        JobEvent[] events = [.. lines.Select(line => JobEvent.Read(line)!)];

        // Nothing was done under the first lease; what was done was done under one that this silo was given after the third one's.
        JobEvent done = Assert.Single(events, one => one.Kind == JobEventKind.Done);
        Assert.True(done.Lease > given.Lease);
        Assert.Contains(events, one => one.Kind == JobEventKind.Lost && one.Lease == given.Lease);
    }

    /// <summary>A silo that knows an older protocol takes no units of a job that was begun with a later one, and is named.</summary>
    [Fact]
    public async Task Lease_SiloOfAnOlderProtocol_GetsNothingOfALaterJob()
    {
        string job;
        await using (TestSilo newer = await TestSilo.StartAsync(Options with { Slots = 0, Protocol = ClusterProtocol.Version + 1 }, _folder.PathOf("index.db")))
        {
            job = await newer.Cluster.StartAsync(new JobSpec(JobKind.Compress) { Group = "ship" }, [Write()], Token);
            await using TestSilo older = await TestSilo.StartAsync(Options, _folder.PathOf("index.db"));

            // While a silo joins, the job may come to it, and goes back: the silo that keeps it then says that it is too old itself.
            string named = $"version {ClusterProtocol.Version} of";
            JobStatus refused = await newer.UntilAsync(job, status => status.Fault?.Contains(named, StringComparison.Ordinal) == true);

            Assert.Contains("Update", refused.Fault, StringComparison.Ordinal);
            Assert.Equal((JobState.Running, 0, 0), (refused.State, refused.Done, refused.Running.Count));
            Assert.Empty(older.Compressor.Compressed);
        }

        // The older one alone keeps the job, says so, and changes nothing of it.
        await using (TestSilo older = await TestSilo.StartAsync(Options, _folder.PathOf("index.db")))
        {
            JobStatus kept = await older.Cluster.FindAsync(job, Token);
            Assert.Contains("begun with version", kept.Fault, StringComparison.Ordinal);
            LlocoException error = await Assert.ThrowsAsync<LlocoException>(() => older.Cluster.CancelAsync(job));
            Assert.Contains("Update the older silos", error.Message, StringComparison.Ordinal);
        }

        await using TestSilo updated = await TestSilo.StartAsync(Options with { Protocol = ClusterProtocol.Version + 1 }, _folder.PathOf("index.db"));
        Assert.Equal(1, (await updated.UntilAsync(job, status => status.IsEnded)).Done);
    }

    private JobDocument Write()
    {
        string path = _folder.PathOf("d0.txt");
        File.WriteAllText(path, string.Concat(Enumerable.Range(0, 6).Select(line => $"Line {line} of the document. ")));
        return new JobDocument("d0", path);
    }
}
