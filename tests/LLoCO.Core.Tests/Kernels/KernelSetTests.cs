using LLoCO.Core.Families;
using LLoCO.Core.Kernels;
using Xunit;

namespace LLoCO.Core.Tests.Kernels;

/// <summary>Every kind of instructions that this processor runs, against plain loops in double precision.</summary>
public sealed unsafe class KernelSetTests
{
    private static readonly KernelSet Plain = new PlainKernels();

    public static TheoryData<string> Sets => [.. KernelSet.Supported().Select(set => set.Name)];

    [Fact]
    public void Supported_AnyProcessor_EndsWithThePlainOnes() => Assert.Equal("plain", KernelSet.Supported()[^1].Name);

    [Theory]
    [MemberData(nameof(Sets))]
    public void Multiply_EveryFormatAndShape_EqualsPlainLoops(string name)
    {
        KernelSet kernels = Find(name);
        foreach (MatrixFormat format in Enum.GetValues<MatrixFormat>())
        {
            // Whole blocks, rests of rows and columns, narrower than a vector; more rows than are kept near; one input, a few, and
            // each way to share many out among tiles.
            foreach ((int rows, int columns, int count) in new[]
                {
                    (8, 32, 1), (16, 64, 4), (24, 288, 5), (11, 45, 1), (19, 100, 3), (5, 7, 2), (40, 160, 9), (8, 96, 16),
                    (12, 45, 2), (13, 77, 6), (9, 100, 7), (8, 64, 8), (24, 90, 10), (10, 160, 11), (16, 96, 13), (60, 2048, 17),
                })
            {
                using var source = new RandomMatrix(rows, columns, MatrixFormat.Float32, seed: rows * columns);
                using WeightMatrix matrix = source.As(format);
                float[] expected = Product(Plain, matrix, count);
                float[] actual = Product(kernels, matrix, count);

                Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-5f));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Multiply_PartOfTheRows_WritesOnlyThose(string name)
    {
        using var source = new RandomMatrix(40, 64, MatrixFormat.Float32, seed: 5);
        foreach (MatrixFormat format in Enum.GetValues<MatrixFormat>())
        {
            using WeightMatrix matrix = source.As(format);
            using Activations inputs = Inputs(2, 64);
            inputs.Prepare(Find(name), format, 2, 64);
            float[] whole = new float[80];
            float[] part = new float[80];
            fixed (float* all = whole, some = part)
            {
                Find(name).Multiply(matrix, 0, 40, inputs, 2, all, 40);
                Find(name).Multiply(matrix, 8, 16, inputs, 2, some + 8, 40);
            }

            Assert.Equal([.. Enumerable.Range(0, 80).Select(i => i % 40 is >= 8 and < 24 ? whole[i] : 0)], part);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Multiply_Float16OfEveryFiniteNumber_IsExact(string name)
    {
        // Each row holds one number of float16 beside zeros, so that the product is that number.
        ushort[] bits = [.. Enumerable.Range(0, 1 << 16).Select(i => (ushort)i).Where(i => (i & 0x7C00) != 0x7C00)];
        const int Columns = 32;
        using var memory = new NativeBlock(2L * bits.Length * Columns);
        ushort* numbers = (ushort*)memory.Address;
        for (int row = 0; row < bits.Length; row++)
        {
            numbers[((long)row * Columns) + (row % Columns)] = bits[row];
        }

        using var matrix = new WeightMatrix(MatrixFormat.Float16, bits.Length, Columns, memory.Address);
        using var inputs = new Activations(1, Columns);
        new Span<float>(inputs.Row(0), Columns).Fill(1);
        inputs.Prepare(Find(name), MatrixFormat.Float16, 1, Columns);
        float[] actual = new float[bits.Length];
        fixed (float* output = actual)
        {
            Find(name).Multiply(matrix, 0, bits.Length, inputs, 1, output, bits.Length);
        }

        Assert.Equal(Array.ConvertAll(bits, number => (float)BitConverter.UInt16BitsToHalf(number)), actual);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Quantize_Inputs_EqualsPlainLoops(string name)
    {
        foreach (int columns in new[] { 32, 96, 45, 7 })
        {
            using Activations expected = Inputs(1, columns);
            using Activations actual = Inputs(1, columns);
            expected.Prepare(Plain, MatrixFormat.Int8, 1, columns);
            actual.Prepare(Find(name), MatrixFormat.Int8, 1, columns);
            int groups = WeightMatrix.GroupsOf(columns);

            Assert.Equal(new Span<sbyte>(expected.Quantized(0), groups * 32), new Span<sbyte>(actual.Quantized(0), groups * 32));
            Assert.Equal(new Span<float>(expected.Scales(0), groups), new Span<float>(actual.Scales(0), groups));
            Assert.Equal(new Span<int>(expected.Sums(0), groups), new Span<int>(actual.Sums(0), groups));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Vectors_NormGateAddDotExponentials_EqualPlainLoops(string name)
    {
        KernelSet kernels = Find(name);
        foreach (int count in new[] { 1, 7, 16, 48, 100 })
        {
            float[] expected = Vectors(Plain, count);
            float[] actual = Vectors(kernels, count);

            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f * (1 + Math.Abs(pair.First))));
        }
    }

    private static KernelSet Find(string name) => KernelSet.Supported().Single(set => set.Name == name);

    private static Activations Inputs(int rows, int columns)
    {
        var random = new Random(columns);
        var inputs = new Activations(rows, columns);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                inputs.Row(row)[column] = (float)(random.NextDouble() - 0.4);
            }
        }

        return inputs;
    }

    private static float[] Product(KernelSet kernels, WeightMatrix matrix, int count)
    {
        using Activations inputs = Inputs(count, matrix.Columns);
        inputs.Prepare(kernels, matrix.Format, count, matrix.Columns);
        float[] outputs = new float[count * matrix.Rows];
        fixed (float* output = outputs)
        {
            kernels.Multiply(matrix, 0, matrix.Rows, inputs, count, output, matrix.Rows);
        }

        return outputs;
    }

    private static float[] Vectors(KernelSet kernels, int count)
    {
        using Activations memory = Inputs(5, count);
        float* a = memory.Row(0);
        float* b = memory.Row(1);
        float* c = memory.Row(2);
        kernels.Norm(a, b, memory.Row(3), count, 1e-5f);
        kernels.Gate(c, b, count, Activation.Silu);
        kernels.Gate(memory.Row(4), b, count, Activation.GeluTanh);
        kernels.AddScaled(b, a, 0.5f, count);
        (float largest, double sum) = kernels.Exponentials(a, count);
        return
        [
            .. new Span<float>(memory.Row(3), count), .. new Span<float>(memory.Row(4), count), .. new Span<float>(c, count),
            .. new Span<float>(b, count),
            kernels.Dot(a, c, count), largest, (float)sum,
        ];
    }
}
