using LLoCO.Core.Checkpoints;
using Xunit;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>
/// Archives that Python's own pickler and zip writer made (TestData/torch/make.py): every constructor, number format and view,
/// in each protocol, and with zip64 records; and one that PyTorch 1.13 itself wrote (make_torch.py). Expected numbers are
/// worked out by hand from the storage 0, 1, 2, ….
/// </summary>
public sealed class TorchArchiveFixturesTests : IDisposable
{
    private TorchArchive _archive = Open("protocol2.pth");

    public static TheoryData<string> Files => ["protocol2.pth", "protocol4.pth", "protocol5.pth", "zip64.pth"];

    public void Dispose() => _archive.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void ReadFloats_Views_AreContiguousCopies(string file)
    {
        Use(file);

        AssertTensor("whole", [4, 6], [.. Enumerable.Range(0, 24).Select(i => (float)i)]);
        AssertTensor(
            "transposed", [6, 4], [0, 6, 12, 18, 1, 7, 13, 19, 2, 8, 14, 20, 3, 9, 15, 21, 4, 10, 16, 22, 5, 11, 17, 23]);
        AssertTensor("columns", [4, 3], [2, 3, 4, 8, 9, 10, 14, 15, 16, 20, 21, 22]);
        AssertTensor(
            "cube", [3, 4, 2], [0, 1, 6, 7, 12, 13, 18, 19, 2, 3, 8, 9, 14, 15, 20, 21, 4, 5, 10, 11, 16, 17, 22, 23]);
        AssertTensor("scalar", [], [23]);
        AssertTensor("empty", [0, 5], []);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void ReadFloats_EachConstructor_GivesTheSameNumbers(string file)
    {
        Use(file);

        foreach (string name in (string[])["row", "parameter", "parameter_with_state", "subclass", "version1"])
        {
            AssertTensor(name, [6], [12, 13, 14, 15, 16, 17]);
        }

        AssertTensor("version3", [2, 3], [0, 1, 2, 3, 4, 5]);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Open_NestedAndIntegerKeys_BecomeNames(string file)
    {
        Use(file);

        AssertTensor("52845", [2], [0, 1]);
        AssertTensor("1099511627776", [2], [1, 2]);
        Assert.Equal(ElementType.Bool, _archive.Tensors["kinds.Bool"].ElementType);
        Assert.Equal(24, _archive.Tensors.Count);
        Assert.Equal(["whole", "transposed", "columns"], _archive.Names.Take(3));
    }

    [Theory]
    [InlineData("Float", ElementType.Float32)]
    [InlineData("Half", ElementType.Float16)]
    [InlineData("BFloat16", ElementType.BFloat16)]
    [InlineData("Double", ElementType.Float64)]
    public void ReadFloats_FloatFormats_GiveTheNumbers(string kind, ElementType type)
    {
        Assert.Equal(type, _archive.Tensors["kinds." + kind].ElementType);
        Assert.Equal([0, 1, 2, 3, 4], _archive.ReadFloats("kinds." + kind));
    }

    [Theory]
    [InlineData("Long", ElementType.Int64, 8)]
    [InlineData("Int", ElementType.Int32, 4)]
    [InlineData("Short", ElementType.Int16, 2)]
    [InlineData("Char", ElementType.Int8, 1)]
    [InlineData("Byte", ElementType.UInt8, 1)]
    public void ReadBytes_IntegerFormats_AreLittleEndian(string kind, ElementType type, int size)
    {
        byte[] expected = new byte[5 * size];
        for (int i = 0; i < 5; i++)
        {
            expected[i * size] = (byte)i;
        }

        Assert.Equal(type, _archive.Tensors["kinds." + kind].ElementType);
        Assert.Equal(expected, _archive.ReadBytes("kinds." + kind));
    }

    [Fact]
    public void Open_FileByPyTorchItself_GivesItsNumbers()
    {
        Use("torch-1.13.pth");
        float[] whole = [.. Enumerable.Range(0, 24).Select(i => (float)i)];

        AssertTensor("plain.whole", [4, 6], whole);
        AssertTensor(
            "plain.transposed", [6, 4], [0, 6, 12, 18, 1, 7, 13, 19, 2, 8, 14, 20, 3, 9, 15, 21, 4, 10, 16, 22, 5, 11, 17, 23]);
        AssertTensor("plain.columns", [4, 3], [2, 3, 4, 8, 9, 10, 14, 15, 16, 20, 21, 22]);
        AssertTensor("plain.scalar", [], [23]);
        AssertTensor("plain.parameter", [6], [12, 13, 14, 15, 16, 17]);
        Assert.Equal(whole, _archive.ReadFloats("plain.bf16"));
        Assert.Equal(whole, _archive.ReadFloats("plain.half"));
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (long)i), _archive.ReadInt64s("plain.long"));
        AssertTensor("module.0.weight", [3, 2], [0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f]);
        AssertTensor("module.0.bias", [3], [1.5f, 1.5f, 1.5f]);
        AssertTensor("module.1.weight", [1, 3], [-2, -2, -2]);
        AssertTensor("module.1.bias", [1], [0.25f]);
        AssertTensor("7", [6], [0, 1, 2, 3, 4, 5]);
        Assert.Equal(13, _archive.Tensors.Count);
    }

    private static TorchArchive Open(string file) => TorchArchive.Open(
        Path.Combine(AppContext.BaseDirectory, "TestData", "torch", file));

    private void Use(string file)
    {
        _archive.Dispose();
        _archive = Open(file);
    }

    private void AssertTensor(string name, long[] shape, float[] numbers)
    {
        Assert.Equal(shape, _archive.Tensors[name].Shape);
        Assert.Equal(numbers.Length * 4L, _archive.Tensors[name].ByteLength);
        Assert.Equal(numbers, _archive.ReadFloats(name));
    }
}
