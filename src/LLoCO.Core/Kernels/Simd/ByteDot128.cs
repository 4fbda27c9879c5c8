using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace LLoCO.Core.Kernels.Simd;

/// <summary>Four rows at a time, through .NET's portable operations, and NEON's dot product where there is one.</summary>
internal readonly unsafe struct ByteDot128 : IByteDot<Vector128<int>, Vector128<float>>
{
    /// <inheritdoc/>
    public static int Rows => 4;

    /// <inheritdoc/>
    public static int Int8Excess => Dp.IsSupported ? 0 : 128;

    /// <inheritdoc/>
    public static Vector128<float> Zero => Vector128<float>.Zero;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadInt8(byte* from)
    {
        Vector128<int> stored = Vector128.Load((int*)from);

        // NEON multiplies signed bytes: with the top bit flipped, stored 0 … 255 is the weight itself.
        return Dp.IsSupported ? stored ^ Vector128.Create((byte)0x80).AsInt32() : stored;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadInt4(byte* from) => Vector128.Load((int*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Low(Vector128<int> halves) => halves & Vector128.Create(0x0F0F_0F0F);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> High(Vector128<int> halves) => (halves >>> 4) & Vector128.Create(0x0F0F_0F0F);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(int value) => Vector128.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> FourInputs(sbyte* from) => Vector128.Create(*(int*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Dot(Vector128<int> sums, Vector128<int> weights, Vector128<int> inputs)
    {
        if (Dp.IsSupported)
        {
            return Dp.DotProduct(sums, weights.AsSByte(), inputs.AsSByte());
        }

        // 255 * 127 fits 16 signed bits, but the sum of two does not, so they are widened before they are added.
        Vector128<short> even = (weights.AsInt16() & Vector128.Create((short)0xFF)) * ((inputs.AsInt16() << 8) >> 8);
        Vector128<short> odd = (weights.AsUInt16() >> 8).AsInt16() * (inputs.AsInt16() >> 8);
        return sums + Pairs(even.AsInt32()) + Pairs(odd.AsInt32());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> DotHalves(Vector128<int> sums, Vector128<int> weights, Vector128<int> inputs) =>
        Dot(sums, weights, inputs);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Scales(ushort* from) => Simd128.LoadBFloat16(from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Accumulate(
        Vector128<float> total, Vector128<int> sums, Vector128<float> scales, float scale) =>
        Simd128.MultiplyAdd(Vector128.ConvertToSingle(sums), scales * Vector128.Create(scale), total);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* address) => Simd128.Prefetch(address);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> value, float* to) => value.Store(to);

    /// <summary>Adds the two 16-bit numbers in each 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Pairs(Vector128<int> products) => ((products << 16) >> 16) + (products >> 16);
}
