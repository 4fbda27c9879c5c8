using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Checkpoints;

public sealed class StagedFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Out => _folder.PathOf("out");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Write_DiskThatFillsUpInTheMiddle_LeavesNothingAndNamesTheFile(bool isThere)
    {
        Make(isThere);
        int code = OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28;

        IOException error = await Assert.ThrowsAsync<IOException>(() => StagedFolder.WriteAsync(Out, staged =>
        {
            File.WriteAllText(Path.Combine(staged, "a.txt"), "new");
            AtomicFile.Write(Path.Combine(staged, "b.txt"), _ => throw new IOException("No space left on device", code));
            return Task.CompletedTask;
        }));

        Assert.Equal($"'{Path.Combine(Out, "b.txt")}' cannot be written: the disk is full. Free space and try again.", error.Message);
        AssertAsBefore(isThere);
    }

    [Fact]
    public async Task Write_AFolderInTheWay_LeavesTheOthersAsTheyWere()
    {
        Make(isThere: true);
        Directory.CreateDirectory(Path.Combine(Out, "z.txt"));

        IOException error = await Assert.ThrowsAsync<IOException>(() => StagedFolder.WriteAsync(Out, WriteAsync));

        Assert.StartsWith($"'{Path.Combine(Out, "z.txt")}' is a folder", error.Message, StringComparison.Ordinal);
        Directory.Delete(Path.Combine(Out, "z.txt"));
        AssertAsBefore(isThere: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Write_Files_ReplacesThoseOfTheSameNameAlone(bool isThere)
    {
        Make(isThere);

        await StagedFolder.WriteAsync(Out + Path.DirectorySeparatorChar, WriteAsync);

        string[] mine = isThere ? ["mine.txt"] : [];
        Assert.Equal(
            new[] { "a.txt", Path.Combine("sub", "c.txt"), "z.txt" }.Concat(mine).Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Out, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Out, file)).Order(StringComparer.Ordinal));
        Assert.Equal("new", File.ReadAllText(Path.Combine(Out, "a.txt")));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder.PathOf(string.Empty)));
    }

    private static Task WriteAsync(string staged)
    {
        Directory.CreateDirectory(Path.Combine(staged, "sub"));
        foreach (string name in (string[])["a.txt", "z.txt", "sub/c.txt"])
        {
            File.WriteAllText(Path.Combine(staged, name), "new");
        }

        return Task.CompletedTask;
    }

    private void Make(bool isThere)
    {
        if (isThere)
        {
            Directory.CreateDirectory(Out);
            File.WriteAllText(Path.Combine(Out, "a.txt"), "old");
            File.WriteAllText(Path.Combine(Out, "mine.txt"), "mine");
        }
    }

    private void AssertAsBefore(bool isThere)
    {
        string[] files = [.. Directory.EnumerateFileSystemEntries(_folder.PathOf(string.Empty), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_folder.PathOf(string.Empty), file)).Order(StringComparer.Ordinal)];
        Assert.Equal(isThere ? ["out", Path.Combine("out", "a.txt"), Path.Combine("out", "mine.txt")] : [], files);
        if (isThere)
        {
            Assert.Equal("old", File.ReadAllText(Path.Combine(Out, "a.txt")));
        }
    }
}
