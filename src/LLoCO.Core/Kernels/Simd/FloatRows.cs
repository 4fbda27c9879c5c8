using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LLoCO.Core.Kernels.Simd;

/// <summary>Rows of a floating-point matrix times input rows. Weights are read once for all inputs: four rows at a time, which
/// stay in the nearest cache while the inputs take turns.</summary>
internal static unsafe class FloatRows<TSimd, TVector, TStored>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
    where TStored : struct, IStored<TSimd, TVector>
{
    // What is asked for early is the same place in the next four rows. Measured on weights that no cache holds: 1.1 to 1.6 times
    // the speed of asking for nothing, and better than any fixed distance.
    private const int RowsAhead = 4;

    /// <summary>Multiplies.</summary>
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
        int rowBytes = columns * TStored.Bytes;
        int row = 0;
        for (; row + 4 <= rows; row += 4)
        {
            byte* block = weights + ((long)row * rowBytes);
            int input = 0;
            for (; input + 4 <= count; input += 4)
            {
                FourByFour(
                    block, columns, inputs + ((long)input * inputStride), inputStride,
                    outputs + ((long)input * outputStride) + row, outputStride);
            }

            for (; input < count; input++)
            {
                Four(block, columns, inputs + ((long)input * inputStride), outputs + ((long)input * outputStride) + row);
            }
        }

        for (; row < rows; row++)
        {
            for (int input = 0; input < count; input++)
            {
                outputs[((long)input * outputStride) + row] = One(
                    weights + ((long)row * rowBytes), columns, inputs + ((long)input * inputStride));
            }
        }
    }

    /// <summary>Four rows, one input: eight sums that do not wait for each other.</summary>
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
            a0 = TSimd.MultiplyAdd(TStored.First(row0 + place), first, a0);
            b0 = TSimd.MultiplyAdd(TStored.Second(row0 + place), second, b0);
            a1 = TSimd.MultiplyAdd(TStored.First(row1 + place), first, a1);
            b1 = TSimd.MultiplyAdd(TStored.Second(row1 + place), second, b1);
            a2 = TSimd.MultiplyAdd(TStored.First(row2 + place), first, a2);
            b2 = TSimd.MultiplyAdd(TStored.Second(row2 + place), second, b2);
            a3 = TSimd.MultiplyAdd(TStored.First(row3 + place), first, a3);
            b3 = TSimd.MultiplyAdd(TStored.Second(row3 + place), second, b3);
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

    /// <summary>Four rows, four inputs: each vector of weights is widened once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByFour(
        byte* weights, int columns, float* inputs, int inputStride, float* outputs, int outputStride)
    {
        int rowBytes = columns * TStored.Bytes;
        int ahead = RowsAhead * rowBytes;
        int step = 2 * TSimd.Lanes;
        int whole = columns / step * step;
        float* in0 = inputs;
        float* in1 = in0 + inputStride;
        float* in2 = in1 + inputStride;
        float* in3 = in2 + inputStride;
        for (int pair = 0; pair < 4; pair += 2)
        {
            byte* row0 = weights + ((long)pair * rowBytes);
            byte* row1 = row0 + rowBytes;
            (TVector a0, TVector a1, TVector a2, TVector a3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
            (TVector b0, TVector b1, TVector b2, TVector b3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
            for (int column = 0; column < whole; column += step)
            {
                int place = column * TStored.Bytes;
                TSimd.Prefetch(row0 + place + ahead);
                TSimd.Prefetch(row1 + place + ahead);
                TVector w0 = TStored.First(row0 + place);
                TVector w1 = TStored.First(row1 + place);
                Step(w0, w1, column, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3, in0, in1, in2, in3);
                w0 = TStored.Second(row0 + place);
                w1 = TStored.Second(row1 + place);
                Step(
                    w0, w1, column + TSimd.Lanes, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3,
                    in0, in1, in2, in3);
            }

            Scatter(TSimd.SumEach(a0, a1, a2, a3), outputs + pair, outputStride);
            Scatter(TSimd.SumEach(b0, b1, b2, b3), outputs + pair + 1, outputStride);
        }

        for (int cell = 0; whole < columns && cell < 16; cell++)
        {
            (int row, int input) = (cell & 3, cell >> 2);
            outputs[((long)input * outputStride) + row] += Rest(
                weights + ((long)row * rowBytes), whole, columns, inputs + ((long)input * inputStride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(
        TVector w0, TVector w1, int column,
        ref TVector a0, ref TVector a1, ref TVector a2, ref TVector a3,
        ref TVector b0, ref TVector b1, ref TVector b2, ref TVector b3,
        float* in0, float* in1, float* in2, float* in3)
    {
        TVector x = TSimd.Load(in0 + column);
        a0 = TSimd.MultiplyAdd(w0, x, a0);
        b0 = TSimd.MultiplyAdd(w1, x, b0);
        x = TSimd.Load(in1 + column);
        a1 = TSimd.MultiplyAdd(w0, x, a1);
        b1 = TSimd.MultiplyAdd(w1, x, b1);
        x = TSimd.Load(in2 + column);
        a2 = TSimd.MultiplyAdd(w0, x, a2);
        b2 = TSimd.MultiplyAdd(w1, x, b2);
        x = TSimd.Load(in3 + column);
        a3 = TSimd.MultiplyAdd(w0, x, a3);
        b3 = TSimd.MultiplyAdd(w1, x, b3);
    }

    private static void Scatter(Vector128<float> sums, float* outputs, int stride)
    {
        for (int input = 0; input < 4; input++)
        {
            outputs[(long)input * stride] = sums[input];
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
