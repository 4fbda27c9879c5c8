using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LLoCO.Core.Families;

namespace LLoCO.Core.Kernels.Simd;

/// <summary>The kernels in vectors of one width.</summary>
/// <typeparam name="TSimd">Operations on floats.</typeparam>
/// <typeparam name="TVector">A vector of floats.</typeparam>
/// <typeparam name="TDot">Operations on bytes.</typeparam>
/// <typeparam name="TBytes">A vector of bytes or their sums.</typeparam>
/// <typeparam name="TFloats">A vector of floats, one per sum.</typeparam>
internal sealed unsafe class SimdKernels<TSimd, TVector, TDot, TBytes, TFloats>(string name) : KernelSet
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
    where TDot : struct, IByteDot<TBytes, TFloats>
    where TBytes : struct
    where TFloats : struct
{
    /// <inheritdoc/>
    internal override string Name => name;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override void Lay(float* from, int columns, float* to)
    {
        int lanes = TSimd.Lanes;
        int whole = columns / (2 * lanes) * 2 * lanes;
        for (int first = 0; first < whole; first += 2 * lanes)
        {
            TVector left = TSimd.Load(from + first);
            TVector right = TSimd.Load(from + first + lanes);
            TSimd.Store(TSimd.Even(left, right), to + first);
            TSimd.Store(TSimd.Odd(left, right), to + first + lanes);
        }

        new ReadOnlySpan<float>(from + whole, columns - whole).CopyTo(new Span<float>(to + whole, columns - whole));
    }

    /// <inheritdoc/>
    internal override void Quantize(float* from, int columns, sbyte* numbers, float* scales, int* sums) =>
        InputQuantizer.Quantize(from, columns, numbers, scales, sums);

    /// <inheritdoc/>
    internal override void Multiply(
        WeightMatrix matrix, int firstRow, int rows, Activations inputs, int count, float* outputs, int outputStride)
    {
        byte* data = matrix.IsQuantized ? null : matrix.Data + (firstRow * matrix.RowBytes);
        switch (matrix.Format)
        {
            case MatrixFormat.Float32:
                FloatRows<TSimd, TVector, StoredFloat32<TSimd, TVector>>.Multiply(
                    data, rows, matrix.Columns, inputs.Row(0), inputs.Stride, count, outputs, outputStride);
                break;
            case MatrixFormat.BFloat16:
                FloatRows<TSimd, TVector, StoredBFloat16<TSimd, TVector>>.Multiply(
                    data, rows, matrix.Columns, inputs.Laid(0), inputs.Stride, count, outputs, outputStride);
                break;
            case MatrixFormat.Float16:
                FloatRows<TSimd, TVector, StoredFloat16<TSimd, TVector>>.Multiply(
                    data, rows, matrix.Columns, inputs.Laid(0), inputs.Stride, count, outputs, outputStride);
                break;
            default:
                MultiplyBlocks(matrix, firstRow, rows, inputs, count, outputs, outputStride);
                break;
        }
    }

    /// <inheritdoc/>
    internal override void Attend(in AttentionTask task)
    {
        if (task.Width % TSimd.Lanes != 0)
        {
            Narrow.Attend(task);
            return;
        }

        switch (task.Format)
        {
            case MatrixFormat.Float32:
                Attention<TSimd, TVector, StoredFloat32<TSimd, TVector>>.Attend(task);
                break;
            case MatrixFormat.BFloat16:
                Attention<TSimd, TVector, StoredBFloat16<TSimd, TVector>>.Attend(task);
                break;
            default:
                Attention<TSimd, TVector, StoredFloat16<TSimd, TVector>>.Attend(task);
                break;
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override void Norm(float* from, float* weight, float* to, int count, float epsilon)
    {
        float scale = 1 / MathF.Sqrt((Dot(from, from, count) / count) + epsilon);
        TVector scales = TSimd.Broadcast(scale);
        int index = 0;
        for (; index + TSimd.Lanes <= count; index += TSimd.Lanes)
        {
            TSimd.Store(TSimd.Multiply(TSimd.Multiply(TSimd.Load(from + index), scales), TSimd.Load(weight + index)), to + index);
        }

        for (; index < count; index++)
        {
            to[index] = from[index] * scale * weight[index];
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override void Gate(float* gate, float* up, int count, Activation activation)
    {
        (float slope, float cube) = (activation.Slope(), activation.Cube());
        TVector one = TSimd.Broadcast(1);
        TVector minus = TSimd.Broadcast(-slope);
        TVector cubes = TSimd.Broadcast(cube);
        int index = 0;
        for (; index + TSimd.Lanes <= count; index += TSimd.Lanes)
        {
            TVector value = TSimd.Load(gate + index);
            TVector inner = value;
            if (cube != 0)
            {
                inner = TSimd.Multiply(value, TSimd.MultiplyAdd(TSimd.Multiply(value, value), cubes, one));
            }

            TVector bottom = TSimd.Add(one, TSimd.Exp(TSimd.Multiply(inner, minus)));
            TSimd.Store(TSimd.Multiply(TSimd.Divide(value, bottom), TSimd.Load(up + index)), gate + index);
        }

        for (; index < count; index++)
        {
            float value = gate[index];
            gate[index] = activation.Apply(value) * up[index];
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override void AddScaled(float* to, float* from, float factor, int count)
    {
        TVector factors = TSimd.Broadcast(factor);
        int index = 0;
        for (; index + TSimd.Lanes <= count; index += TSimd.Lanes)
        {
            TSimd.Store(TSimd.MultiplyAdd(TSimd.Load(from + index), factors, TSimd.Load(to + index)), to + index);
        }

        for (; index < count; index++)
        {
            to[index] += from[index] * factor;
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override float Dot(float* left, float* right, int count)
    {
        (TVector a, TVector b) = (TSimd.Zero, TSimd.Zero);
        int index = 0;
        for (; index + (2 * TSimd.Lanes) <= count; index += 2 * TSimd.Lanes)
        {
            a = TSimd.MultiplyAdd(TSimd.Load(left + index), TSimd.Load(right + index), a);
            b = TSimd.MultiplyAdd(TSimd.Load(left + index + TSimd.Lanes), TSimd.Load(right + index + TSimd.Lanes), b);
        }

        float sum = TSimd.Sum(TSimd.Add(a, b));
        for (; index < count; index++)
        {
            sum += left[index] * right[index];
        }

        return sum;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override (float Largest, double Sum) Exponentials(float* numbers, int count)
    {
        TVector max = TSimd.Broadcast(float.NegativeInfinity);
        int whole = count / TSimd.Lanes * TSimd.Lanes;
        for (int index = 0; index < whole; index += TSimd.Lanes)
        {
            max = TSimd.Max(max, TSimd.Load(numbers + index));
        }

        float largest = TSimd.Largest(max);
        for (int index = whole; index < count; index++)
        {
            largest = MathF.Max(largest, numbers[index]);
        }

        TVector minus = TSimd.Broadcast(-largest);
        TVector total = TSimd.Zero;
        for (int index = 0; index < whole; index += TSimd.Lanes)
        {
            total = TSimd.Add(total, TSimd.Exp(TSimd.Add(TSimd.Load(numbers + index), minus)));
        }

        double sum = TSimd.Sum(total);
        for (int index = whole; index < count; index++)
        {
            sum += Math.Exp(numbers[index] - largest);
        }

        return (largest, sum);
    }

    private static void MultiplyBlocks(
        WeightMatrix matrix, int firstRow, int rows, Activations inputs, int count, float* outputs, int outputStride)
    {
        float* last = stackalloc float[WeightMatrix.BlockRows];
        for (int row = 0; row < rows; row += WeightMatrix.BlockRows)
        {
            int block = (firstRow + row) / WeightMatrix.BlockRows;
            int kept = Math.Min(WeightMatrix.BlockRows, rows - row);
            for (int input = 0; input < count; input++)
            {
                float* output = outputs + ((long)input * outputStride) + row;
                bool whole = kept == WeightMatrix.BlockRows;
                QuantizedRows<TDot, TBytes, TFloats>.Multiply(matrix, block, inputs, input, whole ? output : last);
                if (!whole)
                {
                    new ReadOnlySpan<float>(last, kept).CopyTo(new Span<float>(output, kept));
                }
            }
        }
    }

    /// <summary>For heads whose width is not a multiple of the vector's.</summary>
    private static class Narrow
    {
        private static readonly KernelSet Kernels = TSimd.Lanes == Vector128<float>.Count
            ? new PlainKernels()
            : new SimdKernels<Simd128, Vector128<float>, ByteDot128, Vector128<int>, Vector128<float>>("vector128");

        internal static void Attend(in AttentionTask task) => Kernels.Attend(task);
    }
}
