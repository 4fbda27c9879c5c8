using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LLoCO.Core.Kernels.Simd;
using Xunit;

namespace LLoCO.Core.Tests.Kernels;

/// <summary>e to the power of floats against .NET's, in double precision.</summary>
public sealed unsafe class FastExpTests
{
    public static TheoryData<int> Widths
    {
        get
        {
            var widths = new TheoryData<int> { 128 };
            if (Avx2.IsSupported && Fma.IsSupported)
            {
                widths.Add(256);
            }

            if (Avx512DQ.IsSupported)
            {
                widths.Add(512);
            }

            return widths;
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Exp_AllOverTheRange_IsWithinOneUnitInTheLastPlace(int width)
    {
        // Every 1,009th float from 2^-126 to the limits, of both signs.
        float[] numbers = new float[16];
        for (uint bits = 0x0080_0000; bits < BitConverter.SingleToUInt32Bits(104); bits += 1009 * 8)
        {
            for (uint lane = 0; lane < 8; lane++)
            {
                numbers[lane] = BitConverter.UInt32BitsToSingle(bits + (1009 * lane));
                numbers[8 + lane] = -numbers[lane];
            }

            float[] results = Compute(width, numbers);
            for (int lane = 0; lane < numbers.Length; lane++)
            {
                double right = Math.Exp(numbers[lane]);
                if (right > float.MaxValue)
                {
                    // The last number before infinity may be given for it.
                    Assert.True(results[lane] >= MathF.BitDecrement(float.MaxValue), $"e^{numbers[lane]}");
                    continue;
                }

                double unit = Math.Max(float.Epsilon, Math.Pow(2, Math.Floor(Math.Log2(right)) - 23));
                Assert.True(Math.Abs(results[lane] - right) <= unit, $"e^{numbers[lane]:R}: {results[lane]:R}, not {right:R}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Exp_Limits_AreThoseOfTheFunction(int width)
    {
        float[] numbers =
        [
            0, -0f, float.Epsilon, -float.Epsilon, float.NegativeInfinity, float.PositiveInfinity, float.NaN, 1e30f, -1e30f, -104,
            -200, 89, 100, 1e-30f, float.MinValue, float.MaxValue,
        ];
        const float Endless = float.PositiveInfinity;

        Assert.Equal([1, 1, 1, 1, 0, Endless, float.NaN, Endless, 0, 0, 0, Endless, Endless, 1, 0, Endless], Compute(width, numbers));
    }

    private static float[] Compute(int width, float[] numbers)
    {
        float[] results = new float[16];
        fixed (float* from = numbers, to = results)
        {
            for (int lane = 0; lane < 16; lane += width / 32)
            {
                switch (width)
                {
                    case 512:
                        Simd512.Exp(Vector512.Load(from + lane)).Store(to + lane);
                        break;
                    case 256:
                        Simd256.Exp(Vector256.Load(from + lane)).Store(to + lane);
                        break;
                    default:
                        Simd128.Exp(Vector128.Load(from + lane)).Store(to + lane);
                        break;
                }
            }
        }

        return results;
    }
}
