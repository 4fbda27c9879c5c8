using LLoCO.Core.Index;
using LLoCO.Core.Retrieval;
using LLoCO.Core.Tests.Index;
using LLoCO.Extensions.VectorData;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
using Xunit;

namespace LLoCO.Core.Tests.VectorData;

/// <summary>
/// The questions that the abstraction's conformance suites ask of a collection: get, upsert, delete, search, filter, order, paging,
/// hybrid search; over both indexes.
/// </summary>
public abstract class IndexedPassagesTests : IAsyncLifetime
{
    private IRetrievalIndex _index = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IndexedPassages All => _index.AsPassageCollection();

    protected abstract IRetrievalIndex Open();

    public async ValueTask InitializeAsync()
    {
        _index = Open();
        await _index.PutAsync(
            TestDocuments.Create("fruit", "food", "Apples are healthy and nourishing\nOranges are tangy", [2, 0], [0, 3]), Token);
        await _index.PutAsync(TestDocuments.Create("ship#1", "sea", "Grapes on a healthy ship", [3, 4]), Token);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await _index.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GetAsync_Key_GivesTheRecord(bool vectors)
    {
        PassageRecord? record = await All.GetAsync("fruit#34", new() { IncludeVectors = vectors }, Token);

        Assert.Equal(("fruit#34", "fruit", "food", 34, 51), (record!.Key, record.DocumentId, record.Group, record.Start, record.End));
        Assert.Equal("Oranges are tangy", record.Text);
        Assert.Equal(vectors ? [0f, 1f] : null, record.Vector?.ToArray());
    }

    [Fact]
    public async Task GetAsync_Keys_GivesThoseThatExist()
    {
        string[] keys = ["fruit#0", "ship#1#0", "fruit#1", "none#0", "fruit", "fruit#-0", "fruit#00"];

        PassageRecord[] records = await All.GetAsync(keys, cancellationToken: Token).ToArrayAsync(Token);

        Assert.Equal(["fruit#0", "ship#1#0"], records.Select(record => record.Key));
        Assert.Null(await All.GetAsync("none#0", cancellationToken: Token));
        Assert.Null(await _index.AsPassageCollection("sea").GetAsync("fruit#0", cancellationToken: Token));
        await Assert.ThrowsAsync<ArgumentNullException>("key", () => All.GetAsync((string)null!, cancellationToken: Token));
    }

    [Fact]
    public async Task GetAsync_Filter_OrdersAndPages()
    {
        Assert.Equal(3, await All.GetAsync(record => true, 100, cancellationToken: Token).CountAsync(Token));
        Assert.Equal("Oranges are tangy", (await All.GetAsync(record => record.Start > 0, 2, cancellationToken: Token).SingleAsync(Token)).Text);

        string[] descending = await All.GetAsync(
            record => record.Group != "none", 2, new() { OrderBy = by => by.Descending(one => one.Group).Descending(one => one.Start), Skip = 1 }, Token)
            .Select(record => record.Key).ToArrayAsync(Token);

        Assert.Equal(["fruit#34", "fruit#0"], descending);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => All.GetAsync(record => true, 0, cancellationToken: Token).ToArrayAsync(Token).AsTask());
    }

    [Fact]
    public async Task UpsertAsync_Record_IsRefusedByName()
    {
        PassageRecord record = (await All.GetAsync("fruit#0", cancellationToken: Token))!;

        Assert.Contains("IngestAsync", (await Assert.ThrowsAsync<NotSupportedException>(() => All.UpsertAsync(record, Token))).Message);
        await Assert.ThrowsAsync<NotSupportedException>(() => All.UpsertAsync([record], Token));
        await Assert.ThrowsAsync<ArgumentNullException>("records", () => All.UpsertAsync((IEnumerable<PassageRecord>)null!, Token));
        await All.UpsertAsync([], Token);
    }

