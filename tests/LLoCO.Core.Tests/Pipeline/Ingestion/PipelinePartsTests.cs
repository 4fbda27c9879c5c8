using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;

namespace LLoCO.Core.Tests.Pipeline.Ingestion;

/// <summary>Documents longer than the decoder can hold. The window has 40 positions, of which a part may take 30: 15 segments of two
/// vectors and ten characters.</summary>
public sealed class PipelinePartsTests : IDisposable
{
    private static readonly string Text =
        Section("Pumps", "pump water ") + "\n\n\f" + Section("Warranty", "seal years ") + "\n\n\f" + Section("Returns", "send parcel ");

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static AskOptions Short => new() { Generation = new GenerationOptions { MaxNewTokens = 2 } };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ingest_ALongDocument_IsCutAtHeadingsAndIsOneDocument()
    {
        await using FakePipeline fake = await CreateAsync();

        IngestResult result = Assert.Single(await fake.IngestAsync(new SourceDocument("m.md", Text, "ship")));

        Assert.Null(result.Failure);
        Assert.Equal(("m.md", IngestOutcome.Added, Text.Length), (result.DocumentId, result.Outcome, result.Tokens));
        DocumentRecord[] parts = await fake.Index.ListAsync(cancellationToken: Token).ToArrayAsync(Token);
        DocumentRecord whole = await fake.Index.ListDocumentsAsync("ship", Token).SingleAsync(Token);
        Assert.Equal(["m.md", "m.md␟2", "m.md␟3"], parts.Select(part => part.Id));
        Assert.Equal(("m.md", Text.Length, result.SummaryVectors, result.Segments), (whole.Id, whole.Tokens, whole.SummaryCount, whole.Segments));
        Assert.Equal(Text, await fake.Index.LoadWholeTextAsync("m.md", Token));
        Assert.StartsWith("# Warranty", await fake.Index.LoadTextAsync("m.md␟2", Token), StringComparison.Ordinal);
        Assert.StartsWith("# Returns", await fake.Index.LoadTextAsync("m.md␟3", Token), StringComparison.Ordinal);
        Assert.Equal(SegmentsOf(Text), result.SegmentsCompressed);
    }

    [Fact]
    public async Task Ask_ALongDocument_ReadsThePartThatFitsAndNamesPageAndHeading()
    {
        await using FakePipeline fake = await CreateAsync();
        await fake.IngestAsync(new SourceDocument("m.md", Text, "ship"), new SourceDocument("other", "send a seal", "ship"));

        LlocoAnswer answer = await fake.AskAsync("years", Short);
        LlocoAnswer named = await fake.AskAsync("parcel", Short with { DocumentIds = ["m.md"] });
        LlocoAnswer unmatched = await fake.AskAsync("zzz", Short with { DocumentIds = ["m.md"] });

        AnswerSource source = Assert.Single(answer.Sources);
        Assert.Equal(("m.md", "page 2, Warranty"), (source.DocumentId, source.Place));
        Assert.Equal(source.Text, Text[source.Start..source.End]);
        Assert.Equal("m.md", Assert.Single(named.Sources).DocumentId);
        Assert.Equal("page 3, Returns", named.Sources[0].Place);
        Assert.Equal(0, unmatched.Sources[0].Start);
    }

