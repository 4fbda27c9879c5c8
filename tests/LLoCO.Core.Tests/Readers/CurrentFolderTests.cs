using LLoCO.Core.Tests.Documentation;
using LLoCO.Core.Tests.Index;
using LLoCO.Readers;
using Xunit;

namespace LLoCO.Core.Tests.Readers;

/// <summary>The working directory belongs to the process: this test has one of its own for as long as no other test runs.</summary>
[Collection(nameof(DocumentationTests))]
public sealed class CurrentFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _before = Environment.CurrentDirectory;

    public CurrentFolderTests() => Environment.CurrentDirectory = _folder.PathOf(string.Empty);

    public void Dispose()
    {
        Environment.CurrentDirectory = _before;
        _folder.Dispose();
    }

    [Fact]
    public void Find_FilesBelowTheCurrentFolder_HaveTheirPathFromThere()
    {
        string folder = Path.Combine("made", "deep");
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, "a.txt");
        File.WriteAllText(file, "text");

        Assert.Equal("made/deep/a.txt", Assert.Single(Find(file)).Id);
        Assert.Equal("made/deep/a.txt", Assert.Single(Find(Path.GetFullPath(file))).Id);
        Assert.Equal("a.txt", Assert.Single(Find(folder)).Id);
    }

    private static IReadOnlyList<FoundFile> Find(string path) =>
        new DocumentFiles(DocumentReaders.Default.Extensions).Find([path], TestContext.Current.CancellationToken);
}