    [Fact]
    public async Task DeleteAsync_AllPassagesOfADocument_DeletesIt()
    {
        await All.DeleteAsync("none#0", Token);
        await All.DeleteAsync([], Token);
        NotSupportedException refused = await Assert.ThrowsAsync<NotSupportedException>(
            () => All.DeleteAsync(["ship#1#0", "fruit#0"], Token));

        Assert.Contains("all 2 passages of 'fruit'", refused.Message);
        Assert.NotNull(await _index.FindAsync("ship#1", Token));
        await All.DeleteAsync(["fruit#0", "fruit#34"], Token);
        await All.DeleteAsync("ship#1#0", Token);
        Assert.False(await _index.ListAsync(null, Token).AnyAsync(Token));
    }

    [Fact]
    public async Task SearchAsync_Vector_RanksByCosineSimilarity()
    {
        VectorSearchResult<PassageRecord>[] found = await All
            .SearchAsync(new ReadOnlyMemory<float>([0, 10]), 3, new() { IncludeVectors = true }, Token).ToArrayAsync(Token);

        Assert.Equal(["fruit#34", "ship#1#0", "fruit#0"], found.Select(one => one.Record.Key));
        Assert.Equal([1.0, 0.8, 0.0], found.Select(one => Math.Round(one.Score!.Value, 6)));
        Assert.Equal([0.6f, 0.8f], found[1].Record.Vector!.Value.ToArray().Select(number => MathF.Round(number, 6)));
    }

