using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Tests.Index;
using LLoCO.Core.Trust;
using LLoCO.Training.Grouping;
using Xunit;

namespace LLoCO.Core.Tests.Training.Grouping;

public sealed class RegroupTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Regroup_DocumentInParts_MovesAllPartsAndNothingElse(bool isFile)
    {
        await using IRetrievalIndex index =
            isFile ? SqliteRetrievalIndex.Open(_folder.PathOf("index.db")) : new InMemoryRetrievalIndex();
        string second = DocumentParts.IdOf("long", 2);
        IndexedDocument first = TestDocuments.Create("long", "default", "the mast broke") with
        {
            Familiarity = new DocumentFamiliarity(1.5, 2) { Unknown = new Dictionary<string, double> { ["ship"] = 0.25 } }, Origin = "origin",
        };
        await index.PutAsync(first, Cancelled);
        await index.PutAsync(TestDocuments.Create(second, "default", "and fell"), Cancelled);
        await index.PutAsync(TestDocuments.Create("longer", "default", "the mast stayed"), Cancelled);

        int moved = await index.RegroupAsync(
            new Dictionary<string, string> { ["long"] = "ship", ["absent"] = "ship" }, Cancelled);

        Assert.Equal(1, moved);
        List<DocumentRecord> records = await TestDocuments.ToListAsync(index.ListAsync(null, Cancelled), Cancelled);
        Assert.Equal(
            [("long", "ship"), (second, "ship"), ("longer", "default")],
            records.OrderBy(record => record.Id, StringComparer.Ordinal).Select(record => (record.Id, record.Group)).OrderBy(one => one.Group == "default"));
        PassageHit hit = Assert.Single(await index.SearchAsync(new PassageQuery("mast", "ship"), Cancelled));
        Assert.Equal(("long", "the mast broke"), (hit.DocumentId, hit.Text));
        SummaryEmbeddings? summary = await index.LoadSummaryAsync("long", Cancelled);
        TestDocuments.AssertEqual(first.Summary, summary);
        Assert.Equal(0.25, (await index.LoadFamiliarityAsync("long", Cancelled))!.Unknown["ship"]);
        Assert.Equal("origin", (await index.FindAsync("long", Cancelled))!.Origin);
    }

    [Fact]
    public async Task Regroup_NameThatCannotBeKept_IsRefusedBeforeAnythingMoves()
    {
        await using SqliteRetrievalIndex index = SqliteRetrievalIndex.Open(_folder.PathOf("index.db"));
        await index.PutAsync(TestDocuments.Create("a", "default", "text"), Cancelled);

        await Assert.ThrowsAsync<LlocoException>(
            () => index.RegroupAsync(new Dictionary<string, string> { ["a"] = "b\u0001" }, Cancelled));

        Assert.Equal("default", (await index.FindAsync("a", Cancelled))!.Group);
    }
}
