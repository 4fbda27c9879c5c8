using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LLoCO.Core.Kernels.Simd;

/// <summary>Vectors of 256 bits: AVX2 and FMA.</summary>
internal readonly unsafe struct Simd256 : ISimd<Vector256<float>>
{
    /// <inheritdoc/>
    public static int Lanes => 8;

    /// <inheritdoc/>
    public static int Registers => 16;

    /// <inheritdoc/>
    public static Vector256<float> Zero => Vector256<float>.Zero;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* from) => Vector256.Load(from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> value, float* to) => value.Store(to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Broadcast(float value) => Vector256.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> left, Vector256<float> right) => left + right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> left, Vector256<float> right) => left * right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Divide(Vector256<float> left, Vector256<float> right) => left / right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> left, Vector256<float> right, Vector256<float> addend) =>
        Vector256.MultiplyAddEstimate(left, right, addend);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Max(Vector256<float> left, Vector256<float> right) => Vector256.Max(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> value)
    {
        // The second operand is the result where one is NaN.
        value = Vector256.MaxNative(
            Vector256.Create(FastExp.Least), Vector256.MinNative(Vector256.Create(FastExp.Largest), value));
        Vector256<float> rounding = Vector256.Create(FastExp.Rounding);
        Vector256<float> whole = MultiplyAdd(value, Vector256.Create(FastExp.Turns), rounding) - rounding;
        return FastExp.Scale(
            FastExp.Remainder<Simd256, Vector256<float>>(value, whole), Vector256.ConvertToInt32Native(whole));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> value) => Vector256.Sum(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector256<float> value) => Simd128.Largest(Vector128.Max(value.GetLower(), value.GetUpper()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> SumEach(
        Vector256<float> first, Vector256<float> second, Vector256<float> third, Vector256<float> fourth)
    {
        Vector256<float> left = Avx.UnpackLow(first, second) + Avx.UnpackHigh(first, second);
        Vector256<float> right = Avx.UnpackLow(third, fourth) + Avx.UnpackHigh(third, fourth);
        Vector256<double> low = Avx.UnpackLow(left.AsDouble(), right.AsDouble());
        Vector256<double> high = Avx.UnpackHigh(left.AsDouble(), right.AsDouble());
        Vector256<float> sums = low.AsSingle() + high.AsSingle();
        return sums.GetLower() + sums.GetUpper();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Even(Vector256<float> first, Vector256<float> second) =>
        Avx2.Permute4x64(Avx.Shuffle(first, second, 0b10_00_10_00).AsDouble(), 0b11_01_10_00).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Odd(Vector256<float> first, Vector256<float> second) =>
        Avx2.Permute4x64(Avx.Shuffle(first, second, 0b11_01_11_01).AsDouble(), 0b11_01_10_00).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadBFloat16(ushort* from) => (Avx2.ConvertToVector256Int32(from).AsUInt32() << 16).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadFloat16(ushort* from) => FromFloat16(Avx2.ConvertToVector256Int32(from).AsUInt32() << 16);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> EvenBFloat16(ushort* from) => (Vector256.Load((uint*)from) << 16).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> OddBFloat16(ushort* from) =>
        (Vector256.Load((uint*)from) & Vector256.Create(0xFFFF_0000u)).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> EvenFloat16(ushort* from) => FromFloat16(Vector256.Load((uint*)from) << 16);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> OddFloat16(ushort* from) => FromFloat16(Vector256.Load((uint*)from));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> Even, Vector256<float> Odd) PairFloat16(ushort* from) => (EvenFloat16(from), OddFloat16(from));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* address) => Sse.Prefetch0(address);

    /// <summary>Widens float16 numbers in the upper halves. Their exponents get the bias of float32; subnormal ones, which have
    /// no leading one, are handled apart, and are never fed to the processor as subnormal floats, which would cost it some
    /// hundred cycles each. Infinities are not kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> FromFloat16(Vector256<uint> upper)
    {
        Vector256<uint> moved = Vector256.ShiftRightArithmetic(upper.AsInt32(), 3).AsUInt32() & Vector256.Create(0x8FFF_E000u);
        Vector256<uint> exponents = moved & Vector256.Create(0x0F80_0000u);
        Vector256<float> normal = (moved + Vector256.Create(0x3800_0000u)).AsSingle();
        if (!Vector256.EqualsAny(exponents, Vector256<uint>.Zero))
        {
            return normal;
        }

        // With an exponent of its own a subnormal number is 2^-14 too large, exactly.
        Vector256<uint> sign = moved & Vector256.Create(0x8000_0000u);
        Vector256<float> excess = (sign | Vector256.Create(0x3880_0000u)).AsSingle();
        Vector256<float> subnormal = (moved + Vector256.Create(0x3880_0000u)).AsSingle() - excess;
        return Vector256.ConditionalSelect(Vector256.Equals(exponents, Vector256<uint>.Zero).AsSingle(), subnormal, normal);
    }
}
