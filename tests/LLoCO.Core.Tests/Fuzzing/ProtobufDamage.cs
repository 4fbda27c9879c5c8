namespace LLoCO.Core.Tests.Fuzzing;

/// <summary>Damage within one message of a protocol buffer, or to the order of its messages; the lengths around it are right.
/// The format: https://protobuf.dev/programming-guides/encoding.</summary>
internal static class ProtobufDamage
{
    private const int LengthDelimited = 2;

    public static byte[] Fields(byte[] file, Dice dice)
    {
        List<(byte[] Tag, byte[] Content)> fields = Split(file);
        if (fields.Count == 0)
        {
            return ByteDamage.Make(file, dice);
        }

        for (int times = dice.Once(2) ? 1 + dice.Next(3) : 1; times > 0 && fields.Count > 0; times--)
        {
            // What is not a piece stands at the end.
            int at = dice.Once(3) ? fields.Count - 1 - dice.Next(Math.Min(fields.Count, 4)) : dice.Next(fields.Count);
            switch (dice.Next(5))
            {
                case 0:
                    fields.RemoveAt(at);
                    break;
                case 1:
                    fields.Insert(dice.Next(fields.Count), fields[at]);
                    break;
                default:
                    fields[at] = (fields[at].Tag, ByteDamage.Make(fields[at].Content, dice));
                    break;
            }
        }

        var result = new MemoryStream();
        foreach ((byte[] tag, byte[] content) in fields)
        {
            result.Write(tag);
            for (uint length = (uint)content.Length; ; length >>= 7)
            {
                result.WriteByte((byte)(length < 0x80 ? length : length | 0x80));
                if (length < 0x80)
                {
                    break;
                }
            }

            result.Write(content);
        }

        return result.ToArray();
    }

    /// <summary>The fields that are messages or texts; what stands behind one of another kind is left out.</summary>
    private static List<(byte[] Tag, byte[] Content)> Split(byte[] file)
    {
        var fields = new List<(byte[], byte[])>();
        for (int at = 0; at < file.Length && (file[at] & 7) == LengthDelimited && file[at] < 0x80;)
        {
            byte[] tag = [file[at++]];
            int length = 0;
            for (int shift = 0; ; shift += 7)
            {
                length |= (file[at] & 0x7f) << shift;
                if (file[at++] < 0x80)
                {
                    break;
                }
            }

            fields.Add((tag, file[at..(at + length)]));
            at += length;
        }

        return fields;
    }
}
