using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Tests.Fakes;
using Xunit;

namespace LLoCO.Core.Tests.Pipeline.Ingestion;

/// <summary>Segments are ten characters and two vectors each, so every expected number can be counted.</summary>
public sealed class PipelineIngestTests
{
    private const string Text = "0123456789abcdefghijABCDEFGHIJ012345"; // 36 tokens: segments of 10, 10, 10, 6

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ingest_NewDocument_IsAddedWithCounts()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();

        IngestResult result = Assert.Single(await fake.IngestAsync(new SourceDocument("a", Text, "ship")));

        Assert.Null(result.Failure);
        Assert.Equal((IngestOutcome.Added, 36, 8, 4, 4),
            (result.Outcome, result.Tokens, result.SummaryVectors, result.Segments, result.SegmentsCompressed));
        SummaryEmbeddings summary = (await fake.Index.LoadSummaryAsync("a", Token))!;
        Assert.Equal((8, 4, SummaryEncoding.BFloat16, 36), (summary.Count, summary.Width, summary.Encoding, summary.RawTokens));
        Assert.Equal("ship", (await fake.Index.FindAsync("a", Token))!.Group);
    }

    [Fact]
    public async Task Ingest_UnchangedDocument_CompressesNothing()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        await fake.IngestAsync(new SourceDocument("a", Text));

        IngestResult again = Assert.Single(await fake.IngestAsync(new SourceDocument("a", Text)));

        Assert.Equal((IngestOutcome.Unchanged, 36, 8, 4, 0),
            (again.Outcome, again.Tokens, again.SummaryVectors, again.Segments, again.SegmentsCompressed));
        Assert.Equal(4, fake.Compressor.Compressed.Count);
    }

    [Fact]
    public async Task Ingest_GrownDocument_CompressesOnlyWhatDiffers()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        await fake.IngestAsync(new SourceDocument("a", Text));
        byte[] before = (await fake.Index.LoadSummaryAsync("a", Token))!.Payload.ToArray();

        IngestResult grown = Assert.Single(await fake.IngestAsync(new SourceDocument("a", Text + "6789xyz")));

        Assert.Equal((IngestOutcome.Appended, 43, 5, 2),
            (grown.Outcome, grown.Tokens, grown.Segments, grown.SegmentsCompressed));
        Assert.Equal(["0123456789", "xyz"], fake.Compressor.Compressed.Skip(4));
        byte[] after = (await fake.Index.LoadSummaryAsync("a", Token))!.Payload.ToArray();
        int threeSegments = 3 * CountingCompressor.VectorsPerSegment * 4 * sizeof(ushort);
        Assert.Equal(before[..threeSegments], after[..threeSegments]);
    }

    [Fact]
    public async Task Ingest_TextChangedAtTheStart_ReplacesEverything()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        await fake.IngestAsync(new SourceDocument("a", Text));

        IngestResult replaced = Assert.Single(await fake.IngestAsync(new SourceDocument("a", "#" + Text[1..])));

        Assert.Equal((IngestOutcome.Replaced, 4), (replaced.Outcome, replaced.SegmentsCompressed));
        Assert.Equal("#" + Text[1..], await fake.Index.LoadTextAsync("a", Token));
    }

    [Fact]
    public async Task Ingest_OnlyGroupChanged_MovesWithoutCompressing()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        await fake.IngestAsync(new SourceDocument("a", Text, "ship"));

        IngestResult moved = Assert.Single(await fake.IngestAsync(new SourceDocument("a", Text, "town") { Replaces = true }));

        Assert.Equal((IngestOutcome.Replaced, 0), (moved.Outcome, moved.SegmentsCompressed));
        Assert.Equal("town", (await fake.Index.FindAsync("a", Token))!.Group);
    }

    [Fact]
    public async Task Ingest_BadDocuments_FailAloneAndOthersGoOn()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        string missing = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));

        IReadOnlyList<IngestResult> results = await fake.IngestAsync(
            new SourceDocument("empty", "  \n"), SourceDocument.FromFile(missing), new SourceDocument("good", Text));

        Assert.Equal([IngestOutcome.Failed, IngestOutcome.Failed, IngestOutcome.Added], results.Select(result => result.Outcome));
        Assert.Contains("'empty' is empty", results[0].Failure!.Message, StringComparison.Ordinal);
        Assert.Contains(missing, results[1].Failure!.Message, StringComparison.Ordinal);
        Assert.Null(await fake.Index.FindAsync("empty", Token));
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(9, true)]
    [InlineData(4, true)]
    [InlineData(3, false)]
    public async Task Ingest_DocumentThatNoQuestionCouldRead_FailsBeforeItIsCompressed(int window, bool fits)
    {
        // Four segments are eight vectors, one is two; a question and an answer need a position each.
        await using FakePipeline fake = await FakePipeline.CreateAsync(
            fingerprint => new EchoDecoder(fingerprint) { NativeWindow = window });

        IngestResult result = Assert.Single(await fake.IngestAsync(new SourceDocument("a", Text)));

        Assert.Equal(fits, result.Failure is null);
        Assert.Equal(fits ? 4 : 0, fake.Compressor.Compressed.Count);
        Assert.Equal(fits, result.Failure?.Message.Contains("2 summary embeddings", StringComparison.Ordinal) is not true);
    }

    [Fact]
    public async Task Ingest_CompressorFailsInTheMiddle_GoesOnThereWithTheSameVectors()
    {
        await using FakePipeline whole = await FakePipeline.CreateAsync();
        await whole.IngestAsync(new SourceDocument("a", Text));
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        fake.Compressor.Before = done => _ = done == 2 ? throw new InvalidOperationException("the machine broke") : done;

        IngestResult broken = Assert.Single(await fake.IngestAsync(new SourceDocument("a", Text)));
        DocumentRecord? half = await fake.Index.FindAsync("a", Token);
        fake.Compressor.Before = null;
        IngestResult resumed = Assert.Single(await fake.IngestAsync(new SourceDocument("a", Text)));

        Assert.Equal("the machine broke", broken.Failure!.Message);
        Assert.Null(half);
        Assert.Equal((IngestOutcome.Added, 2), (resumed.Outcome, resumed.SegmentsCompressed));
        Assert.Equal(whole.Compressor.Compressed, fake.Compressor.Compressed);
        Assert.Equal(
            (await whole.Index.LoadSummaryAsync("a", Token))!.Payload.ToArray(),
            (await fake.Index.LoadSummaryAsync("a", Token))!.Payload.ToArray());
    }

    [Fact]
    public async Task Ingest_Cancelled_KeepsFinishedSegments()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        using var cancel = new CancellationTokenSource();
        fake.Compressor.Before = done =>
        {
            if (done == 3)
            {
                cancel.Cancel();
            }
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (IngestResult _ in fake.Pipeline.IngestAsync([new SourceDocument("a", Text)], null, cancel.Token))
            {
                Assert.Fail("The document cannot be done.");
            }
        });
        IngestResult resumed = Assert.Single(await fake.IngestAsync(new SourceDocument("a", Text)));

        Assert.Equal(1, resumed.SegmentsCompressed);
        Assert.Equal(4, fake.Compressor.Compressed.Distinct().Count());
        Assert.Equal(4, fake.Compressor.Compressed.Count);
    }

    [Fact]
    public async Task Ingest_Progress_CountsSegments()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        var seen = new List<IngestProgress>();

        await foreach (IngestResult _ in fake.Pipeline.IngestAsync(
            [new SourceDocument("a", Text[..15]), new SourceDocument("b", Text[..5])], new Recorder(seen), Token))
        {
            // Only the progress is of interest.
        }

        Assert.Equal(
            [
                new IngestProgress("a", 1, 0, 2), new IngestProgress("a", 1, 1, 2), new IngestProgress("a", 1, 2, 2),
                new IngestProgress("b", 2, 0, 1), new IngestProgress("b", 2, 1, 1),
            ],
            seen.OrderBy(progress => progress.DocumentNumber));
    }

    [Fact]
    public async Task Ingest_ManyDocuments_AreUnderWayTogetherAndComeBackInOrder()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        SourceDocument[] documents =
            [.. Enumerable.Range(0, 9).Select(i => new SourceDocument($"d{i}", new string((char)('a' + i), 25)))];

        // The first document waits for a later one, which would never come if each waited for the one before it.
        fake.Compressor.Hold = async text =>
        {
            while (text[0] == 'a' && fake.Compressor.Compressed.Count == 0)
            {
                await Task.Delay(1, Token);
            }
        };

        IReadOnlyList<IngestResult> results = await fake.IngestAsync(documents);

        Assert.Equal(documents.Select(document => document.Id), results.Select(result => result.DocumentId));
        Assert.All(results, result => Assert.Equal((IngestOutcome.Added, 3), (result.Outcome, result.SegmentsCompressed)));
        Assert.Equal(27, fake.Compressor.Compressed.Count);
        Assert.NotEqual(fake.Compressor.Compressed.Order(), fake.Compressor.Compressed);
    }

    [Fact]
    public async Task Ingest_SameIdTwice_TakesTheSecondAfterTheFirst()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();

        IReadOnlyList<IngestResult> results = await fake.IngestAsync(
            new SourceDocument("a", Text[..15]), new SourceDocument("b", Text), new SourceDocument("a", Text));

        Assert.Equal(
            [IngestOutcome.Added, IngestOutcome.Added, IngestOutcome.Appended], results.Select(result => result.Outcome));
        Assert.Equal(Text, await fake.Index.LoadTextAsync("a", Token));
    }

    [Fact]
    public async Task Ingest_LeftAfterTheFirstResult_StopsTheDocumentsUnderWay()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        int asked = 0;
        async IAsyncEnumerable<SourceDocument> Documents()
        {
            while (true)
            {
                await Task.Yield();
                yield return new SourceDocument($"d{asked++}", Text);
            }
        }

        await foreach (IngestResult result in fake.Pipeline.IngestAsync(Documents(), null, Token))
        {
            Assert.Equal("d0", result.DocumentId);
            break;
        }

        int compressed = fake.Compressor.Compressed.Count;
        Assert.InRange(asked, 1, 6);
        await fake.IngestAsync(new SourceDocument("other", Text));
        Assert.Equal(compressed + 4, fake.Compressor.Compressed.Count);
    }

    [Fact]
    public async Task Ingest_SourceFails_GivesTheResultsBeforeItFirst()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        static IEnumerable<SourceDocument> Documents()
        {
            yield return new SourceDocument("a", Text);
            yield return new SourceDocument("b", Text);
            throw new InvalidDataException("no more");
        }

        var seen = new List<string>();
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (IngestResult result in fake.Pipeline.IngestAsync(Documents(), null, Token))
            {
                seen.Add(result.DocumentId);
            }
        });

        Assert.Equal(["a", "b"], seen);
    }

    [Fact]
    public async Task Delete_KnownAndUnknownDocument_SaysWhetherThereWasOne()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        await fake.IngestAsync(new SourceDocument("a", Text));

        Assert.True(await fake.Pipeline.DeleteAsync("a", Token));
        Assert.False(await fake.Pipeline.DeleteAsync("a", Token));
        Assert.Null(await fake.Index.LoadSummaryAsync("a", Token));
    }

    [Fact]
    public async Task Ingest_ConcurrentCallers_CompressEachDocumentOnce()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();

        IReadOnlyList<IngestResult>[] results = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => fake.IngestAsync(new SourceDocument("a", Text)))));

        Assert.Equal(1, results.Count(one => one[0].Outcome == IngestOutcome.Added));
        Assert.Equal(7, results.Count(one => one[0].Outcome == IngestOutcome.Unchanged));
        Assert.Equal(4, fake.Compressor.Compressed.Count);
    }

    private sealed class Recorder(List<IngestProgress> seen) : IProgress<IngestProgress>
    {
        public void Report(IngestProgress value) => seen.Add(value);
    }
}
