using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Pipeline;

/// <summary>Documents of one id: nothing takes another's place without being told to.</summary>
public sealed class PipelineNamesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ingest_IdOfAnotherGroup_FailsAndKeepsTheOther()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        await fake.IngestAsync(new SourceDocument("notes.txt", "The mast broke.", "ship"));

        IngestResult result = Assert.Single(await fake.IngestAsync(new SourceDocument("notes.txt", "The market.", "town")));

        Assert.Contains("another document with the id 'notes.txt', of another group", result.Failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ship", result.Failure.Message, StringComparison.Ordinal);
        Assert.Equal("The mast broke.", await fake.Index.LoadTextAsync("notes.txt", Token));
    }

    [Fact]
    public async Task Ingest_SameNameInTwoFolders_FailsUnlessItReplaces()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        string ship = Write("ship/notes.txt", "The mast broke.");
        string town = Write("town/notes.txt", "The market.");
        await fake.IngestAsync(SourceDocument.FromFile(ship));

        IngestResult refused = Assert.Single(await fake.IngestAsync(SourceDocument.FromFile(town)));
        string? kept = await fake.Index.LoadTextAsync("notes.txt", Token);
        IngestResult replaced = Assert.Single(await fake.IngestAsync(SourceDocument.FromFile(town, replaces: true)));

        Assert.Contains("read from another file", refused.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal("The mast broke.", kept);
        Assert.Equal(IngestOutcome.Replaced, replaced.Outcome);
        Assert.Equal("The market.", await fake.Index.LoadTextAsync("notes.txt", Token));
    }

    [Fact]
    public async Task Ingest_SameFileChangedOrFolderMoved_GoesOn()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        string file = Write("ship/notes.txt", "The mast broke.");
        await fake.IngestAsync(SourceDocument.FromFile(file));

        IngestResult moved = Assert.Single(
            await fake.IngestAsync(SourceDocument.FromFile(Write("moved/notes.txt", "The mast broke."))));
        await File.WriteAllTextAsync(file, "A mast broke.", Token);
        IngestResult changed = Assert.Single(await fake.IngestAsync(SourceDocument.FromFile(file)));

        Assert.Equal((IngestOutcome.Unchanged, IngestOutcome.Replaced), (moved.Outcome, changed.Outcome));
    }

    [Fact]
    public async Task Ingest_DocumentStoredWithoutItsFile_KeepsItsId()
    {
        // As an index of an earlier version has it.
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        await fake.IngestAsync(new SourceDocument("notes.txt", "The mast broke."));

        IngestResult result = Assert.Single(
            await fake.IngestAsync(SourceDocument.FromFile(Write("ship/notes.txt", "The mast broke in two."))));

        Assert.Equal(IngestOutcome.Appended, result.Outcome);
    }

    [Fact]
    public async Task Ingest_IdBeyondTheLimit_FailsBeforeItIsCompressed()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();

        IngestResult result = Assert.Single(await fake.IngestAsync(new SourceDocument(new string('a', 4097), "text")));

        Assert.Contains("has 4097 characters; at most 4096", result.Failure!.Message, StringComparison.Ordinal);
        Assert.Empty(fake.Compressor.Compressed);
        Assert.Null((await fake.IngestAsync(new SourceDocument(new string('a', 4096), "text")))[0].Failure);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task Ingest_ModelThatGivesNoNumbers_FailsAndStoresNothing(float value)
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        fake.Compressor.Spoil = value;

        IngestResult result = Assert.Single(await fake.IngestAsync(new SourceDocument("a", "A text of some segments.")));

        Assert.Contains("The summary of segment 0 of 'a' holds", result.Failure!.Message, StringComparison.Ordinal);
        Assert.Null(await fake.Index.FindAsync("a", Token));
        Assert.Null(await fake.Index.FindCheckpointAsync("a", Token));
    }

    [Fact]
    public async Task EnsureSuccess_FailedDocument_ThrowsInWordsThatNameIt()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();

        IReadOnlyList<IngestResult> results = await fake.IngestAsync(
            SourceDocument.FromFile(_folder.PathOf("missing.txt")), new SourceDocument("good", "text"));

        var error = Assert.Throws<LlocoException>(() => results[0].EnsureSuccess());
        Assert.Contains("'missing.txt' was not ingested", error.Message, StringComparison.Ordinal);
        Assert.Same(results[0].Failure, error.InnerException);
        Assert.Same(results[1], results[1].EnsureSuccess());
    }

    private string Write(string name, string text)
    {
        string path = _folder.PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
