using System.Buffers.Binary;
using System.Text;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Written files, byte for byte, and what a failed write leaves behind.</summary>
public sealed class SafetensorsWriterTests : IDisposable
{
    private static readonly TensorInfo Half = new("half", ElementType.Float16, [3], 6);
    private static readonly TensorInfo Float = new("float", ElementType.Float32, [1, 1], 4);
    private static readonly TensorInfo Long = new("long", ElementType.Int64, [], 8);
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public SafetensorsWriterTests() => _path = _folder.PathOf("out.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_ThreeTensors_IsTheFormatByteForByte()
    {
        SafetensorsWriter.Write(_path, [Half, Float, Long], Fill, new Dictionary<string, string> { ["format"] = "pt" });

        string header = """
            {"__metadata__":{"format":"pt"},
            "long":{"dtype":"I64","shape":[],"data_offsets":[0,8]},
            "float":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]},
            "half":{"dtype":"F16","shape":[3],"data_offsets":[12,18]}}
            """.ReplaceLineEndings(string.Empty);
        byte[] bytes = File.ReadAllBytes(_path);
        long length = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal((header.Length + 7) / 8 * 8, length);
        Assert.Equal(header, Encoding.UTF8.GetString(bytes, 8, (int)length).TrimEnd(' '));
        Assert.Equal([4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 4, 4, 4, 4, 4, 4], bytes[(8 + (int)length)..]);
    }

    [Fact]
    public void Write_GoldenModelInAnotherOrder_ReadsBackEqual()
    {
        using SafetensorsFile golden = SafetensorsFile.Open(Goldens.Path("d_bf16", "model", "model.safetensors"));

        SafetensorsWriter.Write(_path, [.. golden.Tensors.Values.Reverse()], (t, bytes) => golden.CopyTo(t.Name, bytes));

        using SafetensorsFile copy = SafetensorsFile.Open(_path);
        Assert.Equal(golden.Tensors.Keys.Order(), copy.Tensors.Keys.Order());
        Assert.All(golden.Tensors.Keys, k => Assert.Equal(golden.ReadBytes(k), copy.ReadBytes(k)));
        Assert.All(golden.Tensors.Keys, k => Assert.Equal(golden.Tensors[k].Shape, copy.Tensors[k].Shape));
    }

    [Theory]
    [InlineData(5, "were not written")]
    [InlineData(7, "More than the 6 bytes")]
    public void Write_WrongNumberOfBytes_FailsAndLeavesTheOldFile(int bytes, string fault)
    {
        File.WriteAllText(_path, "old");

        var error = Assert.Throws<InvalidOperationException>(
            () => SafetensorsWriter.Write(_path, [Half], (_, destination) => destination(new byte[bytes])));

        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
        Assert.Contains("half", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(_path));
        Assert.Equal([_path], Directory.GetFiles(_folder.PathOf(string.Empty)));
    }

    [Fact]
    public void Write_CallbackThrows_LeavesNothingBehind()
    {
        Assert.Throws<TimeoutException>(() => SafetensorsWriter.Write(_path, [Half], (_, _) => throw new TimeoutException()));

        Assert.Empty(Directory.GetFiles(_folder.PathOf(string.Empty)));
    }

    [Fact]
    public void Write_FaultyTensors_AreRefusedBeforeAnythingIsWritten()
    {
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(_path, [Half, Half], Fill));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(_path, [Half with { ByteLength = 8 }], Fill));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(_path, [Half with { Name = "__metadata__" }], Fill));
        Assert.Throws<CheckpointFormatException>(() => SafetensorsWriter.Write(_path, [Half with { Shape = [-3] }], Fill));
        Assert.False(File.Exists(_path));
    }

    private static void Fill(TensorInfo tensor, TensorWriter destination)
    {
        for (long i = 0; i < tensor.ByteLength; i++)
        {
            destination([(byte)tensor.Name.Length]);
        }
    }
}