    [Fact]
    public async Task Ask_SeveralPartsThatMatch_CountAsOneDocument()
    {
        await using FakePipeline fake = await CreateAsync(window: 400);
        string text = string.Concat(Enumerable.Repeat(Text + "\n\n", 8));
        await fake.IngestAsync(new SourceDocument("m.md", text, "ship"), new SourceDocument("other", "send a seal", "ship"));
        Assert.True((await fake.Index.ListAsync(cancellationToken: Token).CountAsync(Token)) > 2);

        LlocoAnswer answer = await fake.AskAsync("seal", Short with { TopK = 2, WindowPolicy = WindowPolicy.FewerDocuments });

        Assert.Equal(["m.md", "other"], answer.Sources.Select(source => source.DocumentId).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(2, fake.Decoder.LastRequest!.Prefix.Count);
    }

    [Fact]
    public async Task Ingest_TheSameAgain_DoesNothing()
    {
        await using FakePipeline fake = await CreateAsync();
        await fake.IngestAsync(new SourceDocument("m.md", Text, "ship"));
        int before = fake.Compressor.Compressed.Count;

        IngestResult result = Assert.Single(await fake.IngestAsync(new SourceDocument("m.md", Text, "ship")));

        Assert.Equal((IngestOutcome.Unchanged, 0), (result.Outcome, result.SegmentsCompressed));
        Assert.Equal(before, fake.Compressor.Compressed.Count);
    }

    [Fact]
    public async Task Ingest_ATextThatHasGrown_CompressesItsLastPartAlone()
    {
        await using FakePipeline fake = await CreateAsync();
        await fake.IngestAsync(new SourceDocument("m.md", Text, "ship"));
        int before = fake.Compressor.Compressed.Count;

        IngestResult result = Assert.Single(await fake.IngestAsync(new SourceDocument("m.md", Text + " at once", "ship")));

        Assert.Equal(IngestOutcome.Appended, result.Outcome);
        Assert.InRange(fake.Compressor.Compressed.Count - before, 1, 2);
    }

    [Fact]
    public async Task Ingest_ATextThatIsShorterNow_LeavesNoPartBehind()
    {
        await using FakePipeline fake = await CreateAsync();
        await fake.IngestAsync(new SourceDocument("m.md", Text, "ship"));

        IngestResult result = Assert.Single(await fake.IngestAsync(new SourceDocument("m.md", Section("Pumps", "pump water "), "ship")));

        Assert.Null(result.Failure);
        Assert.Equal("m.md", (await fake.Index.ListAsync(cancellationToken: Token).SingleAsync(Token)).Id);
    }

    [Fact]
    public async Task Delete_ALongDocument_RemovesAllItsParts()
    {
        await using FakePipeline fake = await CreateAsync(index: SqliteRetrievalIndex.Open(_folder.PathOf("i.db")));
        await fake.IngestAsync(new SourceDocument("m.md", Text, "ship"));

        Assert.True(await fake.Pipeline.DeleteAsync("m.md", Token));

        Assert.Equal(0, await fake.Index.ListAsync(cancellationToken: Token).CountAsync(Token));
        Assert.False(await fake.Pipeline.DeleteAsync("m.md", Token));
    }

    [Fact]
    public async Task Ingest_Interrupted_ContinuesInThePartWhereItStopped()
    {
        await using FakePipeline fake = await CreateAsync();
        using var stop = new CancellationTokenSource();
        fake.Compressor.Before = done =>
        {
            if (done == 15)
            {
                stop.Cancel();
            }
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await fake.Pipeline.IngestAsync([new SourceDocument("m.md", Text, "ship")], null, stop.Token).ToArrayAsync(Token));
        fake.Compressor.Before = null;

        IngestResult result = Assert.Single(await fake.IngestAsync(new SourceDocument("m.md", Text, "ship")));

        Assert.Null(result.Failure);
        Assert.Equal(SegmentsOf(Text), fake.Compressor.Compressed.Count);
    }

    [Fact]
    public async Task Progress_OfParts_CountsThroughTheWholeDocument()
    {
        await using FakePipeline fake = await CreateAsync();
        var told = new List<IngestProgress>();

        await fake.Pipeline.IngestAsync([new SourceDocument("m.md", Text, "ship")], new Listener(told), Token).ToArrayAsync(Token);

        Assert.All(told, one => Assert.Equal("m.md", one.DocumentId));
        Assert.Equal(told.OrderBy(one => one.SegmentsDone), told);
        Assert.Equal(SegmentsOf(Text), told[^1].SegmentsDone);
        Assert.Equal(told[^1].SegmentsDone, told[^1].Segments);
    }

    [Fact]
    public async Task Ingest_AnIdWithTheMarkOfParts_IsRefused()
    {
        await using FakePipeline fake = await CreateAsync();

        IngestResult result = Assert.Single(await fake.IngestAsync(new SourceDocument("m.md␟2", "text", "ship")));

        Assert.Contains("marks parts", result.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ingest_ATextWithoutHeadings_IsCutAtParagraphsAndNeverWithinACharacter()
    {
        await using FakePipeline fake = await CreateAsync();
        string text = string.Concat(Enumerable.Repeat("🚢🚢🚢🚢🚢🚢🚢🚢🚢🚢", 30));
        string lines = string.Concat(Enumerable.Repeat("One line of some words here.\n\n", 12));

        IReadOnlyList<IngestResult> results = await fake.IngestAsync(new SourceDocument("a", text), new SourceDocument("b", lines));

        Assert.All(results, result => Assert.Null(result.Failure));
        Assert.Equal(text, await fake.Index.LoadWholeTextAsync("a", Token));
        Assert.Equal(lines, await fake.Index.LoadWholeTextAsync("b", Token));
        Assert.StartsWith("One line", await fake.Index.LoadTextAsync("b␟2", Token), StringComparison.Ordinal);
    }

    private static string Section(string title, string words) => $"# {title}\n\n{string.Concat(Enumerable.Repeat(words, 10)).TrimEnd()}";

    /// <summary>The parts begin at "# Warranty" and "# Returns"; each is cut into segments of ten.</summary>
    private static int SegmentsOf(string text)
    {
        int second = text.IndexOf("# W", StringComparison.Ordinal), third = text.IndexOf("# R", StringComparison.Ordinal);
        return new[] { second, third - second, text.Length - third }.Sum(length => (length + 9) / 10);
    }

    private static Task<FakePipeline> CreateAsync(int window = 40, IRetrievalIndex? index = null) => FakePipeline.CreateAsync(
        fingerprint => new EchoDecoder(fingerprint, "ship") { NativeWindow = window }, index);

    private sealed class Listener(List<IngestProgress> told) : IProgress<IngestProgress>
    {
        void IProgress<IngestProgress>.Report(IngestProgress value) => told.Add(value);
    }
}
