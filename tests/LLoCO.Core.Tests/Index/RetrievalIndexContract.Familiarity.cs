using LLoCO.Core.Index;
using LLoCO.Core.Trust;
using Xunit;

namespace LLoCO.Core.Tests.Index;

/// <content>How well the model knows a document's text.</content>
public abstract partial class RetrievalIndexContract
{
    private static readonly DocumentFamiliarity Known = new(1.5, 7.25)
    {
        Unknown = new Dictionary<string, double> { ["ship"] = 0.25, ["town"] = 0.5 },
    };

    [Fact]
    public async Task Put_Familiarity_ComesBackUntilTheDocumentIsReplaced()
    {
        IndexedDocument document = TestDocuments.Create("log", "ship", "The mast broke.\nWe made for Lisbon.");
        await Index.PutAsync(document with { Familiarity = Known }, Cancelled);
        await Index.PutAsync(TestDocuments.Create("other", "ship", "Rain.") with { Familiarity = new(2, null) }, Cancelled);

        DocumentFamiliarity log = (await Index.LoadFamiliarityAsync("log", Cancelled))!;
        DocumentFamiliarity other = (await Index.LoadFamiliarityAsync("other", Cancelled))!;
        await Index.PutAsync(document, Cancelled);

        Assert.Equal((1.5, 7.25), (log.PiecesPerWord, log.Loss));
        Assert.Equal(Known.Unknown.OrderBy(kind => kind.Key), log.Unknown.OrderBy(kind => kind.Key));
        Assert.Equal((2, null, 0), (other.PiecesPerWord, other.Loss, other.Unknown.Count));
        Assert.Null(await Index.LoadFamiliarityAsync("log", Cancelled));
        Assert.Null(await Index.LoadFamiliarityAsync("none", Cancelled));
    }

    [Theory]
    [InlineData(double.NaN, 1, 0.5)]
    [InlineData(1, double.PositiveInfinity, 0.5)]
    [InlineData(1, 1, 1.5)]
    public async Task Put_FamiliarityThatIsNone_IsRefused(double piecesPerWord, double loss, double unknown)
    {
        var wrong = new DocumentFamiliarity(piecesPerWord, loss) { Unknown = new Dictionary<string, double> { ["ship"] = unknown } };

        LlocoException error = await Assert.ThrowsAsync<LlocoException>(async () => await Index.PutAsync(
            TestDocuments.Create("log", "ship", "Rain.") with { Familiarity = wrong }, Cancelled));

        Assert.Contains("familiarity", error.Message, StringComparison.Ordinal);
    }
}
