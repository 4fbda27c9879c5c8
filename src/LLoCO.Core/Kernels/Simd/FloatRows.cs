using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LLoCO.Core.Kernels.Simd;

/// <summary>Rows of a floating-point matrix times input rows. Weights are read from memory once for all inputs.</summary>
internal static unsafe class FloatRows<TSimd, TVector, TStored>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
    where TStored : struct, IStored<TSimd, TVector>
{
    // The same columns of the next four rows are prefetched. On weights outside all caches this measured 1.1 to 1.6 times the
    // speed of no prefetch, and better than any fixed distance.
    private const int RowsAhead = 4;

    // Rows of one block: they stay in the second-level cache, together with inputs and prefetched rows.
    private const int BlockBytes = 96 << 10;

    /// <summary>Multiplies rows of float weights with one vector.</summary>
    /// <param name="weights">The first row.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="inputs">Input rows in the layout of the format (see <see cref="Activations"/>).</param>
    /// <param name="inputStride">Numbers from one input row to the next.</param>
    /// <param name="count">Input rows.</param>
    /// <param name="outputs">Where the first row's product with the first input goes.</param>
    /// <param name="outputStride">Numbers from one input's products to the next one's.</param>
    internal static void Multiply(
        byte* weights, int rows, int columns, float* inputs, int inputStride, int count, float* outputs, int outputStride)
    {
        long rowBytes = (long)columns * TStored.Bytes;
        int tiled = rows / 4 * 4;
        int block = (int)Math.Clamp(BlockBytes / Math.Max(1, rowBytes) / 4 * 4, 4, Math.Max(4, tiled));
        for (int row = 0; row < tiled; row += block)
        {
            Block(
                weights + (row * rowBytes), Math.Min(block, tiled - row), columns, inputs, inputStride, count, outputs + row,
                outputStride);
        }

        for (int row = tiled; row < rows; row++)
        {
            for (int input = 0; input < count; input++)
            {
                outputs[((long)input * outputStride) + row] = One(
                    weights + (row * rowBytes), columns, inputs + ((long)input * inputStride));
            }
        }
    }

    /// <summary>Number of rows that stay in the second-level cache for all tiles of inputs.</summary>
    private static void Block(
        byte* weights, int rows, int columns, float* inputs, int inputStride, int count, float* outputs, int outputStride)
    {
        int rowBytes = columns * TStored.Bytes;
        int used = columns / (2 * TSimd.Lanes) * 2 * TSimd.Lanes;
        for (int done = 0, width; done < count; done += width)
        {
            width = Width(count - done);
            float* input = inputs + ((long)done * inputStride);
            float* output = outputs + ((long)done * outputStride);
            for (int row = 0; row < rows; row += 4)
            {
                byte* four = weights + ((long)row * rowBytes);
                byte* next = four + ((long)(done == 0 ? RowsAhead : 0) * rowBytes);
                switch (width)
                {
                    case 1:
                        Four(four, columns, input, output + row);
                        continue;
                    case > 4:
                        FloatTiles<TSimd, TVector, TStored>.FourBySix(
                            four, columns, used, next, input, inputStride, width, output + row, outputStride);
                        break;
                    case > 0 when TSimd.Registers >= 32:
                        FloatTiles<TSimd, TVector, TStored>.FourByFour(
                            four, columns, used, next, input, inputStride, width, output + row, outputStride);
                        break;
                    default:
                        FloatTiles<TSimd, TVector, TStored>.TwoByFour(
                            four, columns, used, next, input, inputStride, width, output + row, outputStride);
                        FloatTiles<TSimd, TVector, TStored>.TwoByFour(
                            four + (2 * rowBytes), columns, used, next + (2 * rowBytes), input, inputStride, width, output + row + 2,
                            outputStride);
                        break;
                }

                for (int cell = 0; used < columns && cell < 4 * width; cell++)
                {
                    output[((long)(cell / 4) * outputStride) + row + (cell % 4)] += Rest(
                        four + ((long)(cell % 4) * rowBytes), used, columns, input + ((long)(cell / 4) * inputStride));
                }
            }
        }
    }

    /// <summary>Number of inputs of the next tile. A tile of six is the fastest per input, even if one of them is unused; a
    /// single input at the end would cost nearly as much as four.</summary>
    private static int Width(int left) => TSimd.Registers < 32 || left is < 5 or 7 or 8 ? Math.Min(left, 4) : Math.Min(left, 6);

    /// <summary>Four rows, one input: eight independent sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(byte* weights, int columns, float* input, float* output)
    {
        int rowBytes = columns * TStored.Bytes;
        int ahead = RowsAhead * rowBytes;
        int step = 2 * TSimd.Lanes;
        int whole = columns / step * step;
        byte* row0 = weights;
        byte* row1 = row0 + rowBytes;
        byte* row2 = row1 + rowBytes;
        byte* row3 = row2 + rowBytes;
        (TVector a0, TVector a1, TVector a2, TVector a3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
        (TVector b0, TVector b1, TVector b2, TVector b3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
        for (int column = 0; column < whole; column += step)
        {
            int place = column * TStored.Bytes;
            TVector first = TSimd.Load(input + column);
            TVector second = TSimd.Load(input + column + TSimd.Lanes);
            TSimd.Prefetch(row0 + place + ahead);
            TSimd.Prefetch(row1 + place + ahead);
            TSimd.Prefetch(row2 + place + ahead);
            TSimd.Prefetch(row3 + place + ahead);
            (TVector one, TVector other) = TStored.Both(row0 + place);
            a0 = TSimd.MultiplyAdd(one, first, a0);
            b0 = TSimd.MultiplyAdd(other, second, b0);
            (one, other) = TStored.Both(row1 + place);
            a1 = TSimd.MultiplyAdd(one, first, a1);
            b1 = TSimd.MultiplyAdd(other, second, b1);
            (one, other) = TStored.Both(row2 + place);
            a2 = TSimd.MultiplyAdd(one, first, a2);
            b2 = TSimd.MultiplyAdd(other, second, b2);
            (one, other) = TStored.Both(row3 + place);
            a3 = TSimd.MultiplyAdd(one, first, a3);
            b3 = TSimd.MultiplyAdd(other, second, b3);
        }

        Vector128<float> sums = TSimd.SumEach(
            TSimd.Add(a0, b0), TSimd.Add(a1, b1), TSimd.Add(a2, b2), TSimd.Add(a3, b3));
        sums.Store(output);
        if (whole < columns)
        {
            for (int row = 0; row < 4; row++)
            {
                output[row] += Rest(weights + ((long)row * rowBytes), whole, columns, input);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float One(byte* weights, int columns, float* input)
    {
        int step = 2 * TSimd.Lanes;
        int whole = columns / step * step;
        TVector a = TSimd.Zero;
        TVector b = TSimd.Zero;
        for (int column = 0; column < whole; column += step)
        {
            byte* place = weights + (column * TStored.Bytes);
            a = TSimd.MultiplyAdd(TStored.First(place), TSimd.Load(input + column), a);
            b = TSimd.MultiplyAdd(TStored.Second(place), TSimd.Load(input + column + TSimd.Lanes), b);
        }

        return TSimd.Sum(TSimd.Add(a, b)) + Rest(weights, whole, columns, input);
    }

    private static float Rest(byte* weights, int from, int columns, float* input)
    {
        float sum = 0;
        for (int column = from; column < columns; column++)
        {
            sum += Numbers.Read(TStored.Format, weights, column) * input[column];
        }

        return sum;
    }
}