    [Fact]
    public async Task SearchAsync_FilterSkipAndThreshold_KeepWhatTheyAllow()
    {
        float[] vector = [0, 1];
        async Task<string[]> Keys(VectorSearchOptions<PassageRecord> options, IndexedPassages? collection = null) =>
            await (collection ?? All).SearchAsync(vector, 1, options, Token).Select(one => one.Record.Key).ToArrayAsync(Token);

        Assert.Equal(["ship#1#0"], await Keys(new() { Skip = 1 }));
        Assert.Equal(["fruit#0"], await Keys(new() { Filter = record => record.Text.Contains("Apples") }));
        Assert.Equal(["ship#1#0"], await Keys(new() { Filter = record => record.Group == "sea" }));
        Assert.Empty(await Keys(new() { Skip = 1, ScoreThreshold = 0.9 }));
        Assert.Equal(["ship#1#0"], await Keys(new(), _index.AsPassageCollection("sea")));
        Assert.Equal(["fruit#34"], await Keys(new() { VectorProperty = record => record.Vector }));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Keys(new() { VectorProperty = record => record.Text }));
    }

    [Fact]
    public async Task SearchAsync_ValuesOfOtherKinds_AreEmbeddedOrRefused()
    {
        IndexedPassages embedded = _index.AsPassageCollection(null, new LetterEmbedder());

        Assert.Equal("fruit#34", (await embedded.SearchAsync("o", 1, cancellationToken: Token).SingleAsync(Token)).Record.Key);
        Assert.Equal("fruit#0", (await All.SearchAsync(new Embedding<float>(new float[] { 1, 0 }), 1, cancellationToken: Token).SingleAsync(Token)).Record.Key);
        await Refuses<NotSupportedException, string>("o", "embedder");
        await Refuses<NotSupportedException, double[]>([1, 0], "32-bit floats");
        await Refuses<VectorStoreException, float[]>([1, 0, 0], "3 numbers");
        await Assert.ThrowsAsync<VectorStoreException>(() => All.SearchAsync(
            new float[] { 1, 0, 0 }, 1, new() { Filter = record => true }, Token).ToArrayAsync(Token).AsTask());

        async Task Refuses<TError, TValue>(TValue value, string expected)
            where TError : Exception
            where TValue : notnull
        {
            TError error = await Assert.ThrowsAsync<TError>(() => All.SearchAsync(value, 1, cancellationToken: Token).ToArrayAsync(Token).AsTask());
            Assert.Contains(expected, error.Message);
        }
    }

    /// <summary>All have the same distance: the words decide.</summary>
    [Fact]
    public async Task HybridSearchAsync_Keywords_DecideBetweenEqualVectors()
    {
        await All.EnsureCollectionDeletedAsync(Token);
        await _index.PutAsync(
            TestDocuments.Create(
                "food", "food", "Apples are a healthy and nourishing snack\nOranges are tangy and contain vitamin c\nGrapes are healthy, sweet and juicy",
                [1, 0], [1, 0], [1, 0]),
            Token);
        async Task<string[]> First(string[] keywords, int top, HybridSearchOptions<PassageRecord>? options = null) => await All
            .HybridSearchAsync(new ReadOnlyMemory<float>([1, 0]), keywords, top, options, Token)
            .Select(one => one.Record.Text.Split(' ')[0]).ToArrayAsync(Token);

        string[] grapes = await First(["Grapes"], 3);
        Assert.Equal(("Grapes", 3), (grapes[0], grapes.Length));
        Assert.Equal(["Oranges"], await First(["Oranges"], 1));
        Assert.Equal(["Apples"], await First(["Oranges"], 3, new() { Filter = record => record.Start == 0 }));
        Assert.Equal(["Oranges"], await First(["healthy"], 3, new() { Skip = 2 }));
        Assert.Equal("Grapes", (await First(["tangy", "nourishing"], 3))[2]);
        Assert.Equal(["Grapes"], await First(["Grapes"], 1, new() { AdditionalProperty = record => record.Text }));
        await Assert.ThrowsAsync<InvalidOperationException>(() => First(["a"], 1, new() { AdditionalProperty = record => record.Group }));
    }

    [Fact]
    public async Task Store_HasACollectionForEachGroup()
    {
        using VectorStore store = _index.AsVectorStore();

        Assert.Equal(["food", "sea"], await store.ListCollectionNamesAsync(Token).Order().ToArrayAsync(Token));
        using VectorStoreCollection<string, PassageRecord> sea = store.GetCollection<string, PassageRecord>("sea");
        Assert.Equal(("sea", true), (sea.Name, await sea.CollectionExistsAsync(Token)));
        Assert.False(await store.CollectionExistsAsync("none", Token));
        await store.EnsureCollectionDeletedAsync("sea", Token);
        Assert.False(await sea.CollectionExistsAsync(Token));
        Assert.NotNull(await _index.FindAsync("fruit", Token));
        await sea.EnsureCollectionExistsAsync(Token);
        Assert.Throws<NotSupportedException>(() => store.GetCollection<int, PassageRecord>("sea"));
        Assert.Throws<NotSupportedException>(() => store.GetDynamicCollection("sea", new VectorStoreCollectionDefinition()));
    }

    [Fact]
    public void GetService_KnownTypes_AreGiven()
    {
        var metadata = (VectorStoreCollectionMetadata)All.GetService(typeof(VectorStoreCollectionMetadata))!;

        Assert.Equal(("lloco", "passages"), (metadata.VectorStoreSystemName, metadata.CollectionName));
        Assert.Same(_index, All.GetService(typeof(IRetrievalIndex)));
        Assert.NotNull(All.GetService(typeof(IKeywordHybridSearchable<PassageRecord>)));
        Assert.Null(All.GetService(typeof(string)));
    }

    /// <summary>A text with an o lies on the second axis.</summary>
    private sealed class LetterEmbedder : IPassageEmbedder
    {
        public ValueTask<IReadOnlyList<ReadOnlyMemory<float>>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<IReadOnlyList<ReadOnlyMemory<float>>>(
                [.. texts.Select(text => new ReadOnlyMemory<float>(text.Contains('o') ? [0, 1] : [1, 0]))]);
    }
}

/// <summary>Over the index in memory.</summary>
public sealed class InMemoryIndexedPassagesTests : IndexedPassagesTests
{
    protected override IRetrievalIndex Open() => new InMemoryRetrievalIndex();
}

/// <summary>Over an index file.</summary>
public sealed class SqliteIndexedPassagesTests : IndexedPassagesTests
{
    private readonly TemporaryFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    protected override IRetrievalIndex Open() => SqliteRetrievalIndex.Open(_folder.PathOf("notes.db"));
}
