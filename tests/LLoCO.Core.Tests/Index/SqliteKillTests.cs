using System.Diagnostics;
using System.Globalization;
using LLoCO.Core.Index;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Tests.Index;

/// <summary>
/// A writer that dies leaves whole documents. Two deaths are tried: a process killed (SIGKILL, TerminateProcess) while it writes,
/// at many moments; and the files as they lie on the disk in the middle of a transaction, copied and opened elsewhere. What these
/// cannot show is a power cut, for which SQLite's <c>synchronous = FULL</c> is relied upon.
/// </summary>
public sealed class SqliteKillTests : IDisposable
{
    private const string FileVariable = "LLOCO_TEST_KILL_FILE";
    private const string Acknowledged = "written ";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string File => _folder.PathOf("index.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Kill_WhileWriting_LeavesTheLastDocumentOrTheNextWithItsCheckpoint() => KillAsync(6);

    [Fact]
    [Trait("Category", "Slow")]
    public Task Kill_200TimesWhileWriting_LeavesTheLastDocumentOrTheNextWithItsCheckpoint() => KillAsync(SlowCount.Of(200));

    private async Task KillAsync(int rounds)
    {
        TimeSpan longest = SlowCount.Longest;
        var clock = Stopwatch.StartNew();
        int last = 0;
        int round = 0;
        for (; round < rounds && clock.Elapsed < longest; round++)
        {
            // Each child goes on where the last was killed, and is killed after another number of writes.
            last = await WriteUntilKilledAsync(writes: 2 + (3 * (round % 6)));
            await AssertWholeAsync(last);
        }

        SlowCount.Report(round, rounds, "kills");
        Assert.True(last > 0);
    }

    /// <summary>The child of the test above: writes version after version of a document until it is killed.</summary>
    /// <remarks>Left out of every other run by its trait (build.sh), so that it is not counted as a test that was skipped.</remarks>
    [Fact(Explicit = true)]
    [Trait("Role", "Child")]
    public async Task WriteForever()
    {
        string file = Environment.GetEnvironmentVariable(FileVariable)!;
        Assert.NotNull(file);
        await using var index = SqliteRetrievalIndex.Open(file);
        DocumentRecord? record = await index.FindAsync("log", Cancelled);
        for (int version = VersionOf(record) + 1; ; version++)
        {
            IndexedDocument document = Version(version);
            for (int segments = 1; segments < document.TokenHashes.Count; segments++)
            {
                await index.SaveCheckpointAsync(Checkpoint(version, segments), Cancelled);
            }

            await index.PutAsync(document, Cancelled);
            await Console.Out.WriteLineAsync($"{Acknowledged}{version}");
            await Console.Out.FlushAsync(Cancelled);
        }
    }

    [Fact]
    public async Task Copy_InTheMiddleOfATransaction_HoldsWhatWasCommitted()
    {
        await using (var index = SqliteRetrievalIndex.Open(File))
        {
            await index.PutAsync(Version(1), Cancelled);
            await index.SaveCheckpointAsync(Checkpoint(2, 3), Cancelled);
            using var connection = new SqliteConnection($"Data Source={File};Pooling=False;Foreign Keys=True");
            connection.Open();

            // A small cache makes SQLite spill pages that are not committed to the write-ahead log, as a large document would.
            connection.Execute("PRAGMA cache_size = 2; PRAGMA cache_spill = 2");
            using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
            SqliteDocuments.Put(connection, Version(2), Cancelled);
            Assert.True(new FileInfo(File + "-wal").Length > 100_000);
            foreach (string suffix in (string[])["", "-wal"])
            {
                System.IO.File.Copy(File + suffix, _folder.PathOf("copy.db") + suffix);
            }
        }

        await AssertWholeAsync(atLeast: 1, _folder.PathOf("copy.db"), exactly: 1);
        await using var copy = SqliteRetrievalIndex.Open(_folder.PathOf("copy.db"));
        IngestCheckpoint? checkpoint = await copy.FindCheckpointAsync("log", Cancelled);
        TestDocuments.AssertEqual(Checkpoint(2, 3).Summary, checkpoint?.Summary);
    }

    private static IndexedDocument Version(int version)
    {
        string text = string.Join('\n', Enumerable.Range(0, 20).Select(i => $"version {version} line {i} of the log"));
        IndexedDocument document = TestDocuments.Create("log", "ship", text);
        return document with
        {
            ContentHash = version.ToString(CultureInfo.InvariantCulture),
            TokenHashes = TestDocuments.Hashes($"v{version}", 20),
            Summary = TestDocuments.Summary("log", 20, seed: version),
        };
    }

    private static IngestCheckpoint Checkpoint(int version, int segments) => new(
        "log",
        version.ToString(CultureInfo.InvariantCulture),
        TestDocuments.Hashes($"v{version}", segments),
        TestDocuments.Summary("log", segments, seed: version));

    private static int VersionOf(DocumentRecord? record) =>
        record is null ? 0 : int.Parse(record.ContentHash, CultureInfo.InvariantCulture);

    private async Task<int> WriteUntilKilledAsync(int writes)
    {
        // The tests run as "dotnet LLoCO.Core.Tests.dll" or as their own program; the child does as its parent.
        string program = Environment.ProcessPath!;
        string[] host = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(SqliteKillTests).Assembly.Location] : [];
        string[] arguments =
        [
            "--explicit", "only", "--filter-method", $"{typeof(SqliteKillTests).FullName}.{nameof(WriteForever)}",
            "--progress", "off", "--results-directory", _folder.PathOf("results"),
        ];
        var start = new ProcessStartInfo(program, [.. host, .. arguments])
        {
            RedirectStandardOutput = true,
            Environment = { [FileVariable] = File },
        };
        using Process child = Process.Start(start)!;
        int last = 0;
        int seen = 0;
        var output = new List<string>();
        while (await child.StandardOutput.ReadLineAsync(Cancelled) is string line)
        {
            output.Add(line);
            if (line.StartsWith(Acknowledged, StringComparison.Ordinal))
            {
                last = int.Parse(line.AsSpan(Acknowledged.Length), CultureInfo.InvariantCulture);
                if (++seen == writes)
                {
                    child.Kill(entireProcessTree: true);
                }
            }
        }

        await child.WaitForExitAsync(Cancelled);
        Assert.True(seen >= writes, string.Join('\n', output));
        return last;
    }

