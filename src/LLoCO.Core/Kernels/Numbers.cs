using System.Runtime.CompilerServices;

namespace LLoCO.Core.Kernels;

/// <summary>Single numbers of the stored formats.</summary>
internal static unsafe class Numbers
{
    /// <summary>Widens a bfloat16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float FromBFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>Rounds to the nearest bfloat16, ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ushort ToBFloat16(float number)
    {
        uint bits = BitConverter.SingleToUInt32Bits(number);
        return float.IsNaN(number) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>Widens a float16.</summary>
    internal static float FromFloat16(ushort bits) => (float)BitConverter.UInt16BitsToHalf(bits);

    /// <summary>Reads one number.</summary>
    /// <param name="format">A format without scales.</param>
    /// <param name="data">The numbers.</param>
    /// <param name="index">Which.</param>
    internal static float Read(MatrixFormat format, byte* data, long index) => format switch
    {
        MatrixFormat.Float32 => ((float*)data)[index],
        MatrixFormat.BFloat16 => FromBFloat16(((ushort*)data)[index]),
        MatrixFormat.Float16 => FromFloat16(((ushort*)data)[index]),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not a format of single numbers."),
    };

    /// <summary>Writes one number, rounded to nearest.</summary>
    /// <param name="format">A format without scales.</param>
    /// <param name="data">The numbers.</param>
    /// <param name="index">Which.</param>
    /// <param name="number">The number.</param>
    internal static void Write(MatrixFormat format, byte* data, long index, float number)
    {
        switch (format)
        {
            case MatrixFormat.Float32:
                ((float*)data)[index] = number;
                break;
            case MatrixFormat.BFloat16:
                ((ushort*)data)[index] = ToBFloat16(number);
                break;
            case MatrixFormat.Float16:
                ((ushort*)data)[index] = BitConverter.HalfToUInt16Bits((Half)number);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "Not a format of single numbers.");
        }
    }

    /// <summary>Bytes of one number.</summary>
    /// <param name="format">A format without scales.</param>
    internal static int BytesOf(MatrixFormat format) => format == MatrixFormat.Float32 ? 4 : 2;
}
