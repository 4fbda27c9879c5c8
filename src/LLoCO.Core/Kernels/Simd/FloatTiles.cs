using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LLoCO.Core.Kernels.Simd;

/*
 *              input 0   input 1   …                weights: read from memory with the first tile, from the second cache after it
 *     row 0      sum       sum                      inputs:  those of a tile stay in the nearest cache
 *     row 1      sum       sum     …                sums:    registers; a tile's weights are widened once for all its inputs
 *     row 2      sum       sum
 *     row 3      sum       sum
 */

/// <summary>Four or two rows of a floating-point matrix times four or six input rows. With many inputs, arithmetic is the limit,
/// so each loaded number must be used in several sums.</summary>
internal static unsafe class FloatTiles<TSimd, TVector, TStored>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
    where TStored : struct, IStored<TSimd, TVector>
{
    /// <summary>Four rows, up to six inputs: 24 sums, for processors with 32 vector registers.</summary>
    /// <param name="weights">The first row.</param>
    /// <param name="columns">Columns of a row.</param>
    /// <param name="used">Columns to multiply, a multiple of two vectors.</param>
    /// <param name="next">Four rows to prefetch.</param>
    /// <param name="inputs">The first input.</param>
    /// <param name="inputStride">Numbers from one input to the next.</param>
    /// <param name="count">Inputs; with fewer than six, the last one is computed again.</param>
    /// <param name="outputs">Where the first row's product with the first input goes.</param>
    /// <param name="outputStride">Numbers from one input's products to the next one's.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void FourBySix(
        byte* weights, int columns, int used, byte* next, float* inputs, int inputStride, int count, float* outputs,
        int outputStride)
    {
        long rowBytes = (long)columns * TStored.Bytes;
        byte* row1 = weights + rowBytes;
        byte* row2 = row1 + rowBytes;
        byte* row3 = row2 + rowBytes;
        int last = count - 1;
        float* in1 = inputs + (Math.Min(1, last) * (long)inputStride);
        float* in2 = inputs + (Math.Min(2, last) * (long)inputStride);
        float* in3 = inputs + (Math.Min(3, last) * (long)inputStride);
        float* in4 = inputs + (Math.Min(4, last) * (long)inputStride);
        float* in5 = inputs + (Math.Min(5, last) * (long)inputStride);
        (TVector a0, TVector a1, TVector a2, TVector a3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
        (TVector b0, TVector b1, TVector b2, TVector b3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
        (TVector c0, TVector c1, TVector c2, TVector c3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
        (TVector d0, TVector d1, TVector d2, TVector d3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
        (TVector e0, TVector e1, TVector e2, TVector e3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
        (TVector f0, TVector f1, TVector f2, TVector f3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
        for (long column = 0; column < used; column += 2 * TSimd.Lanes)
        {
            long place = column * TStored.Bytes;
            Prefetch(next + place, rowBytes);
            TVector w0 = TStored.First(weights + place);
            TVector w1 = TStored.First(row1 + place);
            TVector w2 = TStored.First(row2 + place);
            TVector w3 = TStored.First(row3 + place);
            Add(inputs + column, w0, w1, w2, w3, ref a0, ref a1, ref a2, ref a3);
            Add(in1 + column, w0, w1, w2, w3, ref b0, ref b1, ref b2, ref b3);
            Add(in2 + column, w0, w1, w2, w3, ref c0, ref c1, ref c2, ref c3);
            Add(in3 + column, w0, w1, w2, w3, ref d0, ref d1, ref d2, ref d3);
            Add(in4 + column, w0, w1, w2, w3, ref e0, ref e1, ref e2, ref e3);
            Add(in5 + column, w0, w1, w2, w3, ref f0, ref f1, ref f2, ref f3);
            w0 = TStored.Second(weights + place);
            w1 = TStored.Second(row1 + place);
            w2 = TStored.Second(row2 + place);
            w3 = TStored.Second(row3 + place);
            Add(inputs + column + TSimd.Lanes, w0, w1, w2, w3, ref a0, ref a1, ref a2, ref a3);
            Add(in1 + column + TSimd.Lanes, w0, w1, w2, w3, ref b0, ref b1, ref b2, ref b3);
            Add(in2 + column + TSimd.Lanes, w0, w1, w2, w3, ref c0, ref c1, ref c2, ref c3);
            Add(in3 + column + TSimd.Lanes, w0, w1, w2, w3, ref d0, ref d1, ref d2, ref d3);
            Add(in4 + column + TSimd.Lanes, w0, w1, w2, w3, ref e0, ref e1, ref e2, ref e3);
            Add(in5 + column + TSimd.Lanes, w0, w1, w2, w3, ref f0, ref f1, ref f2, ref f3);
        }

        TSimd.SumEach(a0, a1, a2, a3).Store(outputs);
        TSimd.SumEach(b0, b1, b2, b3).Store(outputs + (Math.Min(1, last) * (long)outputStride));
        TSimd.SumEach(c0, c1, c2, c3).Store(outputs + (Math.Min(2, last) * (long)outputStride));
        TSimd.SumEach(d0, d1, d2, d3).Store(outputs + (Math.Min(3, last) * (long)outputStride));
        TSimd.SumEach(e0, e1, e2, e3).Store(outputs + (Math.Min(4, last) * (long)outputStride));
        TSimd.SumEach(f0, f1, f2, f3).Store(outputs + (Math.Min(5, last) * (long)outputStride));
    }

    /// <summary>Four rows, up to four inputs: 16 sums. Parameters as of <see cref="FourBySix"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void FourByFour(
        byte* weights, int columns, int used, byte* next, float* inputs, int inputStride, int count, float* outputs,
        int outputStride)
    {
        long rowBytes = (long)columns * TStored.Bytes;
        byte* row1 = weights + rowBytes;
        byte* row2 = row1 + rowBytes;
        byte* row3 = row2 + rowBytes;
        int last = count - 1;
        float* in1 = inputs + (Math.Min(1, last) * (long)inputStride);
        float* in2 = inputs + (Math.Min(2, last) * (long)inputStride);
        float* in3 = inputs + (Math.Min(3, last) * (long)inputStride);
        (TVector a0, TVector a1, TVector a2, TVector a3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
        (TVector b0, TVector b1, TVector b2, TVector b3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
        (TVector c0, TVector c1, TVector c2, TVector c3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
        (TVector d0, TVector d1, TVector d2, TVector d3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
        for (long column = 0; column < used; column += 2 * TSimd.Lanes)
        {
            long place = column * TStored.Bytes;
            Prefetch(next + place, rowBytes);
            TVector w0 = TStored.First(weights + place);
            TVector w1 = TStored.First(row1 + place);
            TVector w2 = TStored.First(row2 + place);
            TVector w3 = TStored.First(row3 + place);
            Add(inputs + column, w0, w1, w2, w3, ref a0, ref a1, ref a2, ref a3);
            Add(in1 + column, w0, w1, w2, w3, ref b0, ref b1, ref b2, ref b3);
            Add(in2 + column, w0, w1, w2, w3, ref c0, ref c1, ref c2, ref c3);
            Add(in3 + column, w0, w1, w2, w3, ref d0, ref d1, ref d2, ref d3);
            w0 = TStored.Second(weights + place);
            w1 = TStored.Second(row1 + place);
            w2 = TStored.Second(row2 + place);
            w3 = TStored.Second(row3 + place);
            Add(inputs + column + TSimd.Lanes, w0, w1, w2, w3, ref a0, ref a1, ref a2, ref a3);
            Add(in1 + column + TSimd.Lanes, w0, w1, w2, w3, ref b0, ref b1, ref b2, ref b3);
            Add(in2 + column + TSimd.Lanes, w0, w1, w2, w3, ref c0, ref c1, ref c2, ref c3);
            Add(in3 + column + TSimd.Lanes, w0, w1, w2, w3, ref d0, ref d1, ref d2, ref d3);
        }

        TSimd.SumEach(a0, a1, a2, a3).Store(outputs);
        TSimd.SumEach(b0, b1, b2, b3).Store(outputs + (Math.Min(1, last) * (long)outputStride));
        TSimd.SumEach(c0, c1, c2, c3).Store(outputs + (Math.Min(2, last) * (long)outputStride));
        TSimd.SumEach(d0, d1, d2, d3).Store(outputs + (Math.Min(3, last) * (long)outputStride));
    }

    /// <summary>Two rows, up to four inputs: 8 sums, for processors with 16 vector registers. Parameters as of
    /// <see cref="FourBySix"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void TwoByFour(
        byte* weights, int columns, int used, byte* next, float* inputs, int inputStride, int count, float* outputs,
        int outputStride)
    {
        long rowBytes = (long)columns * TStored.Bytes;
        byte* row1 = weights + rowBytes;
        int last = count - 1;
        float* in1 = inputs + (Math.Min(1, last) * (long)inputStride);
        float* in2 = inputs + (Math.Min(2, last) * (long)inputStride);
        float* in3 = inputs + (Math.Min(3, last) * (long)inputStride);
        (TVector a0, TVector b0, TVector c0, TVector d0) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
        (TVector a1, TVector b1, TVector c1, TVector d1) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
        for (long column = 0; column < used; column += 2 * TSimd.Lanes)
        {
            long place = column * TStored.Bytes;
            TSimd.Prefetch(next + place);
            TSimd.Prefetch(next + place + rowBytes);
            TVector w0 = TStored.First(weights + place);
            TVector w1 = TStored.First(row1 + place);
            Add(inputs + column, w0, w1, ref a0, ref a1);
            Add(in1 + column, w0, w1, ref b0, ref b1);
            Add(in2 + column, w0, w1, ref c0, ref c1);
            Add(in3 + column, w0, w1, ref d0, ref d1);
            w0 = TStored.Second(weights + place);
            w1 = TStored.Second(row1 + place);
            Add(inputs + column + TSimd.Lanes, w0, w1, ref a0, ref a1);
            Add(in1 + column + TSimd.Lanes, w0, w1, ref b0, ref b1);
            Add(in2 + column + TSimd.Lanes, w0, w1, ref c0, ref c1);
            Add(in3 + column + TSimd.Lanes, w0, w1, ref d0, ref d1);
        }

        Vector128<float> first = TSimd.SumEach(a0, b0, c0, d0);
        Vector128<float> second = TSimd.SumEach(a1, b1, c1, d1);
        for (int input = 0; input < count; input++)
        {
            outputs[(long)input * outputStride] = first[input];
            outputs[((long)input * outputStride) + 1] = second[input];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* next, long rowBytes)
    {
        TSimd.Prefetch(next);
        TSimd.Prefetch(next + rowBytes);
        TSimd.Prefetch(next + (2 * rowBytes));
        TSimd.Prefetch(next + (3 * rowBytes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        float* input, TVector w0, TVector w1, TVector w2, TVector w3,
        ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3)
    {
        TVector x = TSimd.Load(input);
        s0 = TSimd.MultiplyAdd(w0, x, s0);
        s1 = TSimd.MultiplyAdd(w1, x, s1);
        s2 = TSimd.MultiplyAdd(w2, x, s2);
        s3 = TSimd.MultiplyAdd(w3, x, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* input, TVector w0, TVector w1, ref TVector s0, ref TVector s1)
    {
        TVector x = TSimd.Load(input);
        s0 = TSimd.MultiplyAdd(w0, x, s0);
        s1 = TSimd.MultiplyAdd(w1, x, s1);
    }
}
