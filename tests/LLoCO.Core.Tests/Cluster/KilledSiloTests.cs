using System.Diagnostics;
using LLoCO.Core.Tests.Tool;
using LLoCO.Orleans;
using Xunit;

namespace LLoCO.Core.Tests.Cluster;

/// <summary>Silos as processes that are killed, or hang, in the middle of work.</summary>
public sealed class KilledSiloTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Three silos, each of which is killed again and again as a power cut would: three times of four while it works, else while
    /// it starts. Kills fall on silos that compress, write, hold the job, or hold the table of silos, and on several at once.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Corpus_RandomSilosKilled100Times_IsThatOfOneProcess()
    {
        const int Documents = 200;
        int planned = SlowCount.Of(100);
        await using var group = new SiloGroup(3, "--lease", "3");
        JobDocument[] documents = group.Write(Documents, sentences: 40);
        string whole = await group.CompressAloneAsync();
        await group.ConnectAsync();
        string job = await group.Cluster.StartAsync(new JobSpec(JobKind.Compress), documents, Token);
        Task<JobStatus> end = group.EndAsync(job, SlowCount.Longest + TimeSpan.FromMinutes(4));

        var clock = Stopwatch.StartNew();
        var count = new Kills();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(silo => KillAsync(
            group, silo, count, () => !end.IsCompleted && count.All < planned && clock.Elapsed < SlowCount.Longest)));
        TimeSpan killing = clock.Elapsed;
        JobStatus status = await end;
        SlowCount.Report(
            count.All,
            planned,
            $"kills, {count.Working} of them of silos that worked ({killing}; {count.DeclaredDead} ended when they were declared dead; leases "
            + $"lost: {status.Lost}; {clock.Elapsed} in all)");
        Assert.Equal((JobState.Finished, Documents, 0), (status.State, status.Done, status.SetAsideCount));
        await group.AssertEqualAsync(whole);
    }

    /// <summary>A process that is stopped neither dies nor answers. Its document is taken over; when it goes on, it writes nothing that
    /// another silo has.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Corpus_SiloThatHangs_IsTakenOver()
    {
        await using var group = new SiloGroup(3, "--lease", "3");
        JobDocument[] documents = group.Write(30, sentences: 60);
        string whole = await group.CompressAloneAsync();
        await group.ConnectAsync();
        string job = await group.Cluster.StartAsync(new JobSpec(JobKind.Compress), documents, Token);
        int hangs = 0;
        await foreach (JobStatus status in group.Cluster.WatchAsync(job, Token))
        {
            string[] working = [.. status.Running.Where(unit => unit.Done > 0).Select(unit => unit.Silo)];
            if (hangs < 1 && working.Length > 0)
            {
                foreach (SiloProcess silo in group.Silos)
                {
                    hangs += await silo.Ready == working[0] ? 1 : 0;
                    await silo.SignalAsync(await silo.Ready == working[0] ? "STOP" : "CONT");
                }
            }
        }

        JobStatus end = await group.Cluster.FindAsync(job, Token);
        await Task.WhenAll(group.Silos.Select(silo => silo.SignalAsync("CONT")));
        await Task.Delay(TimeSpan.FromSeconds(5), Token);
        SlowCount.Report(hangs, 1, $"silos that hung (leases lost: {end.Lost})");
        Assert.Equal((JobState.Finished, 30, 1), (end.State, end.Done, hangs));
        Assert.InRange(end.Lost, 1, 3);
        await group.AssertEqualAsync(whole);
    }

    /// <summary>The adapter of a group, trained by silos that are killed after some steps each, has the bytes of one that was trained
    /// without a pause.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Finetuning_SilosKilled_EndsWithTheSameAdapter()
    {
        byte[] expected = await FinetuneAsync(kills: 0);

        Assert.Equal(expected, await FinetuneAsync(kills: 5));
    }

    private static async Task KillAsync(SiloGroup group, int silo, Kills count, Func<bool> goesOn)
    {
        var random = new Random(silo + 7);
        while (goesOn())
        {
            Task<string> ready = group.Silos[silo].Ready;
            if (random.Next(4) > 0 && !await WorksAsync(group.Silos[silo], count))
            {
                group.Silos[silo] = group.Start();
                continue;
            }

            await Task.Delay(random.Next(0, 4000), Token);
            if (!goesOn())
            {
                return;
            }

            count.Add(ready.IsCompletedSuccessfully);
            await group.Silos[silo].DisposeAsync();
            group.Silos[silo] = group.Start();
        }
    }

    /// <summary>Waits until a silo works. One that the others declared dead while it waited for a processor ends by itself, and is started again
    /// as a supervisor would; any other end is a fault.</summary>
    private static async Task<bool> WorksAsync(SiloProcess silo, Kills count)
    {
        try
        {
            await silo.Ready.WaitAsync(TimeSpan.FromMinutes(10), Token);
            return true;
        }
        catch (InvalidOperationException)
        {
            string said = await silo.Errors.WaitAsync(TimeSpan.FromMinutes(1), Token);
            Assert.Contains("dead", said, StringComparison.OrdinalIgnoreCase);
            count.AddDeclaredDead();
            await silo.DisposeAsync();
            return false;
        }
    }

    private static async Task<byte[]> FinetuneAsync(int kills)
    {
        await using var group = new SiloGroup(2, "--lease", "3");
        string practice = group.PathOf("practice");
        Assert.Equal(0, (await ToolRun.OfAsync("synth", "--out", practice, "--seed", "7", "--groups", "ship", "--tokens", "512")).Code);
        await group.ConnectAsync();
        string job = await group.Cluster.StartAsync(
            new JobSpec(JobKind.Finetune)
            {
                Group = "ship",
                Finetune = new FinetuneSpec(Path.Combine(practice, "questions.jsonl")) { MaxSteps = 30, CheckpointEvery = 2 },
            },
            Token);
        int done = 0;
        long last = 0;
        string silo = string.Empty;
        await foreach (JobStatus status in group.Cluster.WatchAsync(job, Token))
        {
            RunningUnit? unit = status.Running.Count > 0 ? status.Running[0] : null;
            if (done < kills && unit is not null && unit.Silo != silo && unit.Done >= last + 3)
            {
                (last, silo) = (unit.Done, unit.Silo);
                int hit = await group.Silos[0].Ready == silo ? 0 : 1;
                await group.Silos[hit].KillAsync();
                await group.Silos[hit].DisposeAsync();
                group.Silos[hit] = group.Start();
                done++;
            }
        }

        JobStatus end = await group.Cluster.FindAsync(job, Token);
        SlowCount.Report(done, kills, $"kills during the training (leases lost: {end.Lost}, last at step {last})");
        Assert.Equal((JobState.Finished, 1), (end.State, end.Done));
        Assert.True(done >= Math.Min(kills, 2), $"{done} kills");
        return await File.ReadAllBytesAsync(group.PathOf("shared/adapters/ship/adapter_model.safetensors"), Token);
    }

    private sealed class Kills
    {
        private int _all;
        private int _working;
        private int _declaredDead;

        public int All => Volatile.Read(ref _all);

        public int Working => Volatile.Read(ref _working);

        public int DeclaredDead => Volatile.Read(ref _declaredDead);

        public void AddDeclaredDead() => Interlocked.Increment(ref _declaredDead);

        public void Add(bool isWorking)
        {
            Interlocked.Increment(ref _all);
            Interlocked.Add(ref _working, isWorking ? 1 : 0);
        }
    }
}
