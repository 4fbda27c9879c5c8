using System.Numerics;
using System.Runtime.InteropServices;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Detects numbers that are not finite, or not finite in the format in memory, while a tensor's bytes are read. This costs only a
/// few instructions. Without it, an infinite weight would give wrong answers without an error.
/// </summary>
/// <param name="stored">The format in the file.</param>
/// <param name="kept">The format in memory.</param>
internal sealed class FiniteScan(ElementType stored, ElementType kept)
{
    /// <summary>Gets whether a number was met that is infinite, NaN, or too large for the format in memory.</summary>
    internal bool Found { get; private set; }

    /// <summary>Looks at the next bytes.</summary>
    /// <param name="bytes">Whole numbers.</param>
    internal void See(ReadOnlySpan<byte> bytes)
    {
        if (!Found)
        {
            Found = stored switch
            {
                ElementType.Float32 => Any(MemoryMarshal.Cast<byte, uint>(bytes), 0x7FFF_FFFFu, kept switch
                {
                    ElementType.Float16 => 0x477F_F000u, // 65,520: from here on rounding gives infinity
                    ElementType.BFloat16 => 0x7F7F_8000u,
                    _ => 0x7F80_0000u,
                }),
                ElementType.Float16 => Any(MemoryMarshal.Cast<byte, ushort>(bytes), (ushort)0x7FFF, (ushort)0x7C00),
                ElementType.BFloat16 => Any(
                    MemoryMarshal.Cast<byte, ushort>(bytes), (ushort)0x7FFF,
                    kept == ElementType.Float16 ? (ushort)0x4780 : (ushort)0x7F80),
                ElementType.Float64 => Any(MemoryMarshal.Cast<byte, ulong>(bytes), 0x7FFF_FFFF_FFFF_FFFFul, kept switch
                {
                    ElementType.Float16 => BitConverter.DoubleToUInt64Bits(65_520),
                    ElementType.Float64 => 0x7FF0_0000_0000_0000ul,
                    ElementType.BFloat16 => BitConverter.DoubleToUInt64Bits(BitConverter.UInt32BitsToSingle(0x7F7F_8000)),
                    _ => BitConverter.DoubleToUInt64Bits(float.MaxValue) + 1,
                }),
                _ => false,
            };
        }
    }

    /// <summary>Refuses the tensor where such a number was met.</summary>
    /// <param name="file">The file, for the message.</param>
    /// <param name="name">The tensor.</param>
    /// <exception cref="CheckpointFormatException">One was met.</exception>
    internal void EnsureFinite(string file, string name)
    {
        if (Found)
        {
            throw new CheckpointFormatException(
                file,
                name,
                kept == ElementType.Float16 && stored != kept
                    ? "it holds numbers that are infinite, NaN, or too large for float16 (65,504); load the model as bfloat16 or float32"
                    : "it holds numbers that are infinite or NaN: the training or the conversion that wrote the file went wrong; "
                        + "fetch or make it anew");
        }
    }

    private static bool Any<T>(ReadOnlySpan<T> numbers, T mask, T limit)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        var masks = new Vector<T>(mask);
        var limits = new Vector<T>(limit);
        int i = 0;
        for (; i <= numbers.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            if (Vector.GreaterThanOrEqualAny(new Vector<T>(numbers[i..]) & masks, limits))
            {
                return true;
            }
        }

        for (; i < numbers.Length; i++)
        {
            if ((numbers[i] & mask) >= limit)
            {
                return true;
            }
        }

        return false;
    }
}
