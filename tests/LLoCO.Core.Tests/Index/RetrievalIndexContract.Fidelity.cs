using LLoCO.Core.Index;
using LLoCO.Core.Trust;

namespace LLoCO.Core.Tests.Index;

public abstract partial class RetrievalIndexContract
{
    private static readonly DocumentFidelity Measured = new(
        0.6, 0.5, 4, IsGiven: true, IsMarked: true,
        [new SegmentFidelity(0, 0.2, 0.25, 1, -0.5, -3, -4), new SegmentFidelity(1, 0.75, 1, 3, -0.25, -0.5, -6)]);

    [Fact]
    public async Task Put_Fidelity_ComesBackAndStandsInTheRecord()
    {
        IndexedDocument document = TestDocuments.Create("log", "ship", "one\ntwo");
        await Index.PutAsync(document with { Fidelity = Measured }, Cancelled);
        await Index.PutAsync(TestDocuments.Create("other", "ship", "three"), Cancelled);

        DocumentFidelity? found = await Index.LoadFidelityAsync("log", Cancelled);
        DocumentRecord? log = await Index.FindAsync("log", Cancelled);
        DocumentRecord? other = await Index.FindAsync("other", Cancelled);

        Assert.Equal(Measured with { Segments = [] }, found! with { Segments = [] });
        Assert.Equal(Measured.Segments, found.Segments);
        Assert.Equal((0.6, true), (log!.Fidelity, log.IsMarked));
        Assert.Equal((null, false), (other!.Fidelity, other.IsMarked));
        Assert.Null(await Index.LoadFidelityAsync("other", Cancelled));
        Assert.Null(await Index.LoadFidelityAsync("none", Cancelled));
    }

    [Fact]
    public async Task Put_WithoutFidelityInPlaceOfOneWithIt_ForgetsIt()
    {
        IndexedDocument document = TestDocuments.Create("log", "ship", "one\ntwo");
        await Index.PutAsync(document with { Fidelity = Measured }, Cancelled);

        await Index.PutAsync(document, Cancelled);

        Assert.Null(await Index.LoadFidelityAsync("log", Cancelled));
        Assert.Null((await Index.FindAsync("log", Cancelled))!.Fidelity);
    }

    [Fact]
    public async Task Put_FidelityThatDoesNotFit_IsRefused()
    {
        IndexedDocument document = TestDocuments.Create("log", "ship", "one");
        SegmentFidelity segment = Measured.Segments[0];

        foreach (DocumentFidelity wrong in new[]
        {
            Measured, Measured with { Segments = [segment], Score = 1.5 }, Measured with { Segments = [segment with { Raw = double.NaN }] },
        })
        {
            await Assert.ThrowsAsync<LlocoException>(async () => await Index.PutAsync(document with { Fidelity = wrong }, Cancelled));
        }

        Assert.Null(await Index.FindAsync("log", Cancelled));
    }
}
