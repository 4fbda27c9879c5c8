using System.Buffers.Binary;
using System.Text;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Files written out by hand from the format's description, sound and hostile.</summary>
public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public SafetensorsFileTests() => _path = _folder.PathOf("model.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_HandWrittenFile_GivesTensorsAndMetadata()
    {
        Write(
            """
            {"__metadata__":{"format":"pt"},"b":{"dtype":"I64","shape":[],"data_offsets":[8,16]},
            "a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"e":{"dtype":"F16","shape":[0,3],"data_offsets":[8,8]}}
            """,
            [0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);

        using SafetensorsFile file = SafetensorsFile.Open(_path);

        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(["a", "b", "e"], file.Tensors.Keys.Order());
        Assert.Equal([2L, 1L], file.Tensors["a"].Shape);
        Assert.Equal([1f, -2.5f], file.ReadFloats("a"));
        Assert.Equal([-2L], file.ReadInt64s("b"));
        Assert.Empty(file.ReadBytes("e"));
    }

    [Theory]
    [InlineData("F64", new byte[] { 0, 0, 0, 0, 0, 0, 0xf8, 0x3f }, 1.5f)]
    [InlineData("F16", new byte[] { 0x00, 0x3e }, 1.5f)]
    [InlineData("BF16", new byte[] { 0xc0, 0x3f }, 1.5f)]
    [InlineData("BF16", new byte[] { 0x80, 0xff }, float.NegativeInfinity)]
    [InlineData("F16", new byte[] { 0x01, 0x00 }, 5.9604645E-08f)]
    public void ReadFloats_EachFormat_WidensExactly(string dtype, byte[] data, float expected)
    {
        Write($$$"""{"x":{"dtype":"{{{dtype}}}","shape":[1],"data_offsets":[0,{{{data.Length}}}]}}""", data);

        using SafetensorsFile file = SafetensorsFile.Open(_path);

        Assert.Equal([expected], file.ReadFloats("x"));
    }

    [Fact]
    public void Read_AnotherFormatThanAskedFor_IsRefusedByName()
    {
        Write("""{"x":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}""", new byte[4]);
        using SafetensorsFile file = SafetensorsFile.Open(_path);

        Refusal.Expect(() => file.ReadFloats("x"), _path, "x", "Int32, not floating-point");
        Refusal.Expect(() => file.ReadInt64s("x"), _path, "x", "Int32, not 64-bit integers");
        Refusal.Expect(() => file.CopyTo("y", static _ => { }), _path, "y", "no such tensor");
        Refusal.Expect(() => file.ReadBytes("y"), _path, "y", "no such tensor");
    }

    [Theory]
    [InlineData(7, "too few for a safetensors file")]
    [InlineData(0, "the file is empty")]
    public void Open_TinyFile_IsRefused(int bytes, string fault)
    {
        File.WriteAllBytes(_path, new byte[bytes]);

        Refusal.Expect(() => SafetensorsFile.Open(_path), _path, null, fault);
    }

    [Fact]
    public void Open_MissingFile_IsRefused() => Refusal.Expect(() => SafetensorsFile.Open(_path), _path, null, "does not exist");

    [Fact]
    public void Open_Folder_IsRefused() =>
        Refusal.Expect(
            () => SafetensorsFile.Open(_folder.PathOf(string.Empty)), _folder.PathOf(string.Empty), null, "cannot be opened");

    [Theory]
    [InlineData(101UL)]
    [InlineData(100_000_001UL)]
    [InlineData(1UL << 63)]
    [InlineData(ulong.MaxValue)]
    public void Open_HeaderLengthPastTheEnd_IsRefused(ulong length)
    {
        byte[] bytes = new byte[108];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        File.WriteAllBytes(_path, bytes);

        Refusal.Expect(() => SafetensorsFile.Open(_path), _path, null, $"the header is said to have {length} bytes");
    }

    [Theory]
    [InlineData("""[]""", null, "not an object")]
    [InlineData("""{"x":""", "x", "the JSON cannot be read")]
    [InlineData("""{"x":NaN}""", "x", "the JSON cannot be read")]
    [InlineData(
        """
        {"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},
        "x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}
        """,
        "x", "twice")]
    [InlineData("""{"x":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "dtype", "twice")]
    [InlineData("""{"x":[]}""", "x", "not an object with dtype")]
    [InlineData("""{"x":{"shape":[2],"data_offsets":[0,8]}}""", "x", "dtype is missing")]
    [InlineData("""{"x":{"dtype":"F9","shape":[8],"data_offsets":[0,8]}}""", "x", "dtype 'F9' is not supported")]
    [InlineData("""{"x":{"dtype":"F4","shape":[16],"data_offsets":[0,8]}}""", "x", "quantized weights, which are not read")]
    [InlineData("""{"x":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]}}""", "x", "quantized weights, which are not read")]
    [InlineData("""{"x":{"dtype":"F32","data_offsets":[0,8]}}""", "x", "shape is missing")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2]}}""", "x", "data_offsets is missing")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "x", "negative")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", "x", "no 64-bit integer")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1e400],"data_offsets":[0,8]}}""", "x", "no 64-bit integer")]
    [InlineData("""{"x":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", "x", "no 64-bit integer")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", "x", "overflows")]
    [InlineData("""{"x":{"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,8]}}""", "x", "overflows")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,8]}}""", "x", "overflows")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "x", "takes 12 bytes, data_offsets span 8")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "x", "do not lie within the 8 bytes")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", "x", "do not lie within")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "x", "do not lie within")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8,16]}}""", "x", "do not lie within")]
    [InlineData(
        """
        {"x":{"dtype":"F32","shape":[2],
        "data_offsets":[9223372036854775799,9223372036854775807]}}
        """,
        "x", "do not lie within")]
    [InlineData(
        """
        {"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
        "y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}
        """,
        "y", "overlaps 'x'")]
    [InlineData(
        """
        {"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
        "y":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}
        """,
        "y", "overlaps 'x'")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "x", "leaves 4 unused bytes")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", null, "4 bytes behind the last tensor")]
    [InlineData("""{"__metadata__":[]}""", "__metadata__", "not an object of strings")]
    [InlineData("""{"__metadata__":{"format":1}}""", "__metadata__.format", "not a string")]
    public void Open_HostileHeader_IsRefusedByFileKeyAndFault(string header, string? key, string fault)
    {
        Write(header, new byte[8]);

        Refusal.Expect(() => SafetensorsFile.Open(_path), _path, key, fault);
    }

    [Fact]
    public void Open_DeeplyNestedHeader_IsRefused()
    {
        Write($$"""{"x":{{new string('[', 100_000)}}""", []);

        Refusal.Expect(() => SafetensorsFile.Open(_path), _path, "x", "the JSON cannot be read");
    }

    [Fact]
    public void CopyTo_FileCutShortAfterOpening_IsRefused()
    {
        Write("""{"x":{"dtype":"U8","shape":[100000],"data_offsets":[0,100000]}}""", new byte[100_000]);
        using SafetensorsFile file = SafetensorsFile.Open(_path);
        using (FileStream other = new(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            other.SetLength(50_000);
        }

        Refusal.Expect(() => file.ReadBytes("x"), _path, "x", "the file ends at byte 50000");
    }

    [Fact]
    public async Task CopyTo_FromSeveralThreads_GivesEachItsTensor()
    {
        string[] entries = [.. Enumerable.Range(0, 8).Select(i =>
            $$""" "t{{i}}":{"dtype":"U8","shape":[300000],"data_offsets":[{{i * 300_000}},{{(i + 1) * 300_000}}]}""")];
        Write(
            $"{{{string.Join(',', entries)}}}", [.. Enumerable.Range(0, 8).SelectMany(i => Enumerable.Repeat((byte)i, 300_000))]);
        using SafetensorsFile file = SafetensorsFile.Open(_path);

        byte[][] read = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => file.ReadBytes($"t{i}"))));

        Assert.All(read.Index(), item => Assert.True(item.Item.Length == 300_000 && item.Item.All(b => b == item.Index)));
    }

    private void Write(string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        File.WriteAllBytes(_path, [.. length, .. text, .. data]);
    }
}
