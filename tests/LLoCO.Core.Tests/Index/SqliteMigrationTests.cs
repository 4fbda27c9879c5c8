using LLoCO.Core.Index;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Tests.Index;

/// <summary>A file of schema version 1, as the library wrote it before fidelity was stored.</summary>
public sealed class SqliteMigrationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string File => _folder.PathOf("index.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_IndexOfVersionOne_KeepsItsDocumentsAndTakesFidelity()
    {
        IndexedDocument old = TestDocuments.Create("log", "ship", "The mast broke.\nWe made for Lisbon.");
        await using (var index = SqliteRetrievalIndex.Open(File))
        {
            await index.PutAsync(old, Cancelled);
        }

        // Version 2 added these two tables and nothing else.
        Execute("DROP TABLE fidelity; DROP TABLE segment_fidelity; PRAGMA user_version = 1");

        await using (var index = SqliteRetrievalIndex.Open(File))
        {
            Assert.Equal(
                new DocumentRecord("log", "ship", old.ContentHash, 16, 4, 2), await index.FindAsync("log", Cancelled));
            TestDocuments.AssertEqual(old.Summary, await index.LoadSummaryAsync("log", Cancelled));
            Assert.Null(await index.LoadFidelityAsync("log", Cancelled));
            await index.PutAsync(
                old with { Fidelity = new(0.5, 0.5, 0, false, false, [new(0, 0, 0, 0, 0, 0, 0), new(1, 0, 0, 0, 0, 0, 0)]) },
                Cancelled);
            Assert.Equal(0.5, (await index.FindAsync("log", Cancelled))!.Fidelity);
        }
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