    private async Task AssertWholeAsync(int atLeast, string? file = null, int? exactly = null)
    {
        file ??= File;
        await using var index = SqliteRetrievalIndex.Open(file);
        DocumentRecord record = Assert.Single(await index.ListAsync(cancellationToken: Cancelled).ToListAsync(Cancelled));
        int version = VersionOf(record);
        Assert.InRange(version, atLeast, exactly ?? int.MaxValue);
        IndexedDocument expected = Version(version);
        Assert.Equal(expected.Text, await index.LoadTextAsync("log", Cancelled));
        Assert.Equal(expected.TokenHashes, await ((IRetrievalIndex)index).LoadTokenHashesAsync("log", Cancelled));
        TestDocuments.AssertEqual(expected.Summary, await index.LoadSummaryAsync("log", Cancelled));
        IReadOnlyList<PassageHit> hits = await index.SearchAsync(new PassageQuery("version", Limit: 99), Cancelled);
        Assert.Equal(20, hits.Count);
        Assert.All(hits, hit => Assert.StartsWith($"version {version} ", hit.Text, StringComparison.Ordinal));
        if (await index.FindCheckpointAsync("log", Cancelled) is IngestCheckpoint checkpoint)
        {
            Assert.Equal((version + 1).ToString(CultureInfo.InvariantCulture), checkpoint.ContentHash);
            TestDocuments.AssertEqual(Checkpoint(version + 1, checkpoint.TokenHashes.Count).Summary, checkpoint.Summary);
        }

        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        Assert.Equal("ok", connection.Scalar<string>("PRAGMA integrity_check"));
        connection.Execute("INSERT INTO passage_terms(passage_terms) VALUES('integrity-check')");
    }
}
