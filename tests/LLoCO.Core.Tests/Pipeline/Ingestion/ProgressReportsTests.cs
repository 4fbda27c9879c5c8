using LLoCO.Core.Pipeline.Ingestion;
using LLoCO.Core.Tests.Fakes;
using Xunit;

namespace LLoCO.Core.Tests.Pipeline.Ingestion;

public sealed class ProgressReportsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Report_FromManyThreads_IsToldOneAfterTheOther()
    {
        int inside = 0;
        int overlaps = 0;
        var seen = new List<int>();
        var reports = new ProgressReports(new Callback(report =>
        {
            overlaps += Interlocked.Increment(ref inside) == 1 ? 0 : 1;
            seen.Add(report.SegmentsDone);
            Thread.Yield();
            Interlocked.Decrement(ref inside);
        }));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(
            async () =>
            {
                for (int i = 0; i < 100; i++)
                {
                    await reports.ReportAsync(new IngestProgress($"{thread}", thread, i, 100));
                }
            },
            Token)));

        Assert.Equal((0, 800), (overlaps, seen.Count));
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(8, seen.Count(one => one == i)));
    }

    [Fact]
    public async Task Report_TheCallerThrows_FailsThatReportOnly()
    {
        var reports = new ProgressReports(new Callback(report =>
        {
            if (report.DocumentId == "bad")
            {
                throw new InvalidOperationException("of the caller");
            }
        }));

        await reports.ReportAsync(new IngestProgress("good", 1, 0, 1));
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => reports.ReportAsync(new IngestProgress("bad", 2, 0, 1)));
        await reports.ReportAsync(new IngestProgress("good", 1, 1, 1));

        Assert.Equal("of the caller", error.Message);
    }

    [Fact]
    public async Task Report_NobodyListens_IsDoneAtOnce() =>
        await new ProgressReports(null).ReportAsync(new IngestProgress("a", 1, 0, 1));

    [Fact]
    public async Task Ingest_ProgressThatIngestsAndWaits_DoesNotHang()
    {
        // Under a lock of the pipeline's the inner ingest, which reports from other threads, could never end.
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        var inner = new List<string>();
        var progress = new Callback(report =>
        {
            if (report is { DocumentId: "outer", SegmentsDone: 1 })
            {
                Task<IngestResult> other = Task.Run(
                    async () => await fake.Pipeline.IngestAsync(
                        [new SourceDocument("inner", "abcdefghijklmnop")], new Callback(one => inner.Add(one.DocumentId)), Token)
                        .SingleAsync(Token),
                    Token);
                Assert.True(other.Wait(TimeSpan.FromMinutes(10), Token), "The inner ingest hangs.");
            }
        });

        IngestResult outer = await fake.Pipeline.IngestAsync(
            [new SourceDocument("outer", "0123456789abcdef")], progress, Token).SingleAsync(Token);

        Assert.Null(outer.Failure);
        Assert.Equal(["inner", "inner", "inner"], inner);
        Assert.NotNull(await fake.Index.FindAsync("inner", Token));
    }

    private sealed class Callback(Action<IngestProgress> told) : IProgress<IngestProgress>
    {
        public void Report(IngestProgress value) => told(value);
    }
}
