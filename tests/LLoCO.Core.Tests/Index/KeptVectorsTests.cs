using System.Globalization;
using LLoCO.Core.Index;

namespace LLoCO.Core.Tests.Index;

/// <summary>The dense vectors that an index file keeps in memory: the same results as comparing every vector of the file, in every state of
/// it.</summary>
public sealed class KeptVectorsTests : IDisposable
{
    private const int Width = 70;

    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(14);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("g1")]
    [InlineData("none")]
    public async Task Search_KeptVectors_FindWhatComparingAllFinds(string? group)
    {
        await using SqliteRetrievalIndex index = await FillAsync(300);
        await using SqliteRetrievalIndex fresh = SqliteRetrievalIndex.Open(_folder.PathOf("index.db"));
        await KeepAsync(index);

        for (int i = 0; i < 20; i++)
        {
            var query = new PassageQuery("?", group, 10, Vector());
            IReadOnlyList<PassageHit> expected = await fresh.SearchAsync(query, Cancelled);
            IReadOnlyList<PassageHit> found = await index.SearchAsync(query, Cancelled);

            // A third index would keep its vectors as well: this one is new for each question.
            await fresh.PutAsync(Document("last", "g2", 1), Cancelled);
            await KeepAsync(index);
            Assert.Equal(group == "none" ? 0 : 10, found.Count);
            Assert.Equal(expected, found);
        }
    }

    [Fact]
    public async Task Search_EqualVectors_KeepTheirOrder()
    {
        await using SqliteRetrievalIndex index = SqliteRetrievalIndex.Open(_folder.PathOf("index.db"));
        float[] vector = Vector();
        foreach (string id in (string[])["c", "a", "b", "d"])
        {
            await index.PutAsync(TestDocuments.Create(id, "g", "one\ntwo", vector, vector), Cancelled);
        }

        await KeepAsync(index, vector);

        IReadOnlyList<PassageHit> hits = await index.SearchAsync(new PassageQuery("?", Limit: 3, Vector: vector), Cancelled);

        Assert.Equal(["a one", "a two", "b one"], hits.Select(hit => $"{hit.DocumentId} {hit.Text}"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Search_AfterAChange_SeesIt(bool byAnother)
    {
        await using SqliteRetrievalIndex index = await FillAsync(50);
        await using SqliteRetrievalIndex writer = SqliteRetrievalIndex.Open(_folder.PathOf("index.db"));
        SqliteRetrievalIndex changed = byAnother ? writer : index;
        float[] vector = Vector();
        var query = new PassageQuery("?", null, 1, vector);
        await KeepAsync(index);

        await changed.PutAsync(TestDocuments.Create("new", "g", "near", vector), Cancelled);
        Assert.Equal("new", Assert.Single(await index.SearchAsync(query, Cancelled)).DocumentId);

        // The row of the last passage goes to another one.
        await KeepAsync(index);
        await changed.PutAsync(TestDocuments.Create("new", "g", "far", [.. vector.Select(value => -value)]), Cancelled);
        Assert.NotEqual("new", Assert.Single(await index.SearchAsync(query, Cancelled)).DocumentId);

        await KeepAsync(index);
        await changed.PutAsync(TestDocuments.Create("new", "h", "near", vector), Cancelled);
        await KeepAsync(index);
        Assert.Equal("new", Assert.Single(await index.SearchAsync(query with { Group = "h" }, Cancelled)).DocumentId);
        await ((IRegroupable)changed).RegroupAsync(new Dictionary<string, string> { ["new"] = "i" }, Cancelled);
        Assert.Empty(await index.SearchAsync(query with { Group = "h" }, Cancelled));
        await KeepAsync(index);
        await changed.DeleteAsync("new", Cancelled);
        Assert.NotEqual("new", Assert.Single(await index.SearchAsync(query, Cancelled)).DocumentId);
    }

    [Fact]
    public async Task Search_WhileAnotherWrites_IsOfOneState()
    {
        // Each state has one document with the vector of the question; its text says which state it is.
        await using SqliteRetrievalIndex index = await FillAsync(100);
        await using SqliteRetrievalIndex writer = SqliteRetrievalIndex.Open(_folder.PathOf("index.db"));
        float[] vector = Vector();
        await writer.PutAsync(TestDocuments.Create("state", "g", "0", vector), Cancelled);
        int written = 0;
        Task writing = Task.Run(
            async () =>
            {
                for (int state = 1; state <= 60; state++)
                {
                    await writer.PutAsync(TestDocuments.Create("state", "g", $"{state}", vector), Cancelled);
                    Volatile.Write(ref written, state);
                }
            },
            Cancelled);
        do
        {
            for (int i = 0; i < 3; i++)
            {
                int least = Volatile.Read(ref written);
                PassageHit hit = Assert.Single(await index.SearchAsync(new PassageQuery("?", null, 1, vector), Cancelled));
                Assert.Equal("state", hit.DocumentId);
                Assert.Equal(0.5, hit.Score, 1e-5);
                Assert.InRange(int.Parse(hit.Text, CultureInfo.InvariantCulture), least, 60);
            }
        }
        while (!writing.IsCompleted);
        await writing;
    }

    [Fact]
    public async Task Dispose_WithKeptVectors_ClosesTheFile()
    {
        SqliteRetrievalIndex index = await FillAsync(20);
        await KeepAsync(index);
        await index.DisposeAsync();

        // The log is merged and removed by the connection that closes last.
        Assert.False(File.Exists(_folder.PathOf("index.db-wal")));
        Assert.Equal(0, index.KeptVectors.Count);
    }

    [Fact]
    public void ByteVectors_Bounds_HoldTheSimilarity()
    {
        var vectors = new ByteVectors(Width);
        float[][] all = [.. Enumerable.Range(0, 5_000).Select(_ => Vector()), new float[Width], [float.NaN, .. new float[Width - 1]]];
        foreach (float[] vector in all)
        {
            vectors.Add(vector);
        }

        float[] question = Vector();
        double widest = 0;
        int seen = 0;
        vectors.Compare(question, (number, least, most) =>
        {
            Assert.Equal(seen++, number);
            if (number < all.Length - 1)
            {
                Assert.InRange(VectorMath.Dot(question, all[number]), least, most);
                widest = Math.Max(widest, most - least);
            }
            else
            {
                Assert.True(float.IsNegativeInfinity(least) && float.IsPositiveInfinity(most), "a vector that is none may be anything");
            }
        });

        // Bounds that hold everything would pass, too.
        Assert.Equal(all.Length, seen);
        Assert.InRange(widest, 1e-4, 0.05);
    }

    private async Task<SqliteRetrievalIndex> FillAsync(int documents)
    {
        SqliteRetrievalIndex index = SqliteRetrievalIndex.Open(_folder.PathOf("index.db"));
        for (int i = 0; i < documents; i++)
        {
            await index.PutAsync(Document($"d{i}", $"g{i % 3}", 1 + (i % 4)), Cancelled);
        }

        await index.PutAsync(TestDocuments.Create("plain", "g1", "without vector"), Cancelled);
        return index;
    }

    private IndexedDocument Document(string id, string group, int passages) => TestDocuments.Create(
        id, group, string.Join('\n', Enumerable.Range(0, passages)), [.. Enumerable.Range(0, passages).Select(_ => Vector())]);

    /// <summary>Asks until the vectors of the present state are kept.</summary>
    private async Task KeepAsync(SqliteRetrievalIndex index, float[]? vector = null)
    {
        for (int i = 0; i < 2; i++)
        {
            await index.SearchAsync(new PassageQuery("?", null, 1, vector ?? Vector()), Cancelled);
        }

        Assert.NotEqual(0, index.KeptVectors.Count);
    }

    private float[] Vector()
    {
        float[] vector = [.. Enumerable.Range(0, Width).Select(_ => (float)(_random.NextDouble() - 0.5))];
        return VectorMath.Normalize(vector);
    }
}
