using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LLoCO.Core.Kernels.Simd;

/*
 *   n = x / ln 2, rounded         r = x - n ln 2, with ln 2 in two parts         e^x = 2^n e^r,   |r| <= ln 2 / 2
 *   e^r = 1 + r + r^2 q(r)        q: the polynomial of degree 4 with the smallest largest relative error (2^-28.3)
 */

/// <summary>e to the power of vectors of floats, within one unit in the last place.</summary>
/// <remarks>.NET's own compute in double precision, at three to five times the cost.</remarks>
internal static class FastExp
{
    /// <summary>e to this is 0 in float32, subnormal numbers included.</summary>
    internal const float Least = -104;

    /// <summary>e to this is infinite in float32.</summary>
    internal const float Largest = 89;

    /// <summary>1 / ln 2.</summary>
    internal const float Turns = 1.44269504f;

    /// <summary>Added and subtracted, it rounds a number of this size to a whole one.</summary>
    internal const float Rounding = 12_582_912;

    /// <summary>The negative of ln 2 in few bits, so that its products with whole numbers are exact.</summary>
    internal const float MinusLn2 = -0.693145752f;

    /// <summary>The negative of what is missing of ln 2.</summary>
    internal const float MinusRest = -1.42860677e-06f;

    /// <summary>Computes e^r.</summary>
    /// <typeparam name="TSimd">Operations on vectors.</typeparam>
    /// <typeparam name="TVector">A vector.</typeparam>
    /// <param name="value">The exponents, x, from <see cref="Least"/> to <see cref="Largest"/>.</param>
    /// <param name="whole">n.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Remainder<TSimd, TVector>(TVector value, TVector whole)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector rest = TSimd.MultiplyAdd(whole, TSimd.Broadcast(MinusLn2), value);
        rest = TSimd.MultiplyAdd(whole, TSimd.Broadcast(MinusRest), rest);
        TVector sum = TSimd.MultiplyAdd(TSimd.Broadcast(0.00138145394f), rest, TSimd.Broadcast(0.00836874545f));
        sum = TSimd.MultiplyAdd(sum, rest, TSimd.Broadcast(0.041668389f));
        sum = TSimd.MultiplyAdd(sum, rest, TSimd.Broadcast(0.166665211f));
        sum = TSimd.MultiplyAdd(sum, rest, TSimd.Broadcast(0.49999994f));
        sum = TSimd.MultiplyAdd(sum, rest, TSimd.Broadcast(1));
        return TSimd.MultiplyAdd(sum, rest, TSimd.Broadcast(1));
    }

    /// <summary>Multiplies with a power of two, in two steps: the power itself may be beyond the numbers, above or below.</summary>
    /// <param name="number">The numbers.</param>
    /// <param name="power">The exponents.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> Scale(Vector128<float> number, Vector128<int> power)
    {
        Vector128<int> half = power >> 1;
        Vector128<int> bias = Vector128.Create(127);
        return number * ((half + bias) << 23).AsSingle() * ((power - half + bias) << 23).AsSingle();
    }

    /// <inheritdoc cref="Scale(Vector128{float}, Vector128{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Scale(Vector256<float> number, Vector256<int> power)
    {
        Vector256<int> half = power >> 1;
        Vector256<int> bias = Vector256.Create(127);
        return number * ((half + bias) << 23).AsSingle() * ((power - half + bias) << 23).AsSingle();
    }
}
