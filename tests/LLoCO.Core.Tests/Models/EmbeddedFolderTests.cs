using LLoCO.Models.Tiny;
using Xunit;

namespace LLoCO.Core.Tests.Models;

public sealed class EmbeddedFolderTests : IDisposable
{
    private static readonly Dictionary<string, Func<Stream>> Files = new()
    {
        ["config.json"] = () => new MemoryStream("{}"u8.ToArray()),
        ["adapters/ship/adapter_config.json"] = () => new MemoryStream("{\"r\": 8}"u8.ToArray()),
    };

    private readonly string _root = Directory.CreateTempSubdirectory("lloco-embedded-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Unpack_EmptyRoot_WritesEveryFileAndNothingElse()
    {
        string folder = EmbeddedFolder.Unpack(Files, "tiny", [_root]);

        Assert.Equal("{}", File.ReadAllText(Path.Combine(folder, "config.json")));
        Assert.Equal("{\"r\": 8}", File.ReadAllText(Path.Combine(folder, "adapters", "ship", "adapter_config.json")));
        Assert.Equal(2, Directory.GetFiles(_root, "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void Unpack_SecondTime_LeavesTheFilesAsTheyAre()
    {
        string config = Path.Combine(EmbeddedFolder.Unpack(Files, "tiny", [_root]), "config.json");
        DateTime longAgo = new(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(config, longAgo);

        EmbeddedFolder.Unpack(Files, "tiny", [_root]);

        Assert.Equal(longAgo, File.GetLastWriteTimeUtc(config));
    }

    [Fact]
    public void Unpack_AFileWasCutShort_WritesItAgain()
    {
        string config = Path.Combine(EmbeddedFolder.Unpack(Files, "tiny", [_root]), "config.json");
        File.WriteAllText(config, "{");

        EmbeddedFolder.Unpack(Files, "tiny", [_root]);

        Assert.Equal("{}", File.ReadAllText(config));
    }

    [Fact]
    public void Unpack_OtherContent_GoesToAnotherFolder()
    {
        Dictionary<string, Func<Stream>> others = new(Files) { ["config.json"] = () => new MemoryStream("[]"u8.ToArray()) };

        Assert.NotEqual(EmbeddedFolder.Unpack(Files, "tiny", [_root]), EmbeddedFolder.Unpack(others, "tiny", [_root]));
    }

    [Fact]
    public async Task Unpack_ManyAtOnce_AllFindWholeFiles()
    {
        string[] contents = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() =>
            File.ReadAllText(Path.Combine(EmbeddedFolder.Unpack(Files, "tiny", [_root]), "config.json")))));

        Assert.All(contents, content => Assert.Equal("{}", content));
    }

    [Fact]
    public void Unpack_FirstRootIsAFile_TakesTheSecond()
    {
        string file = Path.Combine(_root, "occupied");
        File.WriteAllText(file, string.Empty);

        string folder = EmbeddedFolder.Unpack(Files, "tiny", [file, Path.Combine(_root, "second")]);

        Assert.StartsWith(Path.Combine(_root, "second"), folder);
    }

    [Fact]
    public void Unpack_NoRootCanBeWritten_NamesThemAll()
    {
        string file = Path.Combine(_root, "occupied");
        File.WriteAllText(file, string.Empty);

        var error = Assert.Throws<LlocoException>(() => EmbeddedFolder.Unpack(Files, "tiny", [file]));

        Assert.Contains(file, error.Message);
        Assert.Contains("'tiny'", error.Message);
    }
}
