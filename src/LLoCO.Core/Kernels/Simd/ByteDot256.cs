using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LLoCO.Core.Kernels.Simd;

/// <summary>Whether the processor's instruction for four products in one is used.</summary>
internal interface IByteProducts
{
    /// <summary>Adds to each sum the products of its four weights, 0 to 255, and inputs, -127 to 127.</summary>
    static abstract Vector256<int> Dot(Vector256<int> sums, Vector256<byte> weights, Vector256<sbyte> inputs);

    /// <summary>The same for weights of 0 to 15.</summary>
    static abstract Vector256<int> DotHalves(Vector256<int> sums, Vector256<byte> weights, Vector256<sbyte> inputs);
}

/// <summary>AVX-VNNI.</summary>
internal readonly struct VnniProducts : IByteProducts
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Dot(Vector256<int> sums, Vector256<byte> weights, Vector256<sbyte> inputs) =>
        AvxVnni.MultiplyWideningAndAdd(sums, weights, inputs);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> DotHalves(Vector256<int> sums, Vector256<byte> weights, Vector256<sbyte> inputs) =>
        AvxVnni.MultiplyWideningAndAdd(sums, weights, inputs);
}

/// <summary>AVX2 alone. Its product of bytes saturates at 16 bits, which weights of 8 bits would reach.</summary>
internal readonly struct PlainProducts : IByteProducts
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Dot(Vector256<int> sums, Vector256<byte> weights, Vector256<sbyte> inputs)
    {
        Vector256<short> even = (weights.AsInt16() & Vector256.Create((short)0xFF));
        Vector256<short> odd = Avx2.ShiftRightLogical(weights.AsInt16(), 8);
        Vector256<short> evenInputs = Avx2.ShiftRightArithmetic(Avx2.ShiftLeftLogical(inputs.AsInt16(), 8), 8);
        Vector256<short> oddInputs = Avx2.ShiftRightArithmetic(inputs.AsInt16(), 8);
        return sums + Avx2.MultiplyAddAdjacent(even, evenInputs) + Avx2.MultiplyAddAdjacent(odd, oddInputs);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> DotHalves(Vector256<int> sums, Vector256<byte> weights, Vector256<sbyte> inputs) =>
        sums + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(weights, inputs), Vector256<short>.One);
}

/// <summary>Eight rows at a time: AVX2, with or without AVX-VNNI.</summary>
/// <typeparam name="TProducts">The products.</typeparam>
internal readonly unsafe struct ByteDot256<TProducts> : IByteDot<Vector256<int>, Vector256<float>>
    where TProducts : struct, IByteProducts
{
    /// <inheritdoc/>
    public static int Rows => 8;

    /// <inheritdoc/>
    public static int Int8Excess => 128;

    /// <inheritdoc/>
    public static Vector256<float> Zero => Vector256<float>.Zero;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadInt8(byte* from) => Vector256.Load((int*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadInt4(byte* from) => Vector256.Load((int*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Low(Vector256<int> halves) => halves & Vector256.Create(0x0F0F_0F0F);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> High(Vector256<int> halves) => (halves >>> 4) & Vector256.Create(0x0F0F_0F0F);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(int value) => Vector256.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> FourInputs(sbyte* from) => Vector256.Create(*(int*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Dot(Vector256<int> sums, Vector256<int> weights, Vector256<int> inputs) =>
        TProducts.Dot(sums, weights.AsByte(), inputs.AsSByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> DotHalves(Vector256<int> sums, Vector256<int> weights, Vector256<int> inputs) =>
        TProducts.DotHalves(sums, weights.AsByte(), inputs.AsSByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Scales(ushort* from) => Simd256.LoadBFloat16(from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Accumulate(
        Vector256<float> total, Vector256<int> sums, Vector256<float> scales, float scale) =>
        Simd256.MultiplyAdd(Avx.ConvertToVector256Single(sums), scales * Vector256.Create(scale), total);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* address) => Simd256.Prefetch(address);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> value, float* to) => value.Store(to);
}
