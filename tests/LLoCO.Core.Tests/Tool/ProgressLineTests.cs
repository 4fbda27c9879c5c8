using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Tool;
using LLoCO.Tool.Verbs;

namespace LLoCO.Core.Tests.Tool;

public sealed class ProgressLineTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Report_OnATerminal_TellsRateAndTimeLeftWithinItsWidth()
    {
        var clock = new Clock();
        var written = new StringWriter { NewLine = "\n" };
        var progress = new ProgressLine(written, 80, 2, clock);

        // Ten segments in 20 seconds are 0.5/s. Left are 10 of this document and 20 of one as long: 60 s.
        progress.Report(new IngestProgress("a.pdf", 1, 0, 20));
        clock.Seconds = 20;
        progress.Report(new IngestProgress("a.pdf", 1, 10, 20));

        Assert.EndsWith("[1/2] a.pdf: 10/20 segments, 0.5/s, 60 s left", written.ToString(), StringComparison.Ordinal);

        progress.Report(new IngestProgress(new string('x', 200), 2, 0, 20));
        Assert.Equal(79, written.ToString().Split("\u001b[K")[^1].Length);

        progress.Count(new IngestResult("a.pdf", "g", IngestOutcome.Added) { Tokens = 32_000, SummaryVectors = 1_000 });
        progress.Count(new IngestResult("x", "g", IngestOutcome.Failed) { Failure = new LlocoException("no") });
        progress.Close();
        Assert.EndsWith(
            "2 of 2 documents, 1 failed: 32,000 tokens as 1,000 summary embeddings in 20 s\n", written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_WhereThereIsNoTerminal_WritesNothing()
    {
        var written = new StringWriter();
        var progress = new ProgressLine(written, 0, 1);

        progress.Report(new IngestProgress("a", 1, 1, 2));
        progress.Clear();
        progress.Close();

        Assert.Empty(written.ToString());
    }

    private sealed class Clock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => (long)(Seconds * 1000);
    }
}
