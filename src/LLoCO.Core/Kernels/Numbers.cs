using LLoCO.Core.Numerics;

namespace LLoCO.Core.Kernels;

/// <summary>Single numbers of the stored formats.</summary>
internal static unsafe class Numbers
{
    /// <summary>Widens a float16.</summary>
    internal static float FromFloat16(ushort bits) => (float)BitConverter.UInt16BitsToHalf(bits);

    /// <summary>Reads one number.</summary>
    /// <param name="format">A format without scales.</param>
    /// <param name="data">The numbers.</param>
    /// <param name="index">Which.</param>
    internal static float Read(MatrixFormat format, byte* data, long index) => format switch
    {
        MatrixFormat.Float32 => ((float*)data)[index],
        MatrixFormat.BFloat16 => BFloat16.ToSingle(((ushort*)data)[index]),
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
                ((ushort*)data)[index] = BFloat16.FromSingle(number);
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
