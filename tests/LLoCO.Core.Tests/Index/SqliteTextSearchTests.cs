using LLoCO.Core.Index;
using LLoCO.Core.Numerics;

namespace LLoCO.Core.Tests.Index;

/// <summary>Searches of an index that is large enough for words to be left out. The reference is the index in memory, which scores
/// every passage with every word.</summary>
public sealed class SqliteTextSearchTests : IAsyncLifetime
{
    private const int Documents = 40;
    private const int LinesPerDocument = 60;

    private readonly TemporaryFolder _folder = new();
    private readonly InMemoryRetrievalIndex _memory = new();
    private SqliteRetrievalIndex _file = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _file = SqliteRetrievalIndex.Open(_folder.PathOf("index.db"));
        var random = new SeededRandom(11);
        for (int i = 0; i < Documents; i++)
        {
            string text = string.Join('\n', Enumerable.Range(0, LinesPerDocument).Select(_ => Line(random)));
            IndexedDocument document = TestDocuments.Create($"d{i:00}", $"group{i % 4}", text);
            await _file.PutAsync(document, Cancelled);
            await _memory.PutAsync(document, Cancelled);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        await _memory.DisposeAsync();
        _folder.Dispose();
    }

    // Word n stands in about one of 2^n passages.
    [Theory]
    [InlineData("w0 w1 w9", null)]
    [InlineData("w0 w2 w3 w8 w10", null)]
    [InlineData("w1 w2 w3", null)]
    [InlineData("w0 w5 w6 w7", "group2")]
    [InlineData("w1 w4 w11 nowhere", "group3")]
    [InlineData("w0", null)]
    public async Task Search_FrequentAndRareWords_ScoresAsIfAllTookPart(string question, string? group)
    {
        var query = new PassageQuery(question, group, Limit: 8);

        IReadOnlyList<PassageHit> expected = await _memory.SearchAsync(query, Cancelled);
        IReadOnlyList<PassageHit> actual = await _file.SearchAsync(query, Cancelled);

        // A word of half of the passages adds 2.2e-6 at most, and may be left out.
        Assert.Equal(expected.Count, actual.Count);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-5));
        Assert.All(actual, hit => Assert.True(group is null || hit.Group == group));
    }

    [Fact]
    public async Task Search_DocumentsTakenOut_CountsTheRest()
    {
        for (int i = 0; i < Documents / 4; i++)
        {
            await _file.DeleteAsync($"d{i:00}", Cancelled);
            await _memory.DeleteAsync($"d{i:00}", Cancelled);
        }

        var query = new PassageQuery("w2 w3 w9", Limit: 5);

        IReadOnlyList<PassageHit> expected = await _memory.SearchAsync(query, Cancelled);
        IReadOnlyList<PassageHit> actual = await _file.SearchAsync(query, Cancelled);

        Assert.Equal(expected.Select(hit => (hit.DocumentId, hit.Start)), actual.Select(hit => (hit.DocumentId, hit.Start)));
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-5));
    }

    [Fact]
    public async Task Search_GroupWithFewerHitsThanAskedFor_GivesAllWithATellingWord()
    {
        await _file.PutAsync(TestDocuments.Create("small", "little", "w2 w9\nw3 w4\nw0 w0"), Cancelled);

        IReadOnlyList<PassageHit> hits = await _file.SearchAsync(new PassageQuery("w0 w2 w3 w9", "little", 8), Cancelled);

        Assert.Equal(["w2 w9", "w3 w4"], hits.Select(hit => hit.Text).Order());
    }

    private static string Line(SeededRandom random)
    {
        var words = new List<string>();
        for (int word = 0; word < 12; word++)
        {
            if (random.Next(1 << word) == 0)
            {
                words.AddRange(Enumerable.Repeat($"w{word}", 1 + random.Next(2)));
            }
        }

        // Lengths differ, so that scores do.
        words.AddRange(Enumerable.Range(0, 5 + random.Next(40)).Select(_ => $"x{random.Next(5000)}"));
        return string.Join(' ', words);
    }
}
