using System.Runtime.CompilerServices;

namespace LLoCO.Core.Kernels.Simd;

/// <summary>Blocks of 8 rows of a quantized matrix times quantized input rows (layout: <see cref="WeightMatrix"/>).</summary>
internal static unsafe class QuantizedRows<TDot, TBytes, TFloats>
    where TDot : struct, IByteDot<TBytes, TFloats>
    where TBytes : struct
    where TFloats : struct
{
    private const int VectorBytes = 32;

    // Bytes ahead that are asked for early; found by measurement.
    private const int Ahead = 4096;

    /// <summary>Multiplies one block by one input.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="block">Which 8 rows.</param>
    /// <param name="inputs">The quantized inputs.</param>
    /// <param name="input">Which of them.</param>
    /// <param name="output">8 products.</param>
    internal static void Multiply(WeightMatrix matrix, int block, Activations inputs, int input, float* output)
    {
        for (int row = 0; row < WeightMatrix.BlockRows; row += TDot.Rows)
        {
            if (matrix.Format == MatrixFormat.Int8)
            {
                Int8(matrix, block, row, inputs, input, output + row);
            }
            else
            {
                Int4(matrix, block, row, inputs, input, output + row);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Int8(WeightMatrix matrix, int block, int row, Activations inputs, int input, float* output)
    {
        int groups = matrix.Groups;
        long first = (long)block * groups;
        byte* data = matrix.Data + (first * matrix.BlockBytes) + (row * 4);
        ushort* scales = matrix.Scales + (first * WeightMatrix.BlockRows) + row;
        sbyte* numbers = inputs.Quantized(input);
        float* inputScales = inputs.Scales(input);
        int* inputSums = inputs.Sums(input);
        TFloats total = TDot.Zero;
        for (int group = 0; group < groups; group++)
        {
            TDot.Prefetch(data + Ahead);
            TDot.Prefetch(data + Ahead + 64);
            TDot.Prefetch(data + Ahead + 128);
            TDot.Prefetch(data + Ahead + 192);
            TBytes sums = TDot.Broadcast(-TDot.Int8Excess * inputSums[group]);
            sums = TDot.Dot(sums, TDot.LoadInt8(data), TDot.FourInputs(numbers));
            sums = TDot.Dot(sums, TDot.LoadInt8(data + VectorBytes), TDot.FourInputs(numbers + 4));
            sums = TDot.Dot(sums, TDot.LoadInt8(data + (2 * VectorBytes)), TDot.FourInputs(numbers + 8));
            sums = TDot.Dot(sums, TDot.LoadInt8(data + (3 * VectorBytes)), TDot.FourInputs(numbers + 12));
            sums = TDot.Dot(sums, TDot.LoadInt8(data + (4 * VectorBytes)), TDot.FourInputs(numbers + 16));
            sums = TDot.Dot(sums, TDot.LoadInt8(data + (5 * VectorBytes)), TDot.FourInputs(numbers + 20));
            sums = TDot.Dot(sums, TDot.LoadInt8(data + (6 * VectorBytes)), TDot.FourInputs(numbers + 24));
            sums = TDot.Dot(sums, TDot.LoadInt8(data + (7 * VectorBytes)), TDot.FourInputs(numbers + 28));
            total = TDot.Accumulate(total, sums, TDot.Scales(scales), inputScales[group]);
            data += 8 * VectorBytes;
            scales += WeightMatrix.BlockRows;
            numbers += WeightMatrix.GroupColumns;
        }

        TDot.Store(total, output);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Int4(WeightMatrix matrix, int block, int row, Activations inputs, int input, float* output)
    {
        int groups = matrix.Groups;
        long first = (long)block * groups;
        byte* data = matrix.Data + (first * matrix.BlockBytes) + (row * 4);
        ushort* scales = matrix.Scales + (first * WeightMatrix.BlockRows) + row;
        sbyte* numbers = inputs.Quantized(input);
        float* inputScales = inputs.Scales(input);
        int* inputSums = inputs.Sums(input);
        TFloats total = TDot.Zero;
        for (int group = 0; group < groups; group++)
        {
            TDot.Prefetch(data + Ahead);
            TDot.Prefetch(data + Ahead + 64);
            TBytes sums = TDot.Broadcast(-8 * inputSums[group]);
            TBytes halves = TDot.LoadInt4(data);
            sums = TDot.DotHalves(sums, TDot.Low(halves), TDot.FourInputs(numbers));
            sums = TDot.DotHalves(sums, TDot.High(halves), TDot.FourInputs(numbers + 16));
            halves = TDot.LoadInt4(data + VectorBytes);
            sums = TDot.DotHalves(sums, TDot.Low(halves), TDot.FourInputs(numbers + 4));
            sums = TDot.DotHalves(sums, TDot.High(halves), TDot.FourInputs(numbers + 20));
            halves = TDot.LoadInt4(data + (2 * VectorBytes));
            sums = TDot.DotHalves(sums, TDot.Low(halves), TDot.FourInputs(numbers + 8));
            sums = TDot.DotHalves(sums, TDot.High(halves), TDot.FourInputs(numbers + 24));
            halves = TDot.LoadInt4(data + (3 * VectorBytes));
            sums = TDot.DotHalves(sums, TDot.Low(halves), TDot.FourInputs(numbers + 12));
            sums = TDot.DotHalves(sums, TDot.High(halves), TDot.FourInputs(numbers + 28));
            total = TDot.Accumulate(total, sums, TDot.Scales(scales), inputScales[group]);
            data += 4 * VectorBytes;
            scales += WeightMatrix.BlockRows;
            numbers += WeightMatrix.GroupColumns;
        }

        TDot.Store(total, output);
    }
}
