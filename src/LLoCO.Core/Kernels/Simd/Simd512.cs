using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LLoCO.Core.Kernels.Simd;

/// <summary>Vectors of 512 bits: AVX-512 F, BW, DQ.</summary>
internal readonly unsafe struct Simd512 : ISimd<Vector512<float>>
{
    /// <inheritdoc/>
    public static int Lanes => 16;

    /// <inheritdoc/>
    public static int Registers => 32;

    /// <inheritdoc/>
    public static Vector512<float> Zero => Vector512<float>.Zero;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* from) => Vector512.Load(from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> value, float* to) => value.Store(to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float value) => Vector512.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> left, Vector512<float> right) => left + right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> left, Vector512<float> right) => left * right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Divide(Vector512<float> left, Vector512<float> right) => left / right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> left, Vector512<float> right, Vector512<float> addend) =>
        Vector512.MultiplyAddEstimate(left, right, addend);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Max(Vector512<float> left, Vector512<float> right) =>
        Vector512.Max(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> value)
    {
        // The second operand is the result where one is NaN.
        value = Vector512.MaxNative(
            Vector512.Create(FastExp.Least), Vector512.MinNative(Vector512.Create(FastExp.Largest), value));
        Vector512<float> rounding = Vector512.Create(FastExp.Rounding);
        Vector512<float> whole = MultiplyAdd(value, Vector512.Create(FastExp.Turns), rounding) - rounding;
        return Avx512F.Scale(FastExp.Remainder<Simd512, Vector512<float>>(value, whole), whole);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> value) => Vector512.Sum(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector512<float> value) => Simd256.Largest(Vector256.Max(value.GetLower(), value.GetUpper()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> SumEach(
        Vector512<float> first, Vector512<float> second, Vector512<float> third, Vector512<float> fourth)
    {
        Vector512<float> left = Avx512F.UnpackLow(first, second) + Avx512F.UnpackHigh(first, second);
        Vector512<float> right = Avx512F.UnpackLow(third, fourth) + Avx512F.UnpackHigh(third, fourth);
        Vector512<double> low = Avx512F.UnpackLow(left.AsDouble(), right.AsDouble());
        Vector512<double> high = Avx512F.UnpackHigh(left.AsDouble(), right.AsDouble());
        Vector512<float> sums = low.AsSingle() + high.AsSingle();
        Vector256<float> half = sums.GetLower() + sums.GetUpper();
        return half.GetLower() + half.GetUpper();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Even(Vector512<float> first, Vector512<float> second) =>
        Avx512F.PermuteVar16x32x2(first, Vector512.CreateSequence(0, 2), second);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Odd(Vector512<float> first, Vector512<float> second) =>
        Avx512F.PermuteVar16x32x2(first, Vector512.CreateSequence(1, 2), second);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadBFloat16(ushort* from) =>
        (Avx512F.ConvertToVector512UInt32(Vector256.Load(from)) << 16).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadFloat16(ushort* from) =>
        FromFloat16(Avx512F.ConvertToVector512UInt32(Vector256.Load(from)) << 16);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> EvenBFloat16(ushort* from) => (Vector512.Load((uint*)from) << 16).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> OddBFloat16(ushort* from) =>
        (Vector512.Load((uint*)from) & Vector512.Create(0xFFFF_0000u)).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> EvenFloat16(ushort* from) => FromFloat16(Vector512.Load((uint*)from) << 16);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> OddFloat16(ushort* from) => FromFloat16(Vector512.Load((uint*)from));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Even, Vector512<float> Odd) PairFloat16(ushort* from)
    {
        // One check for subnormal numbers serves both.
        Vector512<uint> both = Vector512.Load((uint*)from);
        Vector512<float> even = WithBias(both << 16);
        Vector512<float> odd = WithBias(both);
        if (Vector512.EqualsAny(both.AsUInt16() & Vector512.Create((ushort)0x7C00), Vector512<ushort>.Zero))
        {
            even = WithSubnormal(even, both << 16);
            odd = WithSubnormal(odd, both);
        }

        return (even, odd);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* address) => Sse.Prefetch0(address);

    /// <summary>Widens float16 numbers in the upper halves. Infinities are not kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> FromFloat16(Vector512<uint> upper)
    {
        Vector512<float> biased = WithBias(upper);
        return Vector512.EqualsAny(upper & Vector512.Create(0x7C00_0000u), Vector512<uint>.Zero)
            ? WithSubnormal(biased, upper)
            : biased;
    }

    /// <summary>Gives float16 numbers in the upper halves the exponent's bias of float32. Not right for subnormal ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> WithBias(Vector512<uint> upper)
    {
        Vector512<uint> moved = Vector512.ShiftRightArithmetic(upper.AsInt32(), 3).AsUInt32() & Vector512.Create(0x8FFF_E000u);
        return (moved + Vector512.Create(0x3800_0000u)).AsSingle();
    }

    /// <summary>Corrects subnormal numbers. They have no leading one, which the bias gave them: 2^-15 (1 + f) became of 2^-14 f,
    /// and is brought back exactly. They are never fed to the processor as subnormal floats, which would cost it some hundred
    /// cycles each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> WithSubnormal(Vector512<float> biased, Vector512<uint> upper)
    {
        Vector512<float> excess = ((upper & Vector512.Create(0x8000_0000u)) ^ Vector512.Create(0xB880_0000u)).AsSingle();
        Vector512<float> subnormal = Avx512F.FusedMultiplyAdd(biased, Vector512.Create(2f), excess);
        Vector512<uint> exponents = upper & Vector512.Create(0x7C00_0000u);
        return Vector512.ConditionalSelect(Vector512.Equals(exponents, Vector512<uint>.Zero).AsSingle(), subnormal, biased);
    }
}
