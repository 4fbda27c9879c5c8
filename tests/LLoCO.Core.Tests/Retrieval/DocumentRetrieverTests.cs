using LLoCO.Core.Index;
using LLoCO.Core.Retrieval;
using LLoCO.Core.Tests.Index;

namespace LLoCO.Core.Tests.Retrieval;

public sealed class DocumentRetrieverTests
{
    private readonly InMemoryRetrievalIndex _index = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Rank_Hits_OrdersDocumentsByTheirBestPassage()
    {
        PassageHit[] hits =
        [
            Hit("a", "ship", 5),
            Hit("t", "town", 4.5),
            Hit("b", "ship", 4),
            Hit("a", "ship", 3),
            Hit("b", "ship", 2),
            Hit("c", "ship", 1),
        ];

        IReadOnlyList<RankedDocument> ranked = DocumentRanker.Rank(hits, group: null, documents: 2, passages: 1);

        Assert.Equal([("a", "ship", 5.0), ("b", "ship", 4.0)], ranked.Select(item => (item.DocumentId, item.Group, item.Score)));
        Assert.Equal([hits[0]], ranked[0].Passages);
        Assert.Equal("t", Assert.Single(DocumentRanker.Rank(hits, "town", 2)).DocumentId);
        Assert.Equal([hits[0], hits[3]], DocumentRanker.Rank(hits, "ship", 9)[0].Passages);
        Assert.Empty(DocumentRanker.Rank([], null, 1));
    }

    [Fact]
    public async Task Retrieve_NoGroup_TakesTheGroupOfTheBestPassage()
    {
        await _index.PutAsync(TestDocuments.Create("log", "ship", "the mast broke\nrope\ntar"), Cancelled);
        await _index.PutAsync(TestDocuments.Create("log2", "ship", "a spare mast was set up on deck"), Cancelled);
        await _index.PutAsync(TestDocuments.Create("book", "town", "the market\nthe mast yard of the town\nthe hall"), Cancelled);

        IReadOnlyList<RankedDocument> ranked =
            await new DocumentRetriever(_index).RetrieveAsync("broke mast", null, 5, cancellationToken: Cancelled);

        Assert.Equal(["log", "log2"], ranked.Select(item => item.DocumentId));
        Assert.Equal("the mast broke", ranked[0].Passages[0].Text);
    }

    [Fact]
    public async Task Retrieve_OneDocumentHoldsMostHits_StillFindsTheOthers()
    {
        string many = string.Join('\n', Enumerable.Repeat("mast mast", 100));
        await _index.PutAsync(TestDocuments.Create("long", "ship", many), Cancelled);
        await _index.PutAsync(TestDocuments.Create("short", "ship", "there was a mast among other things"), Cancelled);

        IReadOnlyList<RankedDocument> ranked = await new DocumentRetriever(_index).RetrieveAsync("mast", "ship", 2, cancellationToken: Cancelled);

        Assert.Equal(["long", "short"], ranked.Select(item => item.DocumentId));
    }

    [Fact]
    public async Task Retrieve_NothingFits_IsEmpty()
    {
        await _index.PutAsync(TestDocuments.Create("log", "ship", "mast"), Cancelled);

        Assert.Empty(await new DocumentRetriever(_index).RetrieveAsync("anchor", null, 1, cancellationToken: Cancelled));
        Assert.Empty(await new DocumentRetriever(_index).RetrieveAsync("mast", "town", 1, cancellationToken: Cancelled));
    }

    [Fact]
    public async Task Retrieve_Embedder_FindsWhatSharesNoWord()
    {
        var embedder = new TableEmbedder(new() { ["vessel"] = [1f, 0f], ["ship"] = [0.9f, 0.1f], ["market"] = [0f, 1f] });
        foreach (string word in (string[])["ship", "market"])
        {
            IndexedDocument document = TestDocuments.Create(word, "g", word);
            document = document with
            {
                Passages = await PassageEmbedding.AttachAsync(embedder, word, document.Passages, Cancelled),
            };
            await _index.PutAsync(document, Cancelled);
        }

        IReadOnlyList<RankedDocument> ranked =
            await new DocumentRetriever(_index, embedder).RetrieveAsync("vessel", null, 1, cancellationToken: Cancelled);

        Assert.Equal("ship", Assert.Single(ranked).DocumentId);
    }

    [Fact]
    public async Task Attach_EmbedderOfOtherCount_IsRefused()
    {
        var embedder = new TableEmbedder([]);

        await Assert.ThrowsAsync<LlocoException>(
            async () => await PassageEmbedding.AttachAsync(embedder, "a", [new Passage(0, 1)], Cancelled));
        Assert.Empty(await PassageEmbedding.AttachAsync(embedder, "", [], Cancelled));
    }

    private static PassageHit Hit(string document, string group, double score) => new(document, group, (int)score, 1, "x", score);

    /// <summary>Returns the vectors of the words it knows and leaves out the others.</summary>
    private sealed class TableEmbedder(Dictionary<string, float[]> vectors) : IPassageEmbedder
    {
        public ValueTask<IReadOnlyList<ReadOnlyMemory<float>>> EmbedAsync(
            IReadOnlyList<string> texts, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<IReadOnlyList<ReadOnlyMemory<float>>>(
                [.. texts.Where(vectors.ContainsKey).Select(text => (ReadOnlyMemory<float>)vectors[text])]);
    }
}
