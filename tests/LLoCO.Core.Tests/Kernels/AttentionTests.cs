using LLoCO.Core.Kernels;
using Xunit;

namespace LLoCO.Core.Tests.Kernels;

/// <summary>Attention of every kind of instructions against plain loops in double precision.</summary>
public sealed unsafe class AttentionTests
{
    public static TheoryData<string> Sets => [.. KernelSet.Supported().Select(set => set.Name)];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Attend_EveryFormatWidthAndLength_EqualsPlainLoops(string name)
    {
        KernelSet kernels = KernelSet.Supported().Single(set => set.Name == name);
        foreach (MatrixFormat format in new[] { MatrixFormat.Float32, MatrixFormat.BFloat16, MatrixFormat.Float16 })
        {
            foreach ((int group, int width, int from, int to) in new[]
                { (1, 64, 0, 1), (1, 48, 0, 130), (2, 16, 3, 67), (8, 64, 0, 200), (1, 128, 64, 129), (4, 8, 0, 9), (1, 4, 0, 5),
                  (3, 80, 1, 70), (5, 32, 60, 131) })
            {
                foreach (bool biased in new[] { false, true })
                {
                    float[] expected = Attend(new PlainKernels(), format, group, width, from, to, biased);
                    float[] actual = Attend(kernels, format, group, width, from, to, biased);

                    Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
                }
            }
        }
    }

    /// <summary>Weighted means of the values, then the logarithms of the weights' sums: what is left when the choice of the
    /// largest score is taken out.</summary>
    private static float[] Attend(KernelSet kernels, MatrixFormat format, int group, int width, int from, int to, bool biased)
    {
        using var queries = new RandomMatrix(group, width, MatrixFormat.Float32, 1);
        using var keys = new RandomMatrix(to, width, MatrixFormat.Float32, 2);
        using var values = new RandomMatrix(to, width, MatrixFormat.Float32, 3);
        using var results = new NativeBlock(4L * ((group * width) + (2 * group)));
        using var biases = new RandomMatrix(1, to, MatrixFormat.Float32, 4);
        using var scratch = new NativeBlock(4L * AttentionTask.ScratchFloats(group, width));
        for (int index = 0; index < group * width; index++)
        {
            // Large enough that scores differ and the largest one moves.
            ((float*)queries.Matrix.Data)[index] *= 50;
        }

        kernels.Attend(new AttentionTask
        {
            Queries = (float*)queries.Matrix.Data,
            Group = group,
            Width = width,
            Keys = keys.As(format).Data,
            Values = values.As(format).Data,
            Biases = biased ? (float*)biases.Matrix.Data : null,
            Format = format,
            From = from,
            To = to,
            Sums = results.Floats,
            Largest = results.Floats + (group * width),
            Totals = results.Floats + (group * width) + group,
            Scratch = scratch.Floats,
        });
        float* totals = results.Floats + (group * width) + group;
        var numbers = new float[(group * width) + group];
        for (int head = 0; head < group; head++)
        {
            for (int column = 0; column < width; column++)
            {
                numbers[(head * width) + column] = results.Floats[(head * width) + column] / totals[head];
            }

            numbers[(group * width) + head] = MathF.Log(totals[head]) + totals[head - group];
        }

        return numbers;
    }
}
