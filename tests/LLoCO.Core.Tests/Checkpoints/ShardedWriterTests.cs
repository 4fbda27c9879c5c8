using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Shards are named, filled and indexed as Hugging Face does it.</summary>
public sealed class ShardedWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(WeightFormat.Safetensors, "model", "safetensors")]
    [InlineData(WeightFormat.Torch, "pytorch_model", "bin")]
    internal void Write_MoreThanOneShard_IsReadBackWhole(WeightFormat format, string stem, string extension)
    {
        string folder = _folder.PathOf("model");
        TensorInfo[] tensors = [Bytes("a", 5), Bytes("b", 5), Bytes("c", 20), Bytes("d", 1)];

        IReadOnlyList<string> files = ShardedWriter.Write(folder, tensors, Fill, format, shardBytes: 10);

        // a and b fill one shard exactly, c is larger than a shard may be, d needs a third.
        Assert.Equal(
            [$"{stem}-00001-of-00003.{extension}", $"{stem}-00002-of-00003.{extension}", $"{stem}-00003-of-00003.{extension}"],
            files.Select(file => Path.GetFileName(file)));
        using JsonDocument index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, $"{stem}.{extension}.index.json")));
        Assert.Equal(31, index.RootElement.GetProperty("metadata").GetProperty("total_size").GetInt32());
        using CheckpointFolder read = CheckpointFolder.Open(folder);
        Assert.Equal(["a", "b", "c", "d"], read.Tensors.Keys.Order());
        Assert.All(tensors, tensor => Assert.Equal(Content(tensor), read.ReadBytes(tensor.Name)));
    }

    [Theory]
    [InlineData(WeightFormat.Safetensors, "model.safetensors")]
    [InlineData(WeightFormat.Torch, "pytorch_model.bin")]
    internal void Write_ThatFitsOneFile_HasNoIndex(WeightFormat format, string name)
    {
        string folder = _folder.PathOf("model");

        ShardedWriter.Write(folder, [Bytes("a", 5)], Fill, format, shardBytes: 10);

        Assert.Equal([name], Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)));
    }

    private static TensorInfo Bytes(string name, int count) => new(name, ElementType.UInt8, [count], count);

    private static byte[] Content(TensorInfo tensor) =>
        [.. Enumerable.Range(0, (int)tensor.ByteLength).Select(i => (byte)(tensor.Name[0] + i))];

    private static void Fill(TensorInfo tensor, TensorWriter destination) => destination(Content(tensor));
}
