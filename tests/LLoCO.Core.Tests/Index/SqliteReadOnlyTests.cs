using LLoCO.Core.Index;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Tests.Index;

/// <summary>An index where nothing can be written, and one whose file goes away.</summary>
public sealed class SqliteReadOnlyTests : IDisposable
{
    private static readonly SqliteIndexOptions ReadOnly = new() { ReadOnly = true };

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // Characters that mean something in the address of a file.
    private string File => _folder.PathOf("in dex#1%20?.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_ReadOnly_AnswersAndLeavesNoFileBesideIt()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such file names.");
        await WriteAsync();
        byte[] before = System.IO.File.ReadAllBytes(File);

        await using var index = SqliteRetrievalIndex.Open(File, ReadOnly);

        Assert.True(index.IsReadOnly);
        await index.BindAsync(TestDocuments.Fingerprint, Cancelled);
        Assert.Equal("mast", Assert.Single(await index.SearchAsync(new PassageQuery("mast"), Cancelled)).Text);
        Assert.NotNull(await index.LoadSummaryAsync("log", Cancelled));
        Assert.Single(await index.ListAsync(cancellationToken: Cancelled).ToListAsync(Cancelled));
        await Assert.ThrowsAsync<FingerprintMismatchException>(
            async () => await index.BindAsync(TestDocuments.Fingerprint with { Model = "other" }, Cancelled));
        var error = await Assert.ThrowsAsync<LlocoException>(
            async () => await index.PutAsync(TestDocuments.Create("new", "ship", "x"), Cancelled));
        Assert.Contains("opened for reading only", error.Message, StringComparison.Ordinal);
        Assert.Equal(File, Assert.Single(Directory.GetFiles(Path.GetDirectoryName(File)!)));
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public async Task Open_FolderThatCannotBeWritten_IsOpenedForReading()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows folders have no such permission.");
            return;
        }

        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Permissions do not hold for this user; run the tests as another.");
        await WriteAsync();
        string folder = Path.GetDirectoryName(File)!;
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead);
        System.IO.File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            await using var index = SqliteRetrievalIndex.Open(File);
            Assert.True(index.IsReadOnly);
            Assert.Single(await index.SearchAsync(new PassageQuery("mast"), Cancelled));
        }
        finally
        {
            System.IO.File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task Open_ReadOnlyWithChangesNeverMerged_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such file names.");
        await WriteAsync();
        await System.IO.File.WriteAllBytesAsync(File + "-wal", new byte[100], Cancelled);

        var error = Assert.Throws<LlocoException>(() => SqliteRetrievalIndex.Open(File, ReadOnly));

        Assert.Contains("-wal", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ReadOnlyWithoutFile_IsRefusedAndMakesNone()
    {
        Assert.Throws<LlocoException>(() => SqliteRetrievalIndex.Open(File, ReadOnly));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(File)!));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Put_FileRemovedOrReplacedMeanwhile_IsAnError(bool replaced)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not let an open file be removed.");
        await using var index = SqliteRetrievalIndex.Open(File);
        await index.PutAsync(TestDocuments.Create("log", "ship", "mast"), Cancelled);
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(File)!))
        {
            System.IO.File.Delete(file);
        }

        if (replaced)
        {
            await using var other = SqliteRetrievalIndex.Open(_folder.PathOf("other.db"));
            await other.DisposeAsync();
            System.IO.File.Move(_folder.PathOf("other.db"), File);
        }

        for (int i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<LlocoException>(
                async () => await index.PutAsync(TestDocuments.Create($"next {i}", "ship", "mast"), Cancelled));
            Assert.Contains("was removed or replaced while it was open", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(replaced, System.IO.File.Exists(File));
    }

    private async Task WriteAsync()
    {
        await using var index = SqliteRetrievalIndex.Open(File);
        await index.PutAsync(TestDocuments.Create("log", "ship", "mast\nanchor"), Cancelled);
    }
}
