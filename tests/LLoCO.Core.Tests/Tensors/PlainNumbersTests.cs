using System.Runtime.InteropServices;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tensors;
using LLoCO.Core.Tests.Fakes;
using Xunit;

namespace LLoCO.Core.Tests.Tensors;

public sealed class PlainNumbersTests
{
    public static TheoryData<ElementType, byte[]> Stored => new()
    {
        { ElementType.Float32, MemoryMarshal.AsBytes<float>([1, -2, 0.5f]).ToArray() },
        { ElementType.Float64, MemoryMarshal.AsBytes<double>([1, -2, 0.5]).ToArray() },
        { ElementType.BFloat16, MemoryMarshal.AsBytes<ushort>([0x3F80, 0xC000, 0x3F00]).ToArray() },
        { ElementType.Float16, MemoryMarshal.AsBytes<ushort>([0x3C00, 0xC000, 0x3800]).ToArray() },
    };

    [Theory]
    [MemberData(nameof(Stored))]
    public void Read_EachFormat_GivesItsNumbers(ElementType type, byte[] bytes)
    {
        using MemoryTensors source = new MemoryTensors().Add("a", type, [3, 1], bytes);

        Assert.Equal([1, -2, 0.5f], PlainNumbers.Read(source, "a", [3, 1], "file"));
    }

    [Theory]
    [InlineData(ElementType.Float32, "0000807F", "infinite or NaN")]
    [InlineData(ElementType.BFloat16, "C07F", "infinite or NaN")]
    [InlineData(ElementType.Float64, "0000000000000048", "infinite or NaN")]
    [InlineData(ElementType.Int32, "01000000", "not floating-point numbers")]
    public void Read_NumbersThatFloat32DoesNotHold_Refuses(ElementType type, string hex, string fault)
    {
        using MemoryTensors source = new MemoryTensors().Add("a", type, [1], Convert.FromHexString(hex));

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => PlainNumbers.Read(source, "a", [1], "file"));

        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public unsafe void Place_InALargerMatrix_MultipliesAndFillsWithZeros()
    {
        using LazyTensor placed = PlainNumbers.Place([1, 2, 3, 4], rows: 2, columns: 2, allRows: 3, allColumns: 3, factor: 0.5f);

        Assert.Equal([3, 3], placed.Shape);
        Assert.Equal([0.5f, 1, 0, 1.5f, 2, 0, 0, 0, 0], new ReadOnlySpan<float>((float*)placed.Address, 9).ToArray());
    }
}
