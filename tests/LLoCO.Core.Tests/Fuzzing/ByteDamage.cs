using System.Buffers.Binary;

namespace LLoCO.Core.Tests.Fuzzing;

/// <summary>Damage that knows nothing of a format: bits, fields of lengths, blocks that are gone, doubled, moved or cleared, ends
/// that are cut off.</summary>
internal static class ByteDamage
{
    private const int LongestBlock = 512;

    public static byte[] Make(byte[] file, Dice dice)
    {
        for (int times = dice.Once(2) ? 1 + dice.Next(4) : 1; times > 0; times--)
        {
            file = Once(file, dice);
        }

        return file;
    }

    private static byte[] Once(byte[] file, Dice dice)
    {
        if (file.Length == 0)
        {
            return dice.Bytes(1 + dice.Next(32));
        }

        // The beginning says what the rest means, so half of the damage is there.
        int at = dice.Next(dice.Once(2) ? Math.Min(file.Length, 128) : file.Length);
        int block = 1 + dice.Next(Math.Min(LongestBlock, file.Length - at));
        switch (dice.Next(10))
        {
            case 0:
                return file[..at];
            case 1:
                return [.. file[..at], .. file[(at + block)..]];
            case 2:
                return [.. file[..at], .. file[at..(at + block)], .. file[at..]];
            case 3:
                return [.. file[..at], .. dice.Bytes(block), .. file[at..]];
            case 4:
                int from = dice.Next(file.Length - block + 1);
                return [.. file[..at], .. file[from..(from + block)], .. file[(at + block)..]];
            default:
                byte[] copy = [.. file];
                InPlace(copy, at, block, dice);
                return copy;
        }
    }

    private static void InPlace(byte[] file, int at, int block, Dice dice)
    {
        switch (dice.Next(4))
        {
            case 0:
                file[at] ^= (byte)(1 << dice.Next(8));
                break;
            case 1:
                file.AsSpan(at, block).Fill(dice.Pick<byte>([0, 0xff, (byte)' ', (byte)'9', (byte)'\n']));
                break;
            case 2:
                dice.Bytes(Math.Min(block, 8)).CopyTo(file, at);
                break;
            default:
                WriteNumber(file.AsSpan(at), dice);
                break;
        }
    }

    /// <summary>Puts another number in place of one, of two, four or eight bytes in either order.</summary>
    public static void WriteNumber(Span<byte> place, Dice dice)
    {
        bool little = dice.Once(2);
        int size = dice.Pick<int>([2, 4, 8]);
        if (place.Length < size)
        {
            return;
        }

        Span<byte> number = stackalloc byte[8];
        number.Clear();
        place[..size].CopyTo(little ? number : number[(8 - size)..]);
        ulong value = dice.OddNumber(
            little ? BinaryPrimitives.ReadUInt64LittleEndian(number) : BinaryPrimitives.ReadUInt64BigEndian(number));
        BinaryPrimitives.WriteUInt64LittleEndian(number, value);
        number[..size].CopyTo(place);
        if (!little)
        {
            place[..size].Reverse();
        }
    }
}
