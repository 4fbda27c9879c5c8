using LLoCO.Core.Index;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LLoCO.Core.Tests.Index;

/// <summary>What SQLite does for one document, counted in instructions of its virtual machine: it may not grow with the number of
/// documents.</summary>
public sealed class SqliteWorkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WorkOnOneDocument_AmongHundreds_IsThatAmongFew()
    {
        await using SqliteRetrievalIndex index = SqliteRetrievalIndex.Open(_folder.PathOf("index.db"));
        await PutAsync(index, 0, 10);
        int few = Count();
        await PutAsync(index, 10, 700);

        Assert.InRange(few, 10, 2_000);
        Assert.InRange(Count(), 10, 2 * few);
    }

    private static async Task PutAsync(SqliteRetrievalIndex index, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            await index.PutAsync(TestDocuments.Create($"d{i}", $"g{i % 3}", $"word{i}\nother"), Cancelled);
        }
    }

    private int Count()
    {
        using var connection = new SqliteConnection($"Data Source={_folder.PathOf("index.db")};Pooling=false");
        connection.Open();
        int steps = 0;
        raw.sqlite3_progress_handler(
            connection.Handle,
            1,
            _ =>
            {
                steps++;
                return 0;
            },
            null);
        Assert.Equal("g2", SqliteDocuments.Record(connection, "d5")!.Group);
        Assert.NotNull(SqliteDocuments.LoadSummary(connection, "d5"));
        Assert.NotNull(SqliteDocuments.LoadText(connection, "d5"));
        Assert.Equal(2, SqlitePassages.Load(connection, "d5")!.Count);
        Assert.Null(SqliteFidelity.Load(connection, "d5"));
        Assert.Null(SqliteFamiliarity.Load(connection, "d5"));
        Assert.Null(SqliteCheckpoints.Find(connection, "d5"));
        return steps;
    }
}
