using LLoCO.Core.Compression;
using LLoCO.Core.Index;

namespace LLoCO.Core.Tests.Index;

/// <summary>What every index must do; each implementation runs all of it.</summary>
public abstract partial class RetrievalIndexContract : IAsyncLifetime
{
    protected IRetrievalIndex Index { get; private set; } = null!;

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Index = await CreateAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await Index.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Put_Document_ComesBackWhole()
    {
        IndexedDocument document = TestDocuments.Create("log", "ship", "The mast broke.\nWe made for Lisbon. 🚢\n\u00e9t\u00e9");

        await Index.PutAsync(document, Cancelled);

        Assert.Equal(
            new DocumentRecord("log", "ship", document.ContentHash, 24, 6, 3), await Index.FindAsync("log", Cancelled));
        Assert.Equal(document.Text, await Index.LoadTextAsync("log", Cancelled));
        Assert.Equal(document.TokenHashes, await Index.LoadTokenHashesAsync("log", Cancelled));
        TestDocuments.AssertEqual(document.Summary, await Index.LoadSummaryAsync("log", Cancelled));
    }

    [Theory]
    [InlineData(SummaryEncoding.BFloat16)]
    [InlineData(SummaryEncoding.Int8)]
    public async Task Put_Encoding_IsKept(SummaryEncoding encoding)
    {
        IndexedDocument document = TestDocuments.Create("log", "ship", "one\ntwo");
        float[] values = [1f, -2f, 0.5f, 0.25f, 3f, 4f, 5f, 6f];
        ReadOnlyMemory<byte> payload = SummaryPayload.Encode(values, 2, encoding);
        SummaryEmbeddings summary = new(
            "log", 4, 2, encoding, payload, document.Summary.Segments, TestDocuments.Fingerprint);

        await Index.PutAsync(document with { Summary = summary }, Cancelled);

        TestDocuments.AssertEqual(summary, await Index.LoadSummaryAsync("log", Cancelled));
    }

    [Fact]
    public async Task Load_NoSuchDocument_IsNull()
    {
        Assert.Null(await Index.FindAsync("none", Cancelled));
        Assert.Null(await Index.LoadTextAsync("none", Cancelled));
        Assert.Null(await Index.LoadSummaryAsync("none", Cancelled));
        Assert.Null(await Index.LoadTokenHashesAsync("none", Cancelled));
        Assert.Null(await Index.FindCheckpointAsync("none", Cancelled));
        Assert.False(await Index.DeleteAsync("none", Cancelled));
        Assert.Empty(await Index.ListAsync(cancellationToken: Cancelled).ToListAsync(Cancelled));
    }

    [Fact]
    public async Task Load_TextWithNulAndHalfASurrogatePair_ComesBackUnchanged()
    {
        const string Text = "a\0b \ud83d c \ud83d\ude00 d";

        await Index.PutAsync(TestDocuments.Create("odd", "g", Text), Cancelled);

        Assert.Equal(Text, await Index.LoadTextAsync("odd", Cancelled));
        PassageHit hit = Assert.Single(await Index.SearchAsync(new PassageQuery("c d"), Cancelled));
        Assert.Equal(Text, hit.Text);
    }

    [Fact]
    public async Task List_Group_GivesItsDocumentsById()
    {
        await Index.PutAsync(TestDocuments.Create("b", "ship", "x"), Cancelled);
        await Index.PutAsync(TestDocuments.Create("a", "ship", "x"), Cancelled);
        await Index.PutAsync(TestDocuments.Create("c", "town", "x"), Cancelled);

        List<DocumentRecord> all = await Index.ListAsync(cancellationToken: Cancelled).ToListAsync(Cancelled);
        List<DocumentRecord> ship = await Index.ListAsync("ship", Cancelled).ToListAsync(Cancelled);

        Assert.Equal(["a", "b", "c"], all.Select(record => record.Id));
        Assert.Equal(["a", "b"], ship.Select(record => record.Id));
    }

