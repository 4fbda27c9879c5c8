using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace LLoCO.Core.Kernels.Simd;

/// <summary>Vectors of 128 bits through .NET's portable operations: NEON, SSE, WebAssembly.</summary>
internal readonly unsafe struct Simd128 : ISimd<Vector128<float>>
{
    /// <inheritdoc/>
    public static int Lanes => 4;

    /// <inheritdoc/>
    public static int Registers => AdvSimd.IsSupported ? 32 : 16;

    /// <inheritdoc/>
    public static Vector128<float> Zero => Vector128<float>.Zero;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* from) => Vector128.Load(from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> value, float* to) => value.Store(to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(float value) => Vector128.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> left, Vector128<float> right) => left + right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> left, Vector128<float> right) => left * right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Divide(Vector128<float> left, Vector128<float> right) => left / right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> left, Vector128<float> right, Vector128<float> addend) =>
        Vector128.MultiplyAddEstimate(left, right, addend);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Max(Vector128<float> left, Vector128<float> right) =>
        Vector128.Max(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Exp(Vector128<float> value)
    {
        // The second operand is the result where one is NaN.
        value = Vector128.MaxNative(
            Vector128.Create(FastExp.Least), Vector128.MinNative(Vector128.Create(FastExp.Largest), value));
        Vector128<float> rounding = Vector128.Create(FastExp.Rounding);
        Vector128<float> whole = MultiplyAdd(value, Vector128.Create(FastExp.Turns), rounding) - rounding;
        return FastExp.Scale(
            FastExp.Remainder<Simd128, Vector128<float>>(value, whole), Vector128.ConvertToInt32Native(whole));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> value) => Vector128.Sum(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector128<float> value) =>
        MathF.Max(MathF.Max(value[0], value[1]), MathF.Max(value[2], value[3]));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> SumEach(
        Vector128<float> first, Vector128<float> second, Vector128<float> third, Vector128<float> fourth) =>
        Vector128.Create(Vector128.Sum(first), Vector128.Sum(second), Vector128.Sum(third), Vector128.Sum(fourth));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Even(Vector128<float> first, Vector128<float> second) =>
        Vector128.Create(
            Vector128.Shuffle(first, Vector128.Create(0, 2, 0, 2)).GetLower(),
            Vector128.Shuffle(second, Vector128.Create(0, 2, 0, 2)).GetLower());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Odd(Vector128<float> first, Vector128<float> second) =>
        Vector128.Create(
            Vector128.Shuffle(first, Vector128.Create(1, 3, 1, 3)).GetLower(),
            Vector128.Shuffle(second, Vector128.Create(1, 3, 1, 3)).GetLower());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadBFloat16(ushort* from) =>
        (Vector128.WidenLower(Vector64.Load(from).ToVector128Unsafe()) << 16).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadFloat16(ushort* from) =>
        FromFloat16(Vector128.WidenLower(Vector64.Load(from).ToVector128Unsafe()) << 16);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> EvenBFloat16(ushort* from) => (Vector128.Load((uint*)from) << 16).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> OddBFloat16(ushort* from) =>
        (Vector128.Load((uint*)from) & Vector128.Create(0xFFFF_0000u)).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> EvenFloat16(ushort* from) => FromFloat16(Vector128.Load((uint*)from) << 16);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> OddFloat16(ushort* from) => FromFloat16(Vector128.Load((uint*)from));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<float> Even, Vector128<float> Odd) PairFloat16(ushort* from) => (EvenFloat16(from), OddFloat16(from));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }

    /// <summary>Widens float16 numbers in the upper halves. Their exponents get the bias of float32; subnormal ones, which have
    /// no leading one, are handled apart, and are never fed to the processor as subnormal floats, which would cost it some
    /// hundred cycles each. Infinities are not kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> FromFloat16(Vector128<uint> upper)
    {
        Vector128<uint> moved = Vector128.ShiftRightArithmetic(upper.AsInt32(), 3).AsUInt32() & Vector128.Create(0x8FFF_E000u);
        Vector128<uint> exponents = moved & Vector128.Create(0x0F80_0000u);
        Vector128<float> normal = (moved + Vector128.Create(0x3800_0000u)).AsSingle();
        if (!Vector128.EqualsAny(exponents, Vector128<uint>.Zero))
        {
            return normal;
        }

        // With an exponent of its own a subnormal number is 2^-14 too large, exactly.
        Vector128<uint> sign = moved & Vector128.Create(0x8000_0000u);
        Vector128<float> excess = (sign | Vector128.Create(0x3880_0000u)).AsSingle();
        Vector128<float> subnormal = (moved + Vector128.Create(0x3880_0000u)).AsSingle() - excess;
        return Vector128.ConditionalSelect(Vector128.Equals(exponents, Vector128<uint>.Zero).AsSingle(), subnormal, normal);
    }
}
