using System.Runtime.CompilerServices;

namespace LLoCO.Core.Kernels.Simd;

/// <summary>float32.</summary>
internal readonly unsafe struct StoredFloat32<TSimd, TVector> : IStored<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <inheritdoc/>
    public static MatrixFormat Format => MatrixFormat.Float32;

    /// <inheritdoc/>
    public static int Bytes => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load(byte* from) => TSimd.Load((float*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector First(byte* from) => TSimd.Load((float*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Second(byte* from) => TSimd.Load((float*)from + TSimd.Lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TVector First, TVector Second) Both(byte* from) => (First(from), Second(from));
}

/// <summary>bfloat16.</summary>
internal readonly unsafe struct StoredBFloat16<TSimd, TVector> : IStored<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <inheritdoc/>
    public static MatrixFormat Format => MatrixFormat.BFloat16;

    /// <inheritdoc/>
    public static int Bytes => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load(byte* from) => TSimd.LoadBFloat16((ushort*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector First(byte* from) => TSimd.EvenBFloat16((ushort*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Second(byte* from) => TSimd.OddBFloat16((ushort*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TVector First, TVector Second) Both(byte* from) => (First(from), Second(from));
}

/// <summary>float16.</summary>
internal readonly unsafe struct StoredFloat16<TSimd, TVector> : IStored<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <inheritdoc/>
    public static MatrixFormat Format => MatrixFormat.Float16;

    /// <inheritdoc/>
    public static int Bytes => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load(byte* from) => TSimd.LoadFloat16((ushort*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector First(byte* from) => TSimd.EvenFloat16((ushort*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Second(byte* from) => TSimd.OddFloat16((ushort*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TVector First, TVector Second) Both(byte* from) => TSimd.PairFloat16((ushort*)from);
}