    [Fact]
    public async Task Put_SameId_ReplacesAllOfTheOldDocument()
    {
        await Index.PutAsync(TestDocuments.Create("log", "ship", "anchor\nbeacon\ncompass"), Cancelled);
        IndexedDocument changed = TestDocuments.Create("log", "town", "market");

        await Index.PutAsync(changed, Cancelled);

        Assert.Equal(new DocumentRecord("log", "town", changed.ContentHash, 8, 2, 1), await Index.FindAsync("log", Cancelled));
        TestDocuments.AssertEqual(changed.Summary, await Index.LoadSummaryAsync("log", Cancelled));
        Assert.Empty(await Index.SearchAsync(new PassageQuery("anchor beacon compass"), Cancelled));
        Assert.Equal("market", Assert.Single(await Index.SearchAsync(new PassageQuery("market"), Cancelled)).Text);
    }

    [Fact]
    public async Task Delete_Document_LeavesNothingOfIt()
    {
        await Index.PutAsync(TestDocuments.Create("log", "ship", "anchor"), Cancelled);
        await Index.PutAsync(TestDocuments.Create("other", "ship", "beacon"), Cancelled);
        await Index.SaveCheckpointAsync(Checkpoint("log", 1), Cancelled);

        Assert.True(await Index.DeleteAsync("log", Cancelled));

        Assert.Null(await Index.FindAsync("log", Cancelled));
        Assert.Null(await Index.LoadSummaryAsync("log", Cancelled));
        Assert.Null(await Index.FindCheckpointAsync("log", Cancelled));
        Assert.Empty(await Index.SearchAsync(new PassageQuery("anchor"), Cancelled));
        Assert.Single(await Index.SearchAsync(new PassageQuery("beacon"), Cancelled));
    }

    [Fact]
    public async Task SaveCheckpoint_OneMoreSegmentEachTime_GivesTheLastOne()
    {
        for (int segments = 1; segments <= 3; segments++)
        {
            await Index.SaveCheckpointAsync(Checkpoint("log", segments), Cancelled);
        }

        await AssertCheckpointAsync(Checkpoint("log", 3));
    }

    [Fact]
    public async Task SaveCheckpoint_OtherVectorsOrFewerSegments_ReplacesTheOldOnes()
    {
        await Index.SaveCheckpointAsync(Checkpoint("log", 3), Cancelled);
        IngestCheckpoint shorter = Checkpoint("log", 2) with
        {
            ContentHash = "other",
            TokenHashes = ["log-hash-0", "changed"],
            Summary = TestDocuments.Summary("log", 2, seed: 40),
        };

        await Index.SaveCheckpointAsync(shorter, Cancelled);

        await AssertCheckpointAsync(shorter);
    }

    [Fact]
    public async Task Put_Document_RemovesItsCheckpointOnly()
    {
        await Index.SaveCheckpointAsync(Checkpoint("log", 1), Cancelled);
        await Index.SaveCheckpointAsync(Checkpoint("other", 1), Cancelled);

        await Index.PutAsync(TestDocuments.Create("log", "ship", "x"), Cancelled);

        Assert.Null(await Index.FindCheckpointAsync("log", Cancelled));
        Assert.NotNull(await Index.FindCheckpointAsync("other", Cancelled));
    }

    [Fact]
    public async Task SaveCheckpoint_StoredDocument_StaysAsItIs()
    {
        IndexedDocument document = TestDocuments.Create("log", "ship", "anchor");
        await Index.PutAsync(document, Cancelled);

        await Index.SaveCheckpointAsync(Checkpoint("log", 2), Cancelled);

        TestDocuments.AssertEqual(document.Summary, await Index.LoadSummaryAsync("log", Cancelled));
        await AssertCheckpointAsync(Checkpoint("log", 2));
    }

