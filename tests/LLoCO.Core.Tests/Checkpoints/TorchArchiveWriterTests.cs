using System.IO.Compression;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Exported archives, compared with what Python writes.</summary>
public sealed class TorchArchiveWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public TorchArchiveWriterTests() => _path = _folder.PathOf("softprompts.pth");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a_mha")]
    [InlineData("b_gqa")]
    [InlineData("d_bf16")]
    public void Write_GoldenCache_ReadsBackEqual(string name)
    {
        using TorchArchive golden = TorchArchive.Open(Goldens.Path(name, "softprompts.pth"));

        TorchArchiveWriter.Write(
            _path, [.. golden.Names.Select(n => golden.Tensors[n])], (t, bytes) => golden.CopyTo(t.Name, bytes));

        using TorchArchive copy = TorchArchive.Open(_path);
        Assert.Equal(golden.Names, copy.Names);
        Assert.All(golden.Names, n => Assert.Equal(golden.ReadBytes(n), copy.ReadBytes(n)));
        Assert.All(golden.Names, n => Assert.Equal(golden.Tensors[n].ElementType, copy.Tensors[n].ElementType));
        Assert.All(golden.Names, n => Assert.Equal(golden.Tensors[n].Shape, copy.Tensors[n].Shape));
    }

    [Fact]
    public void Write_OneTensor_IsThePickleOfPython()
    {
        TorchArchiveWriter.Write(
            _path, [new TensorInfo("20005", ElementType.BFloat16, [5, 64], 640)], (_, destination) => destination(new byte[640]));

        // The operations that pickletools lists for the golden bf16 cache, without its memo entries and with each integer as
        // BININT.
        byte[] expected =
        [
            0x80, 2, .. "}(X"u8, 5, 0, 0, 0, .. "20005"u8, .. "ctorch._utils\n_rebuild_tensor_v2\n"u8,
            .. "((X"u8, 7, 0, 0, 0, .. "storage"u8, .. "ctorch\nBFloat16Storage\n"u8, .. "X"u8, 1, 0, 0, 0, .. "0"u8,
            .. "X"u8, 3, 0, 0, 0, .. "cpu"u8, .. "J"u8, 64, 1, 0, 0, .. "tQJ"u8, 0, 0, 0, 0,
            .. "(J"u8, 5, 0, 0, 0, .. "J"u8, 64, 0, 0, 0,
            .. "t(J"u8, 64, 0, 0, 0, .. "J"u8, 1, 0, 0, 0, .. "t"u8, 0x89, .. "ccollections\nOrderedDict\n)RtRu."u8,
        ];
        using ZipArchive zip = ZipFile.OpenRead(_path);
        Assert.Equal(
            ["archive/data.pkl", "archive/byteorder", "archive/data/0", "archive/version"], zip.Entries.Select(e => e.FullName));
        Assert.Equal(expected, Bytes(zip, "archive/data.pkl"));
        Assert.Equal("little"u8.ToArray(), Bytes(zip, "archive/byteorder"));
        Assert.Equal("3\n"u8.ToArray(), Bytes(zip, "archive/version"));
        Assert.All(zip.Entries, e => Assert.Equal(e.Length, e.CompressedLength));
    }

    [Fact]
    public void Write_EveryFormatAndShape_ReadsBackEqual()
    {
        TensorInfo[] tensors =
        [
            .. Enum.GetValues<ElementType>().Where(t => t <= ElementType.Int16 || t == ElementType.Complex64).Select(t => new TensorInfo($"kind.{t}", t, [2, 3], 6 * t.Size())),
            new("scalar", ElementType.Int64, [], 8),
            new("empty", ElementType.Float32, [0, 4], 0),
            new("größe", ElementType.UInt8, [1], 1),
        ];

        TorchArchiveWriter.Write(_path, tensors, (t, destination) => destination(Content(t)));

        using TorchArchive copy = TorchArchive.Open(_path);
        Assert.Equal(tensors.Select(t => t.Name), copy.Names);
        Assert.All(tensors, t => Assert.Equal(t.ElementType, copy.Tensors[t.Name].ElementType));
        Assert.All(tensors, t => Assert.Equal(t.ByteLength, copy.Tensors[t.Name].ByteLength));
        Assert.All(tensors, t => Assert.Equal(t.Shape, copy.Tensors[t.Name].Shape));
        Assert.All(tensors, t => Assert.Equal(Content(t), copy.ReadBytes(t.Name)));
    }

    [Fact]
    public void Write_NoTensors_ReadsBackEmpty()
    {
        TorchArchiveWriter.Write(_path, [], static (_, _) => { });

        using TorchArchive copy = TorchArchive.Open(_path);
        Assert.Empty(copy.Tensors);
    }

    [Fact]
    public void Write_CallbackThrows_LeavesTheOldFile()
    {
        File.WriteAllText(_path, "old");

        Assert.Throws<TimeoutException>(() => TorchArchiveWriter.Write(
            _path, [new TensorInfo("a", ElementType.UInt8, [1], 1)], (_, _) => throw new TimeoutException()));

        Assert.Equal("old", File.ReadAllText(_path));
        Assert.Single(Directory.GetFiles(_folder.PathOf(string.Empty)));
    }

    private static byte[] Content(TensorInfo tensor) =>
        [.. Enumerable.Range(0, (int)tensor.ByteLength).Select(i => (byte)((i % 2) ^ (tensor.Name.Length & 1)))];

    private static byte[] Bytes(ZipArchive zip, string name)
    {
        using Stream entry = zip.GetEntry(name)!.Open();
        using var copy = new MemoryStream();
        entry.CopyTo(copy);
        return copy.ToArray();
    }
}
