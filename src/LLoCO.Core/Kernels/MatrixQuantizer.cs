using LLoCO.Core.Numerics;

namespace LLoCO.Core.Kernels;

/// <summary>Quantizes weights to integers with a scale per group of 32 columns, rounded to nearest.</summary>
internal static unsafe class MatrixQuantizer
{
    /// <summary>Quantizes a matrix.</summary>
    /// <param name="source">Weights in a floating-point format.</param>
    /// <param name="format">The quantized format.</param>
    /// <returns>A new matrix, to be disposed.</returns>
    internal static WeightMatrix Quantize(WeightMatrix source, MatrixFormat format)
    {
        WeightMatrix made = WeightMatrix.Allocate(format, source.Rows, source.Columns);
        int blocks = (source.Rows + WeightMatrix.BlockRows - 1) / WeightMatrix.BlockRows;
        Parallel.For(0, blocks, block => QuantizeBlock(source, made, block));
        return made;
    }

    private static void QuantizeBlock(WeightMatrix source, WeightMatrix made, int block)
    {
        Span<float> numbers = stackalloc float[WeightMatrix.GroupColumns];
        for (int group = 0; group < made.Groups; group++)
        {
            long place = ((long)block * made.Groups) + group;
            for (int lane = 0; lane < WeightMatrix.BlockRows; lane++)
            {
                Read(source, (block * WeightMatrix.BlockRows) + lane, group, numbers);
                made.Scales[(place * WeightMatrix.BlockRows) + lane] = made.Format == MatrixFormat.Int8
                    ? WriteInt8(numbers, made.Data + (place * made.BlockBytes), lane)
                    : WriteInt4(numbers, made.Data + (place * made.BlockBytes), lane);
            }
        }
    }

    private static void Read(WeightMatrix source, int row, int group, Span<float> numbers)
    {
        numbers.Clear();
        int first = group * WeightMatrix.GroupColumns;
        for (int column = first; row < source.Rows && column < Math.Min(source.Columns, first + numbers.Length); column++)
        {
            numbers[column - first] = Numbers.Read(source.Format, source.Data, ((long)row * source.Columns) + column);
        }
    }

    private static ushort WriteInt8(ReadOnlySpan<float> numbers, byte* data, int lane)
    {
        float largest = 0;
        foreach (float number in numbers)
        {
            largest = Math.Max(largest, Math.Abs(number));
        }

        // The scale is rounded first, and the numbers are divided by the rounded scale, so only their own rounding error remains.
        ushort scale = BFloat16.FromSingle(largest / 127);
        float step = BFloat16.ToSingle(scale);
        for (int column = 0; column < numbers.Length; column++)
        {
            int value = step == 0 ? 0 : (int)Math.Clamp(MathF.Round(numbers[column] / step), -127, 127);
            data[((column >> 2) * 32) + (lane * 4) + (column & 3)] = (byte)(value + 128);
        }

        return scale;
    }

    private static ushort WriteInt4(ReadOnlySpan<float> numbers, byte* data, int lane)
    {
        // -8 … 7: the number of largest magnitude becomes -8 for either sign, so that all 16 values are used.
        float largest = 0;
        foreach (float number in numbers)
        {
            largest = Math.Abs(number) > Math.Abs(largest) ? number : largest;
        }

        ushort scale = BFloat16.FromSingle(largest / -8);
        float step = BFloat16.ToSingle(scale);
        for (int column = 0; column < numbers.Length; column++)
        {
            int value = step == 0 ? 0 : (int)Math.Clamp(MathF.Round(numbers[column] / step), -8, 7);
            int half = column & 15;
            byte* place = data + ((half >> 2) * 32) + (lane * 4) + (half & 3);
            *place |= (byte)((value + 8) << (column < 16 ? 0 : 4));
        }

        return scale;
    }
}
