using System.Runtime.CompilerServices;

namespace LLoCO.Core.Kernels.Simd;

/// <summary>Blocks of 8 rows of a quantized matrix times quantized input rows (layout: <see cref="WeightMatrix"/>).</summary>
internal static unsafe class QuantizedRows<TDot, TBytes, TFloats>
    where TDot : struct, IByteDot<TBytes, TFloats>
    where TBytes : struct
    where TFloats : struct
{
    private const int VectorBytes = 32;

    // Prefetch distance in bytes; found by measurement.
    private const int Ahead = 4096;

    /// <summary>The products of a group of columns with one input's, in one format.</summary>
    private interface IGroup
    {
        /// <summary>Gets the bytes of a block's numbers in a group.</summary>
        static abstract int Bytes { get; }

        /// <summary>Multiplies a group, whole numbers without their scales.</summary>
        /// <param name="data">The group's first vector.</param>
        /// <param name="numbers">The input's numbers.</param>
        /// <param name="inputSum">Their sum.</param>
        static abstract TBytes Products(byte* data, sbyte* numbers, int inputSum);
    }

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
                Rows<Int8Group>(matrix, block, row, inputs, input, output + row);
            }
            else
            {
                Rows<Int4Group>(matrix, block, row, inputs, input, output + row);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows<TGroup>(WeightMatrix matrix, int block, int row, Activations inputs, int input, float* output)
        where TGroup : struct, IGroup
    {
        int groups = matrix.Groups;
        long first = (long)block * groups;
        byte* data = matrix.Data + (first * TGroup.Bytes) + (row * 4);
        ushort* scales = matrix.Scales + (first * WeightMatrix.BlockRows) + row;
        sbyte* numbers = inputs.Quantized(input);
        float* inputScales = inputs.Scales(input);
        int* inputSums = inputs.Sums(input);
        TFloats total = TDot.Zero;
        for (int group = 0; group < groups; group++)
        {
            TBytes sums = TGroup.Products(data, numbers, inputSums[group]);
            total = TDot.Accumulate(total, sums, TDot.Scales(scales), inputScales[group]);
            data += TGroup.Bytes;
            scales += WeightMatrix.BlockRows;
            numbers += WeightMatrix.GroupColumns;
        }

        TDot.Store(total, output);
    }

    private readonly struct Int8Group : IGroup
    {
        public static int Bytes => 8 * VectorBytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TBytes Products(byte* data, sbyte* numbers, int inputSum)
        {
            TDot.Prefetch(data + Ahead);
            TDot.Prefetch(data + Ahead + 64);
            TDot.Prefetch(data + Ahead + 128);
            TDot.Prefetch(data + Ahead + 192);
            TBytes sums = TDot.Broadcast(-TDot.Int8Excess * inputSum);
            sums = TDot.Dot(sums, TDot.LoadInt8(data), TDot.FourInputs(numbers));
            sums = TDot.Dot(sums, TDot.LoadInt8(data + VectorBytes), TDot.FourInputs(numbers + 4));
            sums = TDot.Dot(sums, TDot.LoadInt8(data + (2 * VectorBytes)), TDot.FourInputs(numbers + 8));
            sums = TDot.Dot(sums, TDot.LoadInt8(data + (3 * VectorBytes)), TDot.FourInputs(numbers + 12));
            sums = TDot.Dot(sums, TDot.LoadInt8(data + (4 * VectorBytes)), TDot.FourInputs(numbers + 16));
            sums = TDot.Dot(sums, TDot.LoadInt8(data + (5 * VectorBytes)), TDot.FourInputs(numbers + 20));
            sums = TDot.Dot(sums, TDot.LoadInt8(data + (6 * VectorBytes)), TDot.FourInputs(numbers + 24));
            return TDot.Dot(sums, TDot.LoadInt8(data + (7 * VectorBytes)), TDot.FourInputs(numbers + 28));
        }
    }

    private readonly struct Int4Group : IGroup
    {
        public static int Bytes => 4 * VectorBytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TBytes Products(byte* data, sbyte* numbers, int inputSum)
        {
            TDot.Prefetch(data + Ahead);
            TDot.Prefetch(data + Ahead + 64);
            TBytes sums = Halves(TDot.Broadcast(-8 * inputSum), data, numbers);
            sums = Halves(sums, data + VectorBytes, numbers + 4);
            sums = Halves(sums, data + (2 * VectorBytes), numbers + 8);
            return Halves(sums, data + (3 * VectorBytes), numbers + 12);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TBytes Halves(TBytes sums, byte* data, sbyte* numbers)
        {
            TBytes halves = TDot.LoadInt4(data);
            sums = TDot.DotHalves(sums, TDot.Low(halves), TDot.FourInputs(numbers));
            return TDot.DotHalves(sums, TDot.High(halves), TDot.FourInputs(numbers + 16));
        }
    }
}
