using System.Diagnostics;
using LLoCO.Core.Index;
using LLoCO.Core.Tests.Index;
using LLoCO.Orleans;
using LLoCO.Orleans.Jobs;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace LLoCO.Core.Tests.Cluster;

/// <summary>Jobs on one silo in this process.</summary>
public sealed class ClusterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // Stands still: no lease ends because this machine is busy.
    private readonly SteppedClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static JobSpec Compress => new(JobKind.Compress) { Group = "ship" };

    private ClusterOptions Options => new() { Folder = _folder.PathOf("shared"), LeaseSeconds = 1, MaxFailures = 2, MaxDocuments = 50 };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Start_Documents_AreCompressedAndOneThatCannotBeReadIsSetAside()
    {
        await using TestSilo silo = await TestSilo.StartAsync(Options, _folder.PathOf("index.db"), clock: _clock);
        JobDocument[] documents = [.. Write(3), new("gone", _folder.PathOf("gone.txt"))];

        string job = await silo.Cluster.StartAsync(Compress, documents, Token);
        List<JobStatus> seen = await WatchAsync(silo, job);

        JobStatus end = seen[^1];
        Assert.Equal((JobState.Finished, 4, 3, 0), (end.State, end.Units, end.Done, end.Running.Count));
        SetAsideUnit set = Assert.Single(end.SetAside);
        Assert.Equal(("gone", 2), (set.Id, set.Failures));
        Assert.Contains("gone.txt", set.Reason);
        Assert.Equal(seen.Select(status => status.Done).Order(), seen.Select(status => status.Done));
        Assert.Equal(["d0", "d1", "d2"], await IdsAsync(silo));
        Assert.Empty(await silo.Cluster.ListAsync(Token));
        await File.WriteAllTextAsync(_folder.PathOf("gone.txt"), "here again", Token);
        await silo.Cluster.RetryAsync(job);
        Assert.Equal(4, (await WatchAsync(silo, job))[^1].Done);
    }

    /// <summary>The first silo of a cluster makes the folder, and its index in it.</summary>
    [Fact]
    public async Task Cluster_NewFolderAndNoSuchJob_IsMadeAndSaysSo()
    {
        await using TestSilo silo = await TestSilo.StartAsync(Options, _folder.PathOf("shared/notes.db"));

        foreach (Func<Task> call in new Func<Task>[]
        {
            () => silo.Cluster.FindAsync("nojob", Token), () => silo.Cluster.WatchAsync("nojob", Token).FirstAsync(Token).AsTask(),
            () => silo.Cluster.PauseAsync("nojob"), () => silo.Cluster.ResumeAsync("nojob"), () => silo.Cluster.CancelAsync("nojob"),
            () => silo.Cluster.RetryAsync("nojob"), () => silo.Cluster.SetPriorityAsync("nojob", 1),
        })
        {
            LlocoException error = await Assert.ThrowsAnyAsync<LlocoException>(call);
            Assert.Contains("There is no job 'nojob'", error.Message, StringComparison.Ordinal);
        }

        Assert.True(File.Exists(_folder.PathOf("shared/notes.db")));
        Assert.Empty(await silo.Cluster.ListAsync(Token));
    }

    /// <summary>A silo may die after a job has ended and before it is marked as closed: the job is not open for that.</summary>
    [Fact]
    public async Task Open_JobsThatHaveEnded_LeaveTheirPlaces()
    {
        var store = new FolderJobStore(_folder.PathOf("shared/jobs"));
        (int writer, _) = await store.OpenAsync("ended", Token);
        JobEvent[] events = [new(JobEventKind.Created) { Spec = Compress }, new(JobEventKind.Started)];
        await store.AppendAsync("ended", writer, [.. events.Select(one => one.Write())], Token);
        await using TestSilo silo = await TestSilo.StartAsync(Options with { MaxOpenJobs = 1 }, _folder.PathOf("index.db"));

        Assert.Equal(["ended"], await store.ListOpenAsync(Token));
        for (int i = 0; i < 5; i++)
        {
            string job = await silo.Cluster.StartAsync(Compress, [], Token);
            Assert.Equal(JobState.Finished, (await silo.Cluster.FindAsync(job, Token)).State);
            Assert.Empty(await silo.Cluster.ListAsync(Token));
        }
    }

    /// <summary>Whoever finds no silo is told what to do, and not how .NET says it.</summary>
    [Fact]
    public async Task Connect_NoSilo_SaysWhatToDo()
    {
        Directory.CreateDirectory(_folder.PathOf("shared"));
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.AddLlocoCluster(Options);
        using IHost host = builder.Build();

        LlocoException error = await Assert.ThrowsAsync<LlocoException>(
            () => LlocoCluster.ConnectAsync(host, TimeSpan.FromSeconds(1), Token));

        Assert.DoesNotContain("task", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("'lloco work'", error.Message, StringComparison.Ordinal);
        Assert.Contains("busy machine: try again", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The document's chain of segments is continued, not begun again: by the checkpoint in the shared folder, which
    /// another silo would find as well.</summary>
    [Fact]
    public async Task Pause_InTheMiddleOfADocument_KeepsItsSegments()
    {
        JobDocument[] documents = Write(1);
        JobStatus paused;
        string job;
        await using (TestSilo silo = await TestSilo.StartAsync(Options, _folder.PathOf("index.db"), clock: _clock))
        {
            using var reached = new SemaphoreSlim(0);
            silo.Compressor.StopsAfter = 2;
            silo.Compressor.Before = done => _ = done == 2 ? reached.Release() : 0;
            job = await silo.Cluster.StartAsync(Compress, documents, Token);
            Assert.True(await reached.WaitAsync(TestSilo.Longest, Token));
            await silo.Cluster.PauseAsync(job);
            paused = await silo.UntilAsync(job, status => status.Running.Count == 0);
        }

        await using TestSilo other = await TestSilo.StartAsync(Options, _folder.PathOf("index.db"), clock: _clock);
        Assert.Equal(JobState.Paused, (await other.Cluster.FindAsync(job, Token)).State);
        await other.Cluster.ResumeAsync(job);
        JobStatus end = (await WatchAsync(other, job))[^1];

        Assert.Equal((JobState.Paused, 0), (paused.State, paused.Done));
        Assert.Equal((JobState.Finished, 1, 0), (end.State, end.Done, end.Lost));
        IReadOnlyList<string> hashes = (await other.Index.LoadTokenHashesAsync("d0", Token))!;
        Assert.InRange(other.Compressor.Compressed.Count, 1, hashes.Count - 2);
    }

    /// <summary>Work that computes without a pause blocks neither its silo nor the words that keep its lease; what a caller does not wait
    /// for goes on, and only a cancelled job ends it.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Compute_ThatBlocksItsThread_LeavesTheSiloFree()
    {
        await using TestSilo silo = await TestSilo.StartAsync(Options, _folder.PathOf("index.db"));
        using var reached = new SemaphoreSlim(0);
        silo.Compressor.Before = _ =>
        {
            reached.Release();
            Compute(1.5);
        };
        string job = await silo.Cluster.StartAsync(Compress, Write(1), Token);
        Assert.True(await reached.WaitAsync(TestSilo.Longest, Token));
        using (var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(1)))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => WatchAsync(silo, job, status => status.IsEnded, impatient.Token));
        }

        long asked = Stopwatch.GetTimestamp();
        JobStatus running = await silo.Cluster.FindAsync(job, Token);
        TimeSpan answered = Stopwatch.GetElapsedTime(asked);
        Assert.True(await reached.WaitAsync(TestSilo.Longest, Token));
        JobStatus later = await silo.Cluster.FindAsync(job, Token);
        await silo.Cluster.CancelAsync(job);
        int before = silo.Compressor.Compressed.Count;
        await silo.UntilAsync(job, status => status.Running.Count == 0);
        int after = silo.Compressor.Compressed.Count;

        Assert.True(answered < TimeSpan.FromSeconds(1), $"{answered} to answer");
        Assert.Equal((1, 1, 0), (running.Running.Count, later.Running.Count, later.Lost));
        Assert.InRange(after, before, before + 1);
        Assert.Empty(await IdsAsync(silo));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Jobs_BeyondTheLimits_AreRefusedAndPrioritiesDecide()
    {
        await using TestSilo silo = await TestSilo.StartAsync(Options with { MaxOpenJobs = 2 }, _folder.PathOf("index.db"));
        string low = await silo.Cluster.StartAsync(Compress with { Priority = -1 }, [], Token);
        Assert.Equal(JobState.Finished, (await silo.Cluster.FindAsync(low, Token)).State);
        silo.Compressor.Before = _ => Compute(0.02);
        string first = await silo.Cluster.StartAsync(Compress, Write(10), Token);
        string urgent = await silo.Cluster.StartAsync(Compress with { Priority = 5 }, Write(1, "u"), Token);

        await Assert.ThrowsAsync<ClusterBusyException>(() => silo.Cluster.StartAsync(Compress, Write(1), Token));
        await Assert.ThrowsAsync<LlocoException>(() => silo.Cluster.PauseAsync("no-such-job"));
        Assert.Equal([urgent, first], (await silo.Cluster.ListAsync(Token)).Select(job => job.Id));
        JobStatus end = (await WatchAsync(silo, urgent))[^1];
        JobStatus other = await silo.Cluster.FindAsync(first, Token);
        Assert.Equal((JobState.Finished, JobState.Running), (end.State, other.State));
        await silo.Cluster.CancelAsync(first);
        ClusterBusyException full = await Assert.ThrowsAsync<ClusterBusyException>(
            () => silo.Cluster.StartAsync(Compress, Enumerable.Range(0, 51).Select(i => new JobDocument($"x{i}", "x")), Token));
        Assert.Contains("MaxDocuments", full.Message);
    }

    /// <summary>Keeps a thread busy, as compressing does.</summary>
    private static void Compute(double seconds)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            Thread.SpinWait(1000);
        }
    }

    private static async Task<List<JobStatus>> WatchAsync(
        TestSilo silo, string job, Func<JobStatus, bool>? until = null, CancellationToken? token = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token ?? Token);
        limit.CancelAfter(TestSilo.Longest);
        var seen = new List<JobStatus>();
        await foreach (JobStatus status in silo.Cluster.WatchAsync(job, limit.Token))
        {
            seen.Add(status);
            if (until?.Invoke(status) == true)
            {
                break;
            }
        }

        return seen;
    }

    private static async Task<List<string>> IdsAsync(TestSilo silo) =>
        [.. (await TestDocuments.ToListAsync(silo.Index.ListAsync(null, Token), Token)).Select(record => record.Id)];

    private JobDocument[] Write(int count, string prefix = "d") =>
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            string path = _folder.PathOf($"{prefix}{i}.txt");
            File.WriteAllText(path, string.Concat(Enumerable.Range(0, 6).Select(line => $"Line {line} of document {prefix}{i}. ")));
            return new JobDocument($"{prefix}{i}", path);
        }),
    ];
}
