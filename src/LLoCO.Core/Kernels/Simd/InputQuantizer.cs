using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LLoCO.Core.Kernels.Simd;

/// <summary>Rounds inputs to 8 bits with a scale per group, eight at a time.</summary>
internal static unsafe class InputQuantizer
{
    /// <summary>Quantizes a row; see <see cref="KernelSet.Quantize"/>.</summary>
    internal static void Quantize(float* from, int columns, sbyte* numbers, float* scales, int* sums)
    {
        int whole = columns / WeightMatrix.GroupColumns;
        for (int group = 0; group < whole; group++)
        {
            Group(from + (group * WeightMatrix.GroupColumns), numbers + (group * WeightMatrix.GroupColumns), scales + group,
                sums + group);
        }

        int rest = columns - (whole * WeightMatrix.GroupColumns);
        if (rest > 0)
        {
            float* padded = stackalloc float[WeightMatrix.GroupColumns];
            new Span<float>(padded, WeightMatrix.GroupColumns).Clear();
            new ReadOnlySpan<float>(from + columns - rest, rest).CopyTo(new Span<float>(padded, rest));
            Group(padded, numbers + columns - rest, scales + whole, sums + whole);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Group(float* from, sbyte* numbers, float* scale, int* sum)
    {
        Vector256<float> a = Vector256.Load(from);
        Vector256<float> b = Vector256.Load(from + 8);
        Vector256<float> c = Vector256.Load(from + 16);
        Vector256<float> d = Vector256.Load(from + 24);
        Vector256<float> max = Vector256.Max(
            Vector256.Max(Vector256.Abs(a), Vector256.Abs(b)), Vector256.Max(Vector256.Abs(c), Vector256.Abs(d)));
        float largest = Simd128.Largest(Vector128.Max(max.GetLower(), max.GetUpper()));
        *scale = largest / 127;
        Vector256<float> factor = Vector256.Create(largest == 0 ? 0 : 127 / largest);
        Vector256<int> wholeA = Rounded(a * factor);
        Vector256<int> wholeB = Rounded(b * factor);
        Vector256<int> wholeC = Rounded(c * factor);
        Vector256<int> wholeD = Rounded(d * factor);
        *sum = Vector256.Sum(wholeA + wholeB + wholeC + wholeD);
        Vector256.Narrow(Vector256.Narrow(wholeA, wholeB), Vector256.Narrow(wholeC, wholeD)).Store(numbers);
    }

    private static Vector256<int> Rounded(Vector256<float> numbers) => Vector256.ConvertToInt32Native(Vector256.Round(numbers));
}
