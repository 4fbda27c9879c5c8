using System.Buffers.Binary;
using System.Text;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Reads the operands of pickle operations; every length is checked against what is left before anything is made.
/// </summary>
internal sealed class PickleInput(byte[] bytes)
{
    private const int MaxNameBytes = 256;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public int Position { get; private set; }

    public byte Byte() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    /// <summary>Skips the length of a frame; frames only group operations.</summary>
    public void SkipFrame() => Take(8);

    /// <summary>Reads a little-endian two's-complement integer of up to 8 bytes.</summary>
    public long Long(long length)
    {
        if (length is < 0 or > 8)
        {
            throw new FormatException($"an integer of {length} bytes");
        }

        ReadOnlySpan<byte> digits = Take(length);
        long value = digits.Length > 0 && (digits[^1] & 0x80) != 0 ? -1 : 0;
        for (int i = digits.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | digits[i];
        }

        return value;
    }

    public string Text(long length)
    {
        try
        {
            return StrictUtf8.GetString(Take(length));
        }
        catch (DecoderFallbackException error)
        {
            throw new FormatException("a string is not valid UTF-8", error);
        }
    }

    public long UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8)) is var value and <= long.MaxValue
        ? (long)value
        : throw new FormatException("a length over 63 bits");

    /// <summary>Reads up to the next line feed: module and class names, and numbers of protocol 0.</summary>
    public string Line()
    {
        int length = bytes.AsSpan(Position).IndexOf((byte)'\n');
        if (length is < 0 or > MaxNameBytes)
        {
            throw new FormatException("a name without an end");
        }

        string line = Text(length);
        Position++;
        return line;
    }

    private ReadOnlySpan<byte> Take(long length)
    {
        if (length < 0 || length > bytes.Length - Position)
        {
            throw new FormatException($"{length} bytes are asked for where {bytes.Length - Position} are left");
        }

        ReadOnlySpan<byte> taken = bytes.AsSpan(Position, (int)length);
        Position += (int)length;
        return taken;
    }
}
