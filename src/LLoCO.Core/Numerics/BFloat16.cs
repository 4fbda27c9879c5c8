using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LLoCO.Core.Numerics;

/// <summary>
/// bfloat16 is the upper half of a float32: sign, the same 8 exponent bits, 7 of 23 mantissa bits. Widening is a shift;
/// narrowing rounds to nearest, ties to even, as PyTorch's <c>Tensor.bfloat16()</c> does.
/// </summary>
internal static class BFloat16
{
    /// <summary>Narrows one number, as <see cref="Narrow"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort FromSingle(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);

        // A NaN whose payload lies in the dropped half would round to infinity: make it a quiet NaN first.
        return float.IsNaN(value)
            ? (ushort)((bits >> 16) | 0x0040)
            : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>Widens one bit pattern; exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>Narrows numbers. NaN stays NaN; finite numbers beyond the largest bfloat16 become infinite.</summary>
    /// <param name="source">The numbers.</param>
    /// <param name="destination">Gets one bit pattern per number.</param>
    public static void Narrow(ReadOnlySpan<float> source, Span<ushort> destination)
    {
        int done = 0;
        if (Vector.IsHardwareAccelerated && source.Length >= Vector<ushort>.Count)
        {
            int half = Vector<uint>.Count;
            for (; done <= source.Length - Vector<ushort>.Count; done += Vector<ushort>.Count)
            {
                Vector<uint> low = NarrowBits(new Vector<float>(source[done..]));
                Vector<uint> high = NarrowBits(new Vector<float>(source[(done + half)..]));
                Vector.Narrow(low, high).CopyTo(destination[done..]);
            }
        }

        for (; done < source.Length; done++)
        {
            destination[done] = FromSingle(source[done]);
        }
    }

    /// <summary>Widens bit patterns; exact.</summary>
    /// <param name="source">The bit patterns.</param>
    /// <param name="destination">Gets one number per pattern.</param>
    public static void Widen(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        Span<uint> bits = MemoryMarshal.Cast<float, uint>(destination);
        int done = 0;
        if (Vector.IsHardwareAccelerated)
        {
            int half = Vector<uint>.Count;
            for (; done <= source.Length - Vector<ushort>.Count; done += Vector<ushort>.Count)
            {
                Vector.Widen(new Vector<ushort>(source[done..]), out Vector<uint> low, out Vector<uint> high);
                (low << 16).CopyTo(bits[done..]);
                (high << 16).CopyTo(bits[(done + half)..]);
            }
        }

        for (; done < source.Length; done++)
        {
            bits[done] = (uint)source[done] << 16;
        }
    }

    private static Vector<uint> NarrowBits(Vector<float> values)
    {
        Vector<uint> bits = Vector.AsVectorUInt32(values);
        Vector<uint> upper = bits >> 16;
        Vector<uint> rounded = (bits + new Vector<uint>(0x7FFF) + (upper & Vector<uint>.One)) >> 16;
        Vector<uint> isNumber = Vector.AsVectorUInt32(Vector.Equals(values, values));
        return Vector.ConditionalSelect(isNumber, rounded, upper | new Vector<uint>(0x0040));
    }
}
