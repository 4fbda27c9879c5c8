namespace LLoCO.Core.Kernels.Simd;

/// <summary>Numbers in a stored format, read as floats. Two vectors come from one step: for 16-bit formats those at even and
/// at odd places, since that takes the fewest instructions; the numbers they are multiplied with are laid out the same
/// way.</summary>
/// <typeparam name="TSimd">The vector operations.</typeparam>
/// <typeparam name="TVector">The vector of floats.</typeparam>
internal unsafe interface IStored<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Gets the format.</summary>
    static abstract MatrixFormat Format { get; }

    /// <summary>Gets the bytes of one number.</summary>
    static abstract int Bytes { get; }

    /// <summary>Reads consecutive numbers.</summary>
    static abstract TVector Load(byte* from);

    /// <summary>Reads the first half of a step.</summary>
    static abstract TVector First(byte* from);

    /// <summary>Reads the second half of a step.</summary>
    static abstract TVector Second(byte* from);

    /// <summary>Reads both halves of a step.</summary>
    static abstract (TVector First, TVector Second) Both(byte* from);
}
