using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Checkpoints;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_FullDisk_NamesTheFileAndTheRemedy()
    {
        string path = _folder.PathOf("out.bin");
        int code = OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28;

        IOException error = Assert.Throws<IOException>(
            () => AtomicFile.Write(path, stream => throw new IOException($"No space left on device : '{stream.Name}'", code)));

        Assert.Equal($"'{path}' cannot be written: the disk is full. Free space and try again.", error.Message);
        Assert.Empty(Directory.EnumerateFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Write_OtherFault_IsTheCallers() =>
        Assert.Equal("mine", Assert.Throws<IOException>(() => AtomicFile.Write(_folder.PathOf("out.bin"), _ => throw new IOException("mine"))).Message);
}