    [Fact]
    public async Task Bind_AnotherModel_IsRefusedWithBothFingerprints()
    {
        await Index.BindAsync(TestDocuments.Fingerprint, Cancelled);
        await Index.PutAsync(TestDocuments.Create("log", "ship", "x"), Cancelled);
        ModelFingerprint other = TestDocuments.Fingerprint with { Model = "another" };

        var error = await Assert.ThrowsAsync<FingerprintMismatchException>(
            async () => await Index.BindAsync(other, Cancelled));

        Assert.Contains(other.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains(TestDocuments.Fingerprint.ToString(), error.Message, StringComparison.Ordinal);
        await Index.BindAsync(TestDocuments.Fingerprint, Cancelled);
    }

    [Fact]
    public async Task Bind_EmptyIndex_TakesTheNewFingerprint()
    {
        ModelFingerprint other = TestDocuments.Fingerprint with { Model = "another" };
        await Index.BindAsync(other, Cancelled);

        await Index.BindAsync(TestDocuments.Fingerprint, Cancelled);
        await Index.PutAsync(TestDocuments.Create("log", "ship", "x"), Cancelled);

        Assert.Equal(TestDocuments.Fingerprint, (await Index.LoadSummaryAsync("log", Cancelled))!.Fingerprint);
    }

    [Fact]
    public async Task Put_VectorsOfAnotherModel_AreRefused()
    {
        await Index.PutAsync(TestDocuments.Create("log", "ship", "x"), Cancelled);
        ModelFingerprint other = TestDocuments.Fingerprint with { SegmentLength = 16 };
        IndexedDocument document = TestDocuments.Create("new", "ship", "y");
        SummaryEmbeddings foreign = TestDocuments.Summary("new", 1, 0, other);

        await Assert.ThrowsAsync<FingerprintMismatchException>(
            async () => await Index.PutAsync(document with { Summary = foreign }, Cancelled));
        await Assert.ThrowsAsync<FingerprintMismatchException>(
            async () => await Index.SaveCheckpointAsync(
                new IngestCheckpoint("new", "hash", ["h"], foreign), Cancelled));

        Assert.Null(await Index.FindAsync("new", Cancelled));
    }

    [Fact]
    public async Task Put_PartsThatDoNotFit_AreRefusedAndNothingIsKept()
    {
        IndexedDocument good = TestDocuments.Create("log", "ship", "a 😀 b");
        IndexedDocument[] wrong =
        [
            good with { Id = "" },
            good with { Id = "two\nlines" },
            good with { Id = new string('a', 4097), Summary = TestDocuments.Summary(new string('a', 4097), 1, 3) },
            good with { Group = "\ud83d" },
            good with { Id = "other" },
            good with { Tokens = 9 },
            good with { TokenHashes = [] },
            good with { Passages = [new Passage(-1, 2)] },
            good with { Passages = [new Passage(0, 0)] },
            good with { Passages = [new Passage(1, int.MaxValue)] },
            good with { Passages = [new Passage(0, 3)] },
            good with { Passages = [new Passage(0, 2, new[] { 1f }), new Passage(2, 2)] },
            good with { Passages = [new Passage(0, 2, new[] { float.NaN })] },
        ];

        foreach (IndexedDocument document in wrong)
        {
            await Assert.ThrowsAsync<LlocoException>(async () => await Index.PutAsync(document, Cancelled));
        }

        Assert.Empty(await Index.ListAsync(cancellationToken: Cancelled).ToListAsync(Cancelled));
        await Index.PutAsync(good, Cancelled);
    }

    [Theory]
    [InlineData(SummaryEncoding.Float32, float.NaN)]
    [InlineData(SummaryEncoding.Float32, float.NegativeInfinity)]
    [InlineData(SummaryEncoding.BFloat16, float.NaN)]
    [InlineData(SummaryEncoding.BFloat16, float.PositiveInfinity)]
    [InlineData(SummaryEncoding.BFloat16, float.MaxValue)] // bfloat16 rounds it to infinity
    public async Task Put_SummaryThatIsNoNumber_IsRefusedAndNothingIsKept(SummaryEncoding encoding, float value)
    {
        IndexedDocument document = TestDocuments.Create("log", "ship", "one");
        ReadOnlyMemory<byte> payload = SummaryPayload.Encode([1f, 2f, value, 4f], 2, encoding);
        SummaryEmbeddings summary = new("log", 2, 2, encoding, payload, document.Summary.Segments, TestDocuments.Fingerprint);

        var error = await Assert.ThrowsAsync<LlocoException>(
            async () => await Index.PutAsync(document with { Summary = summary }, Cancelled));

        Assert.Contains("summary vector 1 holds a number that is none", error.Message, StringComparison.Ordinal);
        Assert.Null(await Index.FindAsync("log", Cancelled));
    }

    [Fact]
    public async Task Put_Origin_ComesBackWithTheRecord()
    {
        await Index.PutAsync(TestDocuments.Create("file", "g", "x") with { Origin = "0a1b" }, Cancelled);
        await Index.PutAsync(TestDocuments.Create("text", "g", "x"), Cancelled);

        Assert.Equal("0a1b", (await Index.FindAsync("file", Cancelled))!.Origin);
        Assert.Null((await Index.FindAsync("text", Cancelled))!.Origin);
    }

    [Fact]
    public async Task Put_Cancelled_KeepsTheOldDocument()
    {
        IndexedDocument old = TestDocuments.Create("log", "ship", "anchor");
        await Index.PutAsync(old, Cancelled);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await Index.PutAsync(TestDocuments.Create("log", "ship", "beacon"), new CancellationToken(canceled: true)));

        Assert.Equal("anchor", await Index.LoadTextAsync("log", Cancelled));
    }

