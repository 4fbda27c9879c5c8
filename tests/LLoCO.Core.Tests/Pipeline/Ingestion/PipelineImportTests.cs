using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Tests.Fakes;
using TemporaryFolder = LLoCO.Core.Tests.Index.TemporaryFolder;
using TestDocuments = LLoCO.Core.Tests.Index.TestDocuments;

namespace LLoCO.Core.Tests.Pipeline.Ingestion;

/// <summary>Summary caches out of one index and into another one.</summary>
public sealed class PipelineImportTests : IDisposable
{
    private const string Text = "0123456789abcdefghijABCDEFGHIJ012345"; // 36 tokens: segments of 10, 10, 10, 6
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public PipelineImportTests() => _path = _folder.PathOf("softprompts.pth");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Import_ExportedCache_FillsAnIndexWithoutCompressing()
    {
        await using FakePipeline source = await FakePipeline.CreateAsync();
        await source.IngestAsync(new SourceDocument("a", Text, "ship"), new SourceDocument("b", "another text", "town"));
        Assert.Equal(2, await source.Index.ExportSummariesAsync(_path, cancellationToken: Token));
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        using SummaryCacheFile cache = SummaryCacheFile.Open(_path, fake.Pipeline.Fingerprint);

        List<IngestResult> results = await fake.Pipeline
            .ImportAsync(cache, [new SourceDocument("a", Text, "ship"), new SourceDocument("b", "another text", "town")], Token)
            .ToListAsync(Token);

        Assert.Empty(fake.Compressor.Compressed);
        Assert.Equal([(IngestOutcome.Added, 36, 8, 4, 0), (IngestOutcome.Added, 12, 4, 2, 0)], results.Select(
            result => (result.Outcome, result.Tokens, result.SummaryVectors, result.Segments, result.SegmentsCompressed)));
        foreach (string id in new[] { "a", "b" })
        {
            TestDocuments.AssertEqual(
                (await source.Index.LoadSummaryAsync(id, Token))!, await fake.Index.LoadSummaryAsync(id, Token));
        }

        Assert.Equal("ship", (await fake.AskAsync("abcdefghij", new AskOptions { Group = "ship" })).Group);
        Assert.Equal(IngestOutcome.Unchanged, Assert.Single(await fake.IngestAsync(new SourceDocument("a", Text, "ship"))).Outcome);
    }

    [Fact]
    public async Task Import_DocumentThatTheCacheLacksOrThatIsLonger_FailsAloneAndIsNotStored()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        SummaryCacheFile.Write(_path, [Summary(fake, "a", 4), Summary(fake, "long", 3)]);
        using SummaryCacheFile cache = SummaryCacheFile.Open(_path, fake.Pipeline.Fingerprint);

        List<IngestResult> results = await fake.Pipeline.ImportAsync(
            cache, [new SourceDocument("none", Text), new SourceDocument("long", Text), new SourceDocument("a", Text)], Token)
            .ToListAsync(Token);

        Assert.Equal([IngestOutcome.Failed, IngestOutcome.Failed, IngestOutcome.Added], results.Select(result => result.Outcome));
        Assert.Contains("'none'", results[0].Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("36 tokens are 4 segments", results[1].Failure!.Message, StringComparison.Ordinal);
        Assert.Null(await fake.Index.FindAsync("long", Token));
    }

    [Fact]
    public async Task Import_CacheOfAnotherModel_IsRefused()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        SummaryCacheFile.Write(_path, [Summary(fake, "a", 4)]);
        using SummaryCacheFile cache = SummaryCacheFile.Open(_path, fake.Pipeline.Fingerprint with { Model = "other" });

        await Assert.ThrowsAsync<FingerprintMismatchException>(
            async () => await fake.Pipeline.ImportAsync(cache, [new SourceDocument("a", Text)], Token).ToListAsync(Token));
    }

    [Fact]
    public async Task ExportSummaries_OneGroup_LeavesOutTheOthers()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        await fake.IngestAsync(new SourceDocument("a", Text, "ship"), new SourceDocument("b", Text + "!", "town"));

        Assert.Equal(1, await fake.Index.ExportSummariesAsync(_path, "town", Token));

        using SummaryCacheFile cache = SummaryCacheFile.Open(_path, fake.Pipeline.Fingerprint);
        Assert.Equal(["b"], cache.DocumentIds);
    }

    private static SummaryEmbeddings Summary(FakePipeline fake, string id, int segments)
    {
        int vectors = segments * CountingCompressor.VectorsPerSegment;
        return new SummaryEmbeddings(
            id, vectors, 4, SummaryEncoding.BFloat16, new byte[vectors * 4 * sizeof(ushort)],
            SegmentMap.FromCounts(Enumerable.Repeat((10, CountingCompressor.VectorsPerSegment), segments)), fake.Pipeline.Fingerprint);
    }
}
