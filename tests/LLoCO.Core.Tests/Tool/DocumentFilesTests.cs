using LLoCO.Core.Tests.Index;
using LLoCO.Tool;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

public sealed class DocumentFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_Folder_ListsItsTextFilesByTheirPathFromThere()
    {
        Write("docs/b.txt", "docs/sub/a.md", "docs/sub/.hidden/c.markdown", "docs/picture.png");

        IReadOnlyList<SourceDocument> found = Files().Find([_folder.PathOf("docs")]);

        Assert.Equal(["b.txt", "sub/.hidden/c.markdown", "sub/a.md"], found.Select(document => document.Id));
        Assert.All(found, document => Assert.Equal("g", document.Group));
    }

    [Fact]
    public void Find_LinksInAFolder_ArePassedOverAndNamed()
    {
        Write("docs/a.txt", "outside/secret.txt");
        string docs = _folder.PathOf("docs");
        try
        {
            Directory.CreateSymbolicLink(Path.Combine(docs, "circle"), docs);
            Directory.CreateSymbolicLink(Path.Combine(docs, "out"), _folder.PathOf("outside"));
            File.CreateSymbolicLink(Path.Combine(docs, "secret.txt"), _folder.PathOf("outside/secret.txt"));
        }
        catch (IOException) when (OperatingSystem.IsWindows())
        {
            Assert.Skip("This user may not make links.");
        }

        DocumentFiles files = Files();

        Assert.Equal(["a.txt"], files.Find([docs]).Select(document => document.Id));
        Assert.Equal(
            ["circle", "out", "secret.txt"], files.Links.Select(link => Path.GetFileName(link)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Find_Prefix_StandsBeforeEachId()
    {
        Write("docs/a.txt");

        DocumentFiles files = new("g", TestContext.Current.CancellationToken) { Prefix = "town/" };

        Assert.Equal("town/a.txt", Assert.Single(files.Find([_folder.PathOf("docs")])).Id);
    }

    [Fact]
    public void Find_Cancelled_StopsInTheFolder()
    {
        Write("docs/a.txt");

        Assert.Throws<OperationCanceledException>(
            () => new DocumentFiles("g", new CancellationToken(canceled: true)).Find([_folder.PathOf("docs")]));
    }

    private static DocumentFiles Files() => new("g", TestContext.Current.CancellationToken);

    private void Write(params string[] names)
    {
        foreach (string name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.PathOf(name))!);
            File.WriteAllText(_folder.PathOf(name), "text");
        }
    }
}
