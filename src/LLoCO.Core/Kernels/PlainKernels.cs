using LLoCO.Core.Families;
using LLoCO.Core.Numerics;

namespace LLoCO.Core.Kernels;

/// <summary>The kernels as plain loops: the fall-back, and the reference for tests of the others. Sums are kept in double
/// precision.</summary>
internal sealed unsafe class PlainKernels : KernelSet
{
    /// <inheritdoc/>
    internal override string Name => "plain";

    /// <inheritdoc/>
    internal override void Lay(float* from, int columns, float* to) =>
        new ReadOnlySpan<float>(from, columns).CopyTo(new Span<float>(to, columns));

    /// <inheritdoc/>
    internal override void Quantize(float* from, int columns, sbyte* numbers, float* scales, int* sums)
    {
        for (int group = 0; group < WeightMatrix.GroupsOf(columns); group++)
        {
            int first = group * WeightMatrix.GroupColumns;
            int end = Math.Min(columns, first + WeightMatrix.GroupColumns);
            float largest = 0;
            for (int column = first; column < end; column++)
            {
                largest = Math.Max(largest, Math.Abs(from[column]));
            }

            float factor = largest == 0 ? 0 : 127 / largest;
            scales[group] = largest / 127;
            sums[group] = 0;
            for (int column = first; column < first + WeightMatrix.GroupColumns; column++)
            {
                numbers[column] = column < end ? (sbyte)MathF.Round(from[column] * factor) : (sbyte)0;
                sums[group] += numbers[column];
            }
        }
    }

    /// <inheritdoc/>
    internal override void Multiply(
        WeightMatrix matrix, int firstRow, int rows, Activations inputs, int count, float* outputs, int outputStride)
    {
        for (int input = 0; input < count; input++)
        {
            float* output = outputs + ((long)input * outputStride);
            for (int row = 0; row < rows; row++)
            {
                float* plain = matrix.Format == MatrixFormat.Float32 ? inputs.Row(input) : inputs.Laid(input);
                output[row] = matrix.IsQuantized
                    ? Quantized(matrix, firstRow + row, inputs, input)
                    : Plain(matrix, firstRow + row, plain);
            }
        }
    }

    /// <inheritdoc/>
    internal override void Attend(in AttentionTask task)
    {
        var weights = new double[task.To - task.From];
        for (int head = 0; head < task.Group; head++)
        {
            float* query = task.Queries + (head * task.Width);
            double largest = double.NegativeInfinity;
            for (int position = task.From; position < task.To; position++)
            {
                double score = 0;
                for (int column = 0; column < task.Width; column++)
                {
                    score += query[column] * Numbers.Read(task.Format, task.Keys, ((long)position * task.Width) + column);
                }

                score += task.Biases == null ? 0 : task.Biases[position];
                weights[position - task.From] = score;
                largest = Math.Max(largest, score);
            }

            double total = 0;
            for (int index = 0; index < weights.Length; index++)
            {
                weights[index] = Math.Exp(weights[index] - largest);
                total += weights[index];
            }

            for (int column = 0; column < task.Width; column++)
            {
                double sum = 0;
                for (int index = 0; index < weights.Length; index++)
                {
                    long place = ((long)(task.From + index) * task.Width) + column;
                    sum += weights[index] * Numbers.Read(task.Format, task.Values, place);
                }

                task.Sums[(head * task.Width) + column] = (float)sum;
            }

            task.Largest[head] = (float)largest;
            task.Totals[head] = (float)total;
        }
    }

    /// <inheritdoc/>
    internal override void Norm(float* from, float* weight, float* to, int count, float epsilon)
    {
        double squares = 0;
        for (int index = 0; index < count; index++)
        {
            squares += (double)from[index] * from[index];
        }

        float scale = (float)(1 / Math.Sqrt((squares / count) + epsilon));
        for (int index = 0; index < count; index++)
        {
            to[index] = from[index] * scale * weight[index];
        }
    }

    /// <inheritdoc/>
    internal override void Gate(float* gate, float* up, int count, Activation activation)
    {
        for (int index = 0; index < count; index++)
        {
            gate[index] = activation.Apply(gate[index]) * up[index];
        }
    }

    /// <inheritdoc/>
    internal override void AddScaled(float* to, float* from, float factor, int count)
    {
        for (int index = 0; index < count; index++)
        {
            to[index] += from[index] * factor;
        }
    }

    /// <inheritdoc/>
    internal override float Dot(float* left, float* right, int count)
    {
        double sum = 0;
        for (int index = 0; index < count; index++)
        {
            sum += (double)left[index] * right[index];
        }

        return (float)sum;
    }

    /// <inheritdoc/>
    internal override (float Largest, double Sum) Exponentials(float* numbers, int count)
    {
        float largest = float.NegativeInfinity;
        for (int index = 0; index < count; index++)
        {
            largest = Math.Max(largest, numbers[index]);
        }

        double sum = 0;
        for (int index = 0; index < count; index++)
        {
            sum += Math.Exp(numbers[index] - largest);
        }

        return (largest, sum);
    }

    private static float Plain(WeightMatrix matrix, int row, float* input)
    {
        double sum = 0;
        for (int column = 0; column < matrix.Columns; column++)
        {
            sum += (double)Numbers.Read(matrix.Format, matrix.Data, ((long)row * matrix.Columns) + column) * input[column];
        }

        return (float)sum;
    }

    private static float Quantized(WeightMatrix matrix, int row, Activations inputs, int input)
    {
        sbyte* numbers = inputs.Quantized(input);
        double sum = 0;
        for (int group = 0; group < matrix.Groups; group++)
        {
            long place = ((long)(row / WeightMatrix.BlockRows) * matrix.Groups) + group;
            int lane = row % WeightMatrix.BlockRows;
            byte* data = matrix.Data + (place * matrix.BlockBytes);
            int products = 0;
            for (int column = 0; column < WeightMatrix.GroupColumns; column++)
            {
                products += Weight(matrix.Format, data, lane, column) * numbers[(group * WeightMatrix.GroupColumns) + column];
            }

            float scale = BFloat16.ToSingle(matrix.Scales[(place * WeightMatrix.BlockRows) + lane]);
            sum += (double)scale * inputs.Scales(input)[group] * products;
        }

        return (float)sum;
    }

    private static int Weight(MatrixFormat format, byte* data, int lane, int column)
    {
        if (format == MatrixFormat.Int8)
        {
            return data[((column >> 2) * 32) + (lane * 4) + (column & 3)] - 128;
        }

        int half = column & 15;
        byte pair = data[((half >> 2) * 32) + (lane * 4) + (half & 3)];
        return (column < 16 ? pair & 15 : pair >> 4) - 8;
    }
}
