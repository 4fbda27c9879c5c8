using System.Runtime.InteropServices;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>
/// Strided views, gathered from memory or run by run from the file; expected numbers come from the index formula.
/// </summary>
public sealed class TorchViewTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<long[], long[], long> Views => new()
    {
        { [24], [1], 0 },
        { [4, 6], [6, 1], 0 },
        { [6, 4], [1, 6], 0 },
        { [4, 3], [6, 1], 2 },
        { [2, 3, 2], [12, 2, 6], 1 },
        { [4, 1, 3], [6, 99, 2], 1 },
        { [12], [2], 1 },
        { [2, 0, 3], [1, 1, 1], 5 },
        { [], [], 23 },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Views))]
    public void CopyTo_AnyView_FollowsItsStrides(long[] shape, long[] strides, long offset)
    {
        float[] expected = Expected(24, shape, strides, offset);

        Assert.Equal(expected, Read(24, shape, strides, offset, maxGatherBytes: long.MaxValue));
        Assert.Equal(expected, Read(24, shape, strides, offset, maxGatherBytes: 0));
    }

    [Theory]
    [InlineData(3, 300_000, 300_001)]
    [InlineData(700, 1_000, 1_001)]
    [InlineData(3, 262_144, 262_145)]
    public void CopyTo_RunsLongerOrShorterThanThePieces_FollowTheirStrides(int rows, int columns, int stride)
    {
        int count = rows * stride;
        float[] expected = Expected(count, [rows, columns], [stride, 1], 0);

        Assert.Equal(expected, Read(count, [rows, columns], [stride, 1], 0, maxGatherBytes: long.MaxValue));
        Assert.Equal(expected, Read(count, [rows, columns], [stride, 1], 0, maxGatherBytes: 0));
    }

    private static float[] Expected(int count, long[] shape, long[] strides, long offset)
    {
        List<float> numbers = [];
        long total = shape.Aggregate(1L, (a, b) => a * b);
        for (long flat = 0; flat < total; flat++)
        {
            long rest = flat;
            long element = offset;
            for (int i = shape.Length - 1; i >= 0; i--)
            {
                element += rest % shape[i] * strides[i];
                rest /= shape[i];
            }

            Assert.InRange(element, 0, count - 1);
            numbers.Add(element);
        }

        return [.. numbers];
    }

    private float[] Read(int count, long[] shape, long[] strides, long offset, long maxGatherBytes)
    {
        string path = _folder.PathOf("numbers");
        float[] numbers = [.. Enumerable.Range(0, count).Select(i => (float)i)];
        File.WriteAllBytes(path, MemoryMarshal.AsBytes<float>(numbers));
        using BinaryFile file = BinaryFile.Open(path);
        var tensor = new PickleTensor(
            new PickleStorage("0", ElementType.Float32, count), ElementType.Float32, offset, shape, strides);
        TorchView view = TorchView.Check(path, "w", tensor, 0, count * 4L);
        using var copy = new MemoryStream();
        view.CopyTo(file, copy.Write, maxGatherBytes);
        return MemoryMarshal.Cast<byte, float>(copy.ToArray()).ToArray();
    }
}
