using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Large tensors pass through; they are never held. Files are sparse where the system allows it.</summary>
public sealed class LargeFileTests : IDisposable
{
    private const int Large = 64 << 20;
    private const long MaxAllocated = 3 << 20;
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _chunk = [.. Enumerable.Range(0, 1 << 16).Select(i => (byte)(i * 7))];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Safetensors_64MiBTensor_IsWrittenAndReadInPieces()
    {
        string path = _folder.PathOf("large.safetensors");

        Assert.InRange(Allocated(() => SafetensorsWriter.Write(path, [Tensor()], Fill)), 0, MaxAllocated);
        Assert.InRange(Allocated(() => ReadWhole(SafetensorsFile.Open(path))), 0, MaxAllocated);
    }

    [Fact]
    public void TorchArchive_64MiBTensor_IsWrittenAndReadInPieces()
    {
        string path = _folder.PathOf("large.pth");

        Assert.InRange(Allocated(() => TorchArchiveWriter.Write(path, [Tensor()], Fill)), 0, MaxAllocated);
        Assert.InRange(Allocated(() => ReadWhole(TorchArchive.Open(path))), 0, MaxAllocated);
    }

    [Fact]
    public void Safetensors_BeyondFourGiB_ReadsAtTheRightPlace()
    {
        const long Zeros = 5L << 30;
        string path = _folder.PathOf("sparse.safetensors");
        string header = $$$"""
            {"zeros":{"dtype":"U8","shape":[{{{Zeros}}}],"data_offsets":[0,{{{Zeros}}}]},
            "last":{"dtype":"F32","shape":[1],"data_offsets":[{{{Zeros}}},{{{Zeros + 4}}}]}}
            """;
        using (FileStream stream = File.Create(path))
        {
            stream.Write(BitConverter.GetBytes((long)header.Length));
            stream.Write(System.Text.Encoding.ASCII.GetBytes(header));
            stream.Position += Zeros;
            stream.Write(BitConverter.GetBytes(1.5f));
        }

        using SafetensorsFile file = SafetensorsFile.Open(path);

        Assert.Equal(Zeros, file.Tensors["zeros"].ByteLength);
        Assert.Equal([1.5f], file.ReadFloats("last"));
        Refusal.Expect(() => file.ReadBytes("zeros"), path, "zeros", "do not fit one array");
    }

    private static TensorInfo Tensor() => new("w", ElementType.Float32, [1024, Large / 4096], Large);

    private static long Allocated(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private void Fill(TensorInfo tensor, TensorWriter destination)
    {
        for (long left = tensor.ByteLength; left > 0; left -= _chunk.Length)
        {
            destination(_chunk);
        }
    }

    private void ReadWhole(ITensorSource source)
    {
        using (source)
        {
            long position = 0;
            bool equal = true;
            source.CopyTo("w", bytes =>
            {
                for (int at = 0; at < bytes.Length; at += _chunk.Length)
                {
                    equal &= bytes.Slice(at, _chunk.Length).SequenceEqual(_chunk);
                }

                position += bytes.Length;
            });
            Assert.Equal(Large, position);
            Assert.True(equal);
        }
    }
}
