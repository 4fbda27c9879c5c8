using LLoCO.Core.Index;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Tests.Index;

/// <summary>Files as earlier versions of the library wrote them: version 1 before fidelity was stored, version 2 before words were
/// cut by script and files were told apart. They are brought up to date in place.</summary>
public sealed class SqliteMigrationTests : IDisposable
{
    private const string OlderThanTerms = """
        DROP TABLE origins; DROP TABLE passage_terms;
        CREATE VIRTUAL TABLE passage_terms USING fts5(
            text, content='', tokenize='unicode61 remove_diacritics 2');
        INSERT INTO passage_terms(rowid, text) SELECT p.key, CAST(substr(d.text, p.byte_start + 1, p.byte_length) AS TEXT)
            FROM passages p JOIN documents d ON d.key = p.owner;
        """;

    private const string Text = "The mast broke.\n学校的校长叫陈雪。\nWe made for Lisbon.";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string File => _folder.PathOf("index.db");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Open_OlderIndex_KeepsItsDocumentsAndFindsEveryScript(int version)
    {
        IndexedDocument old = TestDocuments.Create("log", "ship", Text);
        await WriteAsync(version, old, TestDocuments.Create("odd \ud83d\ude00", "ship", "a \ud83d b\nmast"));

        await using var index = SqliteRetrievalIndex.Open(File);

        Assert.Equal(new DocumentRecord("log", "ship", old.ContentHash, 24, 6, 3), await index.FindAsync("log", Cancelled));
        TestDocuments.AssertEqual(old.Summary, await index.LoadSummaryAsync("log", Cancelled));
        IReadOnlyList<PassageHit> hits = await index.SearchAsync(new PassageQuery("陈雪"), Cancelled);
        Assert.Equal("学校的校长叫陈雪。", Assert.Single(hits).Text);
        Assert.Equal(2, (await index.SearchAsync(new PassageQuery("mast"), Cancelled)).Count);

        // What was stored can be measured, replaced and removed; nothing of its words stays behind.
        Assert.Null(await ((IRetrievalIndex)index).LoadFidelityAsync("log", Cancelled));
        await index.PutAsync(
            old with
            {
                Fidelity = new(
                    0.5, 0.5, 0, false, false, [new(0, 0, 0, 0, 0, 0, 0), new(1, 0, 0, 0, 0, 0, 0), new(2, 0, 0, 0, 0, 0, 0)]),
            },
            Cancelled);
        Assert.Equal(0.5, (await index.FindAsync("log", Cancelled))!.Fidelity);
        await index.DeleteAsync("log", Cancelled);
        await index.DeleteAsync("odd \ud83d\ude00", Cancelled);
        Assert.Equal(0L, await ReadAsync("SELECT count(*) FROM passage_terms"));
        await ReadAsync("INSERT INTO passage_terms(passage_terms) VALUES('integrity-check')");
    }

    [Fact]
    public async Task Open_OlderIndexForReadingOnly_IsRefusedAndUnchanged()
    {
        await WriteAsync(2, TestDocuments.Create("log", "ship", Text));
        byte[] before = System.IO.File.ReadAllBytes(File);

        var error = Assert.Throws<LlocoException>(
            () => SqliteRetrievalIndex.Open(File, new SqliteIndexOptions { ReadOnly = true }));

        Assert.Contains("schema version 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("Open it once where it can be written", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
    }

    /// <summary>Writes an index of today, then gives it the tables and words of an earlier version.</summary>
    private async Task WriteAsync(int version, params IndexedDocument[] documents)
    {
        await using (var index = SqliteRetrievalIndex.Open(File))
        {
            foreach (IndexedDocument document in documents)
            {
                await index.PutAsync(document, Cancelled);
            }
        }

        await ReadAsync(
            $"""
            DROP TABLE familiarity; DROP TABLE familiarity_kinds;
            {(version < 3 ? OlderThanTerms : string.Empty)}
            {(version == 1 ? "DROP TABLE fidelity; DROP TABLE segment_fidelity;" : string.Empty)}
            PRAGMA user_version = {version};
            """);
    }

    private async Task<object?> ReadAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        await connection.OpenAsync(Cancelled);
        await using SqliteCommand command = connection.Command(sql);
        return await command.ExecuteScalarAsync(Cancelled);
    }
}
