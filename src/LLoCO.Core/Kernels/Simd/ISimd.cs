using System.Runtime.Intrinsics;

namespace LLoCO.Core.Kernels.Simd;

/// <summary>Vector operations of one width, so that a kernel is written once: the compiler generates separate code for each
/// implementation and inlines these methods.</summary>
/// <typeparam name="TVector">The vector of floats.</typeparam>
internal unsafe interface ISimd<TVector>
    where TVector : struct
{
    /// <summary>Gets the floats in a vector.</summary>
    static abstract int Lanes { get; }

    /// <summary>Gets the number of the processor's vector registers.</summary>
    static abstract int Registers { get; }

    /// <summary>Gets zeros.</summary>
    static abstract TVector Zero { get; }

    /// <summary>Loads a vector of floats from an address.</summary>
    static abstract TVector Load(float* from);

    /// <summary>Stores a vector of floats at an address.</summary>
    static abstract void Store(TVector value, float* to);

    /// <summary>Fills a vector with one number.</summary>
    static abstract TVector Broadcast(float value);

    /// <summary>Adds lane by lane.</summary>
    static abstract TVector Add(TVector left, TVector right);

    /// <summary>Multiplies lane by lane.</summary>
    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>Divides lane by lane.</summary>
    static abstract TVector Divide(TVector left, TVector right);

    /// <summary><c>left * right + addend</c>.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    /// <summary>The larger ones.</summary>
    static abstract TVector Max(TVector left, TVector right);

    /// <summary>e to the power of each, within one unit in the last place of normal results.</summary>
    static abstract TVector Exp(TVector value);

    /// <summary>Adds all lanes.</summary>
    static abstract float Sum(TVector value);

    /// <summary>The largest lane.</summary>
    static abstract float Largest(TVector value);

    /// <summary>Adds the lanes of each of four vectors.</summary>
    static abstract Vector128<float> SumEach(TVector first, TVector second, TVector third, TVector fourth);

    /// <summary>Of two vectors that follow each other, the numbers at even places.</summary>
    static abstract TVector Even(TVector first, TVector second);

    /// <summary>Of two vectors that follow each other, the numbers at odd places.</summary>
    static abstract TVector Odd(TVector first, TVector second);

    /// <summary>Widens consecutive bfloat16 numbers.</summary>
    static abstract TVector LoadBFloat16(ushort* from);

    /// <summary>Widens consecutive float16 numbers.</summary>
    static abstract TVector LoadFloat16(ushort* from);

    /// <summary>Of twice as many bfloat16 numbers as lanes, those at even places.</summary>
    static abstract TVector EvenBFloat16(ushort* from);

    /// <summary>Of twice as many bfloat16 numbers as lanes, those at odd places.</summary>
    static abstract TVector OddBFloat16(ushort* from);

    /// <summary>Of twice as many float16 numbers as lanes, those at even places.</summary>
    static abstract TVector EvenFloat16(ushort* from);

    /// <summary>Of twice as many float16 numbers as lanes, those at odd places.</summary>
    static abstract TVector OddFloat16(ushort* from);

    /// <summary>Of twice as many float16 numbers as lanes, those at even and those at odd places.</summary>
    static abstract (TVector Even, TVector Odd) PairFloat16(ushort* from);

    /// <summary>Prefetches a cache line.</summary>
    static abstract void Prefetch(byte* address);
}
