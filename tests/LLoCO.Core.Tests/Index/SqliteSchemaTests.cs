using LLoCO.Core.Index;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Tests.Index;

/// <summary>Files from elsewhere that say they are an index and carry other objects, harmless ones here.</summary>
public sealed class SqliteSchemaTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.PathOf("index.db");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("CREATE TRIGGER extra AFTER INSERT ON documents BEGIN SELECT 1; END", "trigger 'extra'")]
    [InlineData("CREATE VIEW extra AS SELECT 1", "view 'extra'")]
    [InlineData("CREATE TABLE extra(x)", "table 'extra'")]
    [InlineData("CREATE INDEX extra ON documents(text)", "index 'extra'")]
    [InlineData("CREATE VIRTUAL TABLE extra USING fts5(x)", "table 'extra'")]
    [InlineData("ALTER TABLE documents ADD COLUMN extra TEXT AS (id)", "table 'documents'")]
    [InlineData("ALTER TABLE passages DROP COLUMN vector", "table 'passages'")]
    [InlineData("ALTER TABLE passages RENAME TO passages_of_old", "table 'passages_of_old'")]
    [InlineData("DROP INDEX passages_by_owner", "index 'passages_by_owner' is missing")]
    [InlineData("DROP TABLE checkpoint_segments", "table 'checkpoint_segments' is missing")]
    [InlineData("DROP TABLE fidelity; CREATE VIEW fidelity AS SELECT 1 AS owner, 1.0 AS score", "view 'fidelity'")]
    [InlineData("DROP TABLE properties; CREATE TABLE properties(name TEXT PRIMARY KEY, value TEXT)", "table 'properties'")]
    [InlineData("DROP TABLE passage_terms; CREATE VIRTUAL TABLE passage_terms USING fts5(text)", "table 'passage_terms'")]
    [InlineData("DROP TABLE familiarity; CREATE VIEW familiarity AS SELECT 1 AS owner, 1.0 AS loss", "view 'familiarity'")]
    [InlineData("ANALYZE", "table 'sqlite_stat1'")]
    public async Task Open_OtherObjectsThanOurs_IsRefusedByNameAndUnchanged(string change, string named)
    {
        await using (var index = SqliteRetrievalIndex.Open(File))
        {
            await index.PutAsync(TestDocuments.Create("log", "ship", "mast"), TestContext.Current.CancellationToken);
        }

        using (var connection = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            connection.Open();
            connection.Execute("PRAGMA journal_mode = DELETE");
            connection.Execute(change.StartsWith("ALTER TABLE passages DROP", StringComparison.Ordinal)
                ? "DROP INDEX passages_with_vector;" + change
                : change);
        }

        byte[] before = System.IO.File.ReadAllBytes(File);
        foreach (SqliteIndexOptions options in (SqliteIndexOptions[])[new(), new() { ReadOnly = true }])
        {
            var error = Assert.Throws<LlocoException>(() => SqliteRetrievalIndex.Open(File, options));
            Assert.Contains(File, error.Message, StringComparison.Ordinal);
            Assert.Contains(named, error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
    }
}
