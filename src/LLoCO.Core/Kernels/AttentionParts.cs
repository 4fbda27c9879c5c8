namespace LLoCO.Core.Kernels;

/// <summary>Combines the results of attention over parts of the positions. Each part has its sums, its largest score and its
/// total (see <see cref="AttentionTask"/>), one after the other.</summary>
internal static unsafe class AttentionParts
{
    /// <summary>Writes the result of no positions: a total of 0.</summary>
    /// <param name="task">The part.</param>
    internal static void Skip(in AttentionTask task)
    {
        new Span<float>(task.Largest, task.Group).Fill(float.NegativeInfinity);
        new Span<float>(task.Totals, task.Group).Clear();
    }

    /// <summary>Joins the parts of the query heads of one key/value head.</summary>
    /// <param name="kernels">The kernels.</param>
    /// <param name="first">The first part.</param>
    /// <param name="parts">How many; at least one is not skipped.</param>
    /// <param name="stride">Floats from one to the next.</param>
    /// <param name="shape">The model's shape.</param>
    /// <param name="output">Takes the result, <c>[group, width]</c>.</param>
    internal static void Join(KernelSet kernels, float* first, int parts, int stride, DecoderShape shape, float* output)
    {
        int width = shape.HeadWidth;
        int numbers = shape.Group * width;
        for (int head = 0; head < shape.Group; head++)
        {
            float largest = float.NegativeInfinity;
            for (int part = 0; part < parts; part++)
            {
                largest = MathF.Max(largest, first[((long)part * stride) + numbers + head]);
            }

            float total = 0;
            for (int part = 0; part < parts; part++)
            {
                float* result = first + ((long)part * stride) + numbers + head;
                total += result[shape.Group] * MathF.Exp(*result - largest);
            }

            new Span<float>(output + (head * width), width).Clear();
            for (int part = 0; part < parts; part++)
            {
                // The sums of a skipped part must not be read; they may be NaN.
                float* result = first + ((long)part * stride);
                if (result[numbers + shape.Group + head] > 0)
                {
                    float factor = MathF.Exp(result[numbers + head] - largest) / total;
                    kernels.AddScaled(output + (head * width), result + (head * width), factor, width);
                }
            }
        }
    }
}
