using LLoCO.Core.Index;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Tests.Index;

/// <summary>What only an index that is a file must do: survive, share, and refuse.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string File => _folder.PathOf("index.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_Again_FindsEverything()
    {
        IndexedDocument document = TestDocuments.Create("log", "ship", "mast\nanchor", [1f, 0f], [0f, 1f]);
        await using (var index = SqliteRetrievalIndex.Open(File))
        {
            Assert.Null(await index.LoadFingerprintAsync(Cancelled));
            await index.PutAsync(document, Cancelled);
            await index.SaveCheckpointAsync(
                new IngestCheckpoint("next", "h", ["a"], TestDocuments.Summary("next", 1, 0)), Cancelled);
        }

        Assert.Equal(["index.db"], Directory.GetFiles(Path.GetDirectoryName(File)!).Select(Path.GetFileName));
        await using var again = SqliteRetrievalIndex.Open(File, new SqliteIndexOptions { CreateIfMissing = false });
        Assert.Equal(File, again.Path);
        Assert.Equal(TestDocuments.Fingerprint, await again.LoadFingerprintAsync(Cancelled));
        Assert.Equal(document.Text, await again.LoadTextAsync("log", Cancelled));
        TestDocuments.AssertEqual(document.Summary, await again.LoadSummaryAsync("log", Cancelled));
        Assert.NotNull(await again.FindCheckpointAsync("next", Cancelled));
        Assert.Equal("anchor", (await again.SearchAsync(new PassageQuery("?", Vector: new[] { 0f, 1f }), Cancelled))[0].Text);
    }

    [Fact]
    public async Task Open_NewerSchema_IsRefusedWithBothVersions()
    {
        await CreateAsync();
        Execute("PRAGMA user_version = 7");

        LlocoException error = Refused();

        Assert.Contains("schema version 7", error.Message, StringComparison.Ordinal);
        Assert.Contains("reads versions 1 to 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AnotherProgramsDatabase_IsRefusedAndUnchanged()
    {
        Execute("CREATE TABLE notes(text)");
        byte[] before = System.IO.File.ReadAllBytes(File);

        Assert.Contains("not a LLoCO index", Refused().Message, StringComparison.Ordinal);

        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void Open_NotSqlite_IsRefusedAndUnchanged()
    {
        System.IO.File.WriteAllText(File, "Some notes of mine, no database at all. " + new string('x', 5000));

        Assert.Contains("not a SQLite file", Refused().Message, StringComparison.Ordinal);

        Assert.StartsWith("Some notes of mine", System.IO.File.ReadAllText(File), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_PathThatCannotBe_IsRefused()
    {
        Assert.Contains(
            "is a folder",
            Assert.Throws<LlocoException>(() => SqliteRetrievalIndex.Open(Path.GetDirectoryName(File)!)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "folder does not exist",
            Assert.Throws<LlocoException>(() => SqliteRetrievalIndex.Open(_folder.PathOf("no/index.db"))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "There is no index",
            Assert.Throws<LlocoException>(
                () => SqliteRetrievalIndex.Open(File, new SqliteIndexOptions { CreateIfMissing = false })).Message,
            StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => SqliteRetrievalIndex.Open(File, new SqliteIndexOptions { BusyTimeout = TimeSpan.Zero }));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.7)]
    public async Task Read_CutOffFile_GivesOneClearError(double kept)
    {
        await CreateAsync();
        using (FileStream stream = System.IO.File.OpenWrite(File))
        {
            stream.SetLength((long)(stream.Length * kept));
        }

        LlocoException error = await Assert.ThrowsAsync<LlocoException>(ReadEverythingAsync);

        Assert.Contains(File, error.Message, StringComparison.Ordinal);
        Assert.Contains("is damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_AnyDamagedPage_IsAnErrorOfOursOrHarmless()
    {
        await CreateAsync();
        byte[] good = System.IO.File.ReadAllBytes(File);
        var random = new Random(11);
        int refused = 0;
        for (int offset = 100; offset < good.Length; offset += 997)
        {
            byte[] bad = [.. good];
            random.NextBytes(bad.AsSpan(offset, Math.Min(64, good.Length - offset)));
            System.IO.File.WriteAllBytes(File, bad);
            try
            {
                await ReadEverythingAsync();
            }
            catch (LlocoException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, good.Length / 997);
    }

    [Fact]
    public async Task LoadSummary_ChangedVectors_AreRefusedByTheirHash()
    {
        await CreateAsync();
        Execute("UPDATE segments SET payload = zeroblob(length(payload)) WHERE ordinal = 1");
        await using var index = SqliteRetrievalIndex.Open(File);

        var error = await Assert.ThrowsAsync<LlocoException>(async () => await index.LoadSummaryAsync("log", Cancelled));

        Assert.Contains("'log'", error.Message, StringComparison.Ordinal);
        Assert.Contains("segment 1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE documents SET width = 2000000000")]
    [InlineData("UPDATE documents SET width = 0")]
    [InlineData("UPDATE documents SET encoding = 9")]
    [InlineData("UPDATE segments SET tokens = -1")]
    [InlineData("UPDATE segments SET tokens = 2147483647")]
    [InlineData("UPDATE segments SET vectors = 2147483647")]
    [InlineData("UPDATE segments SET vectors = 99999999999")]
    [InlineData("UPDATE properties SET value = 'nonsense'")]
    [InlineData("DELETE FROM properties")]
    public async Task LoadSummary_ImpossibleSizes_AreRefused(string change)
    {
        await CreateAsync();
        Execute(change);
        await using var index = SqliteRetrievalIndex.Open(File);

        await Assert.ThrowsAsync<LlocoException>(async () => await index.LoadSummaryAsync("log", Cancelled));
    }

    [Fact]
    public async Task Put_TwoIndexesOnOneFile_BothWrite()
    {
        await using var one = SqliteRetrievalIndex.Open(File);
        await using var two = SqliteRetrievalIndex.Open(File);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() =>
            (i % 2 == 0 ? one : two).PutAsync(TestDocuments.Create($"d{i}", "g", "mast"), Cancelled).AsTask())));

        Assert.Equal(20, (await one.ListAsync(cancellationToken: Cancelled).ToListAsync(Cancelled)).Count);
        Assert.Equal(20, (await two.SearchAsync(new PassageQuery("mast", Limit: 99), Cancelled)).Count);
    }

    [Fact]
    public async Task Put_FileLockedByAnotherProcess_SaysSoAfterTheTimeout()
    {
        await using var index = SqliteRetrievalIndex.Open(File, new SqliteIndexOptions { BusyTimeout = TimeSpan.FromSeconds(1) });
        using var other = new SqliteConnection($"Data Source={File};Pooling=False");
        other.Open();
        using (other.BeginTransaction(deferred: false))
        {
            var error = await Assert.ThrowsAsync<LlocoException>(
                async () => await index.PutAsync(TestDocuments.Create("d", "g", "mast"), Cancelled));
            Assert.Contains("being written by another process", error.Message, StringComparison.Ordinal);
            Assert.Empty(await index.ListAsync(cancellationToken: Cancelled).ToListAsync(Cancelled));
        }

        await index.PutAsync(TestDocuments.Create("d", "g", "mast"), Cancelled);
    }

    [Fact]
    public async Task SaveCheckpoint_OneMoreSegment_LeavesTheEarlierRowsAlone()
    {
        await using var index = SqliteRetrievalIndex.Open(File);
        await index.SaveCheckpointAsync(Checkpoint(2), Cancelled);
        Execute(
            """
            CREATE TRIGGER t BEFORE INSERT ON checkpoint_segments WHEN new.ordinal < 2
            BEGIN SELECT raise(ABORT, 'written again'); END
            """);

        await index.SaveCheckpointAsync(Checkpoint(3), Cancelled);

        Assert.Equal(3, (await index.FindCheckpointAsync("log", Cancelled))!.Summary.Segments.Count);

        static IngestCheckpoint Checkpoint(int segments) =>
            new("log", "h", TestDocuments.Hashes("log", segments), TestDocuments.Summary("log", segments, 4));
    }

    private async Task CreateAsync()
    {
        await using var index = SqliteRetrievalIndex.Open(File);
        string text = string.Join('\n', Enumerable.Range(0, 200).Select(i => $"mast number {i} stood at mark {i * 7919 % 1000}"));
        await index.PutAsync(TestDocuments.Create("log", "ship", text), Cancelled);
    }

    private async Task ReadEverythingAsync()
    {
        await using var index = SqliteRetrievalIndex.Open(File);
        await foreach (DocumentRecord record in index.ListAsync(cancellationToken: Cancelled))
        {
            await index.LoadTextAsync(record.Id, Cancelled);
            await ((IRetrievalIndex)index).LoadTokenHashesAsync(record.Id, Cancelled);
            await index.LoadSummaryAsync(record.Id, Cancelled);
        }

        await index.SearchAsync(new PassageQuery("mast mark 919", Limit: 500), Cancelled);
    }

    private LlocoException Refused()
    {
        var error = Assert.Throws<LlocoException>(() => SqliteRetrievalIndex.Open(File));
        Assert.Contains(File, error.Message, StringComparison.Ordinal);
        return error;
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        connection.Execute(sql);
    }
}
