using System.Runtime.InteropServices;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Numbers that are not finite, or not in the format that is kept, are seen at every place.</summary>
public sealed class FiniteScanTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(36)]
    public void See_NotANumberAtAnyPlace_IsFound(int place)
    {
        var numbers = new float[37];
        numbers[place] = float.NaN;
        Half[] halves = Array.ConvertAll(numbers, number => (Half)number);
        double[] doubles = Array.ConvertAll(numbers, number => (double)number);

        Assert.True(Found<float>(ElementType.Float32, ElementType.Float32, numbers));
        Assert.True(Found<Half>(ElementType.Float16, ElementType.Float16, halves));
        Assert.True(Found<double>(ElementType.Float64, ElementType.Float32, doubles));
    }

    [Theory]
    [InlineData(65504f, ElementType.Float16, false)]
    [InlineData(65519f, ElementType.Float16, false)]
    [InlineData(-65520f, ElementType.Float16, true)]
    [InlineData(65536f, ElementType.BFloat16, false)]
    [InlineData(3.3e38f, ElementType.BFloat16, false)]
    [InlineData(float.MaxValue, ElementType.BFloat16, true)]
    [InlineData(float.MaxValue, ElementType.Float32, false)]
    [InlineData(float.NegativeInfinity, ElementType.Float32, true)]
    public void See_LargeNumbers_AreJudgedByTheFormatThatIsKept(float number, ElementType kept, bool found)
    {
        Assert.Equal(found, Found<float>(ElementType.Float32, kept, [1, number, 0]));
        Assert.Equal(found, Found<double>(ElementType.Float64, kept, [1, number, 0]));
    }

    [Fact]
    public void EnsureFinite_Overflow_NamesTensorAndRemedy()
    {
        var scan = new FiniteScan(ElementType.BFloat16, ElementType.Float16);
        scan.See([0x80, 0x47]);

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => scan.EnsureFinite("m", "w"));

        Assert.Equal("w", error.Key);
        Assert.Contains("float16 (65,504); load the model as bfloat16", error.Message, StringComparison.Ordinal);
    }

    private static bool Found<T>(ElementType stored, ElementType kept, ReadOnlySpan<T> numbers)
        where T : unmanaged
    {
        var scan = new FiniteScan(stored, kept);
        scan.See(MemoryMarshal.AsBytes(numbers));
        return scan.Found;
    }
}
