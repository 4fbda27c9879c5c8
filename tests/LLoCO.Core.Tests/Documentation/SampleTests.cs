using Xunit;

namespace LLoCO.Core.Tests.Documentation;

/// <summary>What the samples show a newcomer to do.</summary>
public sealed class SampleTests
{
    private static IEnumerable<(string Path, string Text)> Samples =>
        RepositoryFiles.Sources("samples").Select(path => (path, RepositoryFiles.Read(path)));

    [Fact]
    public void SamplesAndPages_ThatIngest_EndAtADocumentThatFailed()
    {
        string[] pages = [.. MarkdownBlocks.Pages()];
        (string Path, string Text)[] ingesting = [.. Samples.Concat(pages.Select(page => (page, RepositoryFiles.Read(page))))
            .Where(one => one.Item2.Contains("IngestAsync([", StringComparison.Ordinal) || one.Item2.Contains("IngestAsync(\n", StringComparison.Ordinal))];

        Assert.True(ingesting.Count(one => one.Path.StartsWith("samples/", StringComparison.Ordinal)) >= 2, "The samples that ingest were not found.");
        Assert.All(ingesting, one => Assert.Contains(".EnsureSuccess()", one.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void QuickStart_ShowsQuestionsDrawnByLotOverAll()
    {
        string text = RepositoryFiles.Read("samples/QuickStart/Program.cs");
        int draw = text.IndexOf(".Shuffle(", StringComparison.Ordinal);

        Assert.InRange(draw, 1, text.IndexOf(".Take(QuestionsShown)", StringComparison.Ordinal));
        Assert.DoesNotContain(".Where(", text[draw..], StringComparison.Ordinal);
    }

    [Fact]
    public void FinetuneDomain_RemovesNoFileOrFolder() => Assert.All(
        Samples.Where(one => one.Path.StartsWith("samples/FinetuneDomain/", StringComparison.Ordinal)),
        one => Assert.DoesNotContain("Delete(", one.Text, StringComparison.Ordinal));
}
