using System.Text;

namespace LLoCO.Core.Index;

/// <summary>
/// A document's text as bytes: UTF-8, or UTF-16 for the rare text with half a surrogate pair, which UTF-8 cannot hold. Stored as
/// a BLOB, because SQLite ends a TEXT at its first NUL.
/// </summary>
/// <param name="Bytes">The bytes.</param>
/// <param name="IsUtf16">Whether they are UTF-16, little-endian.</param>
internal readonly record struct StoredText(byte[] Bytes, bool IsUtf16)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Encodes a text.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The bytes.</returns>
    public static StoredText From(string text) => IndexGuard.FindLoneSurrogate(text) < 0
        ? new StoredText(StrictUtf8.GetBytes(text), IsUtf16: false)
        : new StoredText(Utf16Bytes(text), IsUtf16: true);

    /// <summary>Decodes bytes, of the whole text or of a passage.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="isUtf16">How they are encoded.</param>
    /// <returns>The text.</returns>
    /// <exception cref="ArgumentException">The bytes are not UTF-8.</exception>
    public static string Decode(byte[] bytes, bool isUtf16)
    {
        if (!isUtf16)
        {
            return StrictUtf8.GetString(bytes);
        }

        return string.Create(bytes.Length / 2, bytes, static (chars, source) =>
        {
            for (int i = 0; i < chars.Length; i++)
            {
                chars[i] = (char)(source[2 * i] | (source[(2 * i) + 1] << 8));
            }
        });
    }

    /// <summary>Finds the byte ranges of passages.</summary>
    /// <param name="text">The text.</param>
    /// <param name="passages">The passages; quickest in text order.</param>
    /// <returns>First byte and number of bytes of each passage.</returns>
    public IEnumerable<(int Start, int Length)> Locate(string text, IReadOnlyList<Passage> passages)
    {
        int character = 0;
        int position = 0;
        foreach (Passage passage in passages)
        {
            if (passage.Start < character)
            {
                (character, position) = (0, 0);
            }

            position += ByteCount(text.AsSpan(character, passage.Start - character));
            character = passage.Start;
            yield return (position, ByteCount(text.AsSpan(passage.Start, passage.Length)));
        }
    }

    private static byte[] Utf16Bytes(string text)
    {
        byte[] bytes = new byte[checked(text.Length * 2)];
        for (int i = 0; i < text.Length; i++)
        {
            bytes[2 * i] = (byte)text[i];
            bytes[(2 * i) + 1] = (byte)(text[i] >> 8);
        }

        return bytes;
    }

    private int ByteCount(ReadOnlySpan<char> text) => IsUtf16 ? text.Length * 2 : StrictUtf8.GetByteCount(text);
}
