using LLoCO.Core.Tests.Index;
using LLoCO.Readers;
using Xunit;

namespace LLoCO.Core.Tests.Readers;

public sealed class DocumentFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_Folder_ListsItsTextFilesByTheirPathFromThere()
    {
        Write("docs/b.txt", "docs/sub/a.md", "docs/sub/.hidden/c.markdown", "docs/picture.png");

        DocumentFiles files = Files();
        IReadOnlyList<FoundFile> found = files.Find([_folder.PathOf("docs")], TestContext.Current.CancellationToken);

        Assert.Equal(["b.txt", "sub/.hidden/c.markdown", "sub/a.md"], found.Select(document => document.Id));
        Assert.Equal([(".png", 1)], files.Others.Select(kind => (kind.Key, kind.Value)));
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

        Assert.Equal(["a.txt"], files.Find([docs], TestContext.Current.CancellationToken).Select(document => document.Id));
        Assert.Equal(
            ["circle", "out", "secret.txt"], files.Links.Select(link => Path.GetFileName(link)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Find_SeveralPaths_NamesFilesWithTheirFolders()
    {
        Write("d1/readme.md", "d2/readme.md", "d2/sub/a.txt", "b.txt");

        IReadOnlyList<FoundFile> found = Files().Find([_folder.PathOf("d1"), _folder.PathOf("d2") + "/", _folder.PathOf("b.txt")], TestContext.Current.CancellationToken);

        Assert.Equal(["d1/readme.md", "d2/readme.md", "d2/sub/a.txt", "b.txt"], found.Select(file => file.Id));
    }

    [Fact]
    public void Find_TwoFilesOfOneId_AreRefusedByName()
    {
        Write("x/d/a.txt", "y/d/a.txt");

        LlocoException error = Assert.Throws<LlocoException>(() => Files().Find([_folder.PathOf("x/d"), _folder.PathOf("y/d")], TestContext.Current.CancellationToken));

        Assert.Contains("'d/a.txt'", error.Message, StringComparison.Ordinal);
        Assert.Contains("named twice", Assert.Throws<LlocoException>(
            () => Files().Find([_folder.PathOf("x/d"), _folder.PathOf("x/d/")], TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_Cancelled_StopsInTheFolder()
    {
        Write("docs/a.txt");

        Assert.Throws<OperationCanceledException>(
            () => Files().Find([_folder.PathOf("docs")], new CancellationToken(canceled: true)));
    }

    private static DocumentFiles Files() => new(DocumentReaders.Default.Extensions);

    private void Write(params string[] names)
    {
        foreach (string name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.PathOf(name))!);
            File.WriteAllText(_folder.PathOf(name), "text");
        }
    }
}
