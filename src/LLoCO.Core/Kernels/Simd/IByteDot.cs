namespace LLoCO.Core.Kernels.Simd;

/// <summary>Dot products of bytes, four by four: the quantized formats' operations.</summary>
/// <typeparam name="TBytes">Weights or inputs, and sums of 32 bits.</typeparam>
/// <typeparam name="TFloats">As many floats as <typeparamref name="TBytes"/> holds sums.</typeparam>
internal unsafe interface IByteDot<TBytes, TFloats>
    where TBytes : struct
    where TFloats : struct
{
    /// <summary>Gets the rows of a vector: 8 or 4.</summary>
    static abstract int Rows { get; }

    /// <summary>Gets the offset of <see cref="LoadInt8"/>'s numbers from the weights.</summary>
    static abstract int Int8Excess { get; }

    /// <summary>Gets zeros.</summary>
    static abstract TFloats Zero { get; }

    /// <summary>Reads weights of 8 bits.</summary>
    static abstract TBytes LoadInt8(byte* from);

    /// <summary>Reads weights of 4 bits, two to a byte.</summary>
    static abstract TBytes LoadInt4(byte* from);

    /// <summary>The low halves of bytes, 0 to 15.</summary>
    static abstract TBytes Low(TBytes halves);

    /// <summary>The high halves of bytes, 0 to 15.</summary>
    static abstract TBytes High(TBytes halves);

    /// <summary>Fills all sums with one number.</summary>
    static abstract TBytes Broadcast(int value);

    /// <summary>Fills a vector with the same four inputs.</summary>
    static abstract TBytes FourInputs(sbyte* from);

    /// <summary>Adds to each sum the products of its four weights and inputs.</summary>
    static abstract TBytes Dot(TBytes sums, TBytes weights, TBytes inputs);

    /// <summary>As <see cref="Dot"/>, for weights of 0 to 15.</summary>
    static abstract TBytes DotHalves(TBytes sums, TBytes weights, TBytes inputs);

    /// <summary>Widens bfloat16 scales.</summary>
    static abstract TFloats Scales(ushort* from);

    /// <summary><c>total + sums * scales * scale</c>.</summary>
    static abstract TFloats Accumulate(TFloats total, TBytes sums, TFloats scales, float scale);

    /// <summary>Prefetches a cache line.</summary>
    static abstract void Prefetch(byte* address);

    /// <summary>Stores a vector of floats at an address.</summary>
    static abstract void Store(TFloats value, float* to);
}