    [Fact]
    public async Task Dispose_LaterCalls_AreRefused()
    {
        await Index.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await Index.FindAsync("log", Cancelled));
    }

    [Fact]
    public async Task Put_WhileReading_ReadersSeeWholeDocuments()
    {
        IndexedDocument[] versions =
        [
            TestDocuments.Create("log", "ship", "anchor anchor\nanchor"),
            TestDocuments.Create("log", "ship", "beacon\nbeacon beacon\nbeacon\nbeacon"),
        ];
        await Index.PutAsync(versions[0], Cancelled);
        using var done = new CancellationTokenSource();
        Task[] readers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() => ReadUntilAsync(versions, done.Token)))];

        for (int i = 1; i <= 40; i++)
        {
            await Index.PutAsync(versions[i % 2], Cancelled);
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
        Assert.Equal(versions[0].Text, await Index.LoadTextAsync("log", Cancelled));
    }

    protected abstract ValueTask<IRetrievalIndex> CreateAsync();

    private static IngestCheckpoint Checkpoint(string id, int segments) =>
        new(id, "content", TestDocuments.Hashes(id, segments), TestDocuments.Summary(id, segments, seed: 7));

    private async Task AssertCheckpointAsync(IngestCheckpoint expected)
    {
        IngestCheckpoint? actual = await Index.FindCheckpointAsync(expected.DocumentId, Cancelled);
        Assert.NotNull(actual);
        Assert.Equal(expected.ContentHash, actual.ContentHash);
        Assert.Equal(expected.TokenHashes, actual.TokenHashes);
        TestDocuments.AssertEqual(expected.Summary, actual.Summary);
    }

    private async Task ReadUntilAsync(IndexedDocument[] versions, CancellationToken done)
    {
        do
        {
            SummaryEmbeddings? summary = await Index.LoadSummaryAsync("log", Cancelled);
            Assert.Contains(summary!.Segments.Count, versions.Select(version => version.Passages.Count));
            IReadOnlyList<PassageHit> hits = await Index.SearchAsync(new PassageQuery("anchor beacon"), Cancelled);
            string text = string.Join('\n', hits.OrderBy(hit => hit.Start).Select(hit => hit.Text));
            Assert.Contains(text, versions.Select(version => version.Text));
        }
        while (!done.IsCancellationRequested);
    }
}
