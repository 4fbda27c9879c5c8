using System.Diagnostics;
using System.Globalization;
using LLoCO.Core.Tests.Index;
using LLoCO.Orleans;
using LLoCO.Orleans.Jobs;
using Xunit;

namespace LLoCO.Core.Tests.Cluster;

/// <summary>What the cluster itself costs, without a model: the figures of docs/scale.md.</summary>
public sealed class ScaleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>A job whose grain moves to another silo is read again.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Job_OfAHundredThousandDocuments_IsReadAgainInSeconds()
    {
        int documents = SlowCount.Of(100_000);
        var store = new FolderJobStore(_folder.PathOf("jobs"));
        (int writer, _) = await store.OpenAsync("job", Token);
        await store.AppendAsync("job", writer, [.. Events(documents).Select(one => one.Write())], Token);
        long bytes = Directory.GetFiles(_folder.PathOf("jobs"), "*.events", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);

        long start = Stopwatch.GetTimestamp();
        var ledger = new JobLedger("job", new ClusterOptions(), TimeProvider.System);
        foreach (string line in await store.ReadAsync("job", Token))
        {
            ledger.Apply(JobEvent.Read(line)!);
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        Say($"{documents} documents: {bytes / 1e6:F0} MB of events, read in {elapsed.TotalSeconds:F1} s");
        Assert.Equal((documents, documents / 2), (ledger.Units, ledger.Describe().Done));
        Assert.InRange(elapsed.TotalSeconds, 0, 20);
    }

    /// <summary>Leases, words and durable events of documents that cost nothing to compress.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Job_OfDocumentsThatCostNothing_TellsWhatTheClusterCosts()
    {
        int documents = SlowCount.Of(400);
        await using TestSilo silo = await TestSilo.StartAsync(
            new ClusterOptions { Folder = _folder.PathOf("shared") }, _folder.PathOf("index.db"));
        JobDocument[] all = [.. Enumerable.Range(0, documents).Select(i => new JobDocument($"d{i}", _folder.PathOf($"d{i}.txt")))];
        foreach (JobDocument document in all)
        {
            await File.WriteAllTextAsync(document.Path, document.Id, Token);
        }

        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        string job = await silo.Cluster.StartAsync(new JobSpec(JobKind.Compress), all, Token);
        JobStatus? last = null;
        await foreach (JobStatus status in silo.Cluster.WatchAsync(job, Token))
        {
            last = status;
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double processor = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        Say($"{documents / seconds:F0} documents/s with one slot, {1000 * processor / documents:F1} ms of processor time each");
        Assert.Equal((JobState.Finished, documents), (last!.State, last.Done));
    }

    private static IEnumerable<JobEvent> Events(int documents)
    {
        yield return new JobEvent(JobEventKind.Created) { Spec = new JobSpec(JobKind.Compress) };
        foreach (int[] part in Enumerable.Range(0, documents).Chunk(1000))
        {
            yield return new JobEvent(JobEventKind.Added)
            {
                Documents = [.. part.Select(i => new JobDocument($"reports/report-{i}.pdf", $"/shared/reports/report-{i}.pdf"))],
            };
        }

        yield return new JobEvent(JobEventKind.Started);
        for (int i = 0; i < documents / 2; i++)
        {
            string unit = $"reports/report-{i}.pdf";
            yield return new JobEvent(JobEventKind.Leased) { Unit = unit, Lease = i + 1, Text = "S127.0.0.1:41483:154955735" };
            yield return new JobEvent(JobEventKind.Done) { Unit = unit, Lease = i + 1, Number = 1000 };
        }
    }

    private static void Say(FormattableString text) =>
        TestContext.Current.TestOutputHelper?.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
