using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace LLoCO.Core.Tokenization.Json.Normalizers;

/// <summary>
/// <c>Precompiled</c>: SentencePiece's table of replacements (google/sentencepiece, <c>src/normalizer.cc</c>), a double-array
/// trie over UTF-8 and the texts that it leads to, looked up by grapheme as the reference does.
/// </summary>
internal sealed class PrecompiledNormalizer : Normalizer
{
    private const int LongestGrapheme = 6;

    private readonly uint[] _trie;
    private readonly byte[] _texts;

    private PrecompiledNormalizer(uint[] trie, byte[] texts) => (_trie, _texts) = (trie, texts);

    /// <summary>Reads the table.</summary>
    /// <param name="table">The trie's size in bytes, the trie, and texts with a zero byte behind each.</param>
    /// <returns>The normalizer, or <see langword="null"/> where it is no such table.</returns>
    public static PrecompiledNormalizer? Read(ReadOnlySpan<byte> table)
    {
        uint size = table.Length < 4 ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(table);
        if (size > table.Length - 4 || size % 4 != 0 || size == 0)
        {
            return null;
        }

        uint[] trie = new uint[size / 4];
        for (int i = 0; i < trie.Length; i++)
        {
            trie[i] = BinaryPrimitives.ReadUInt32LittleEndian(table[(4 + (i * 4))..]);
        }

        return new PrecompiledNormalizer(trie, table[(4 + (int)size)..].ToArray());
    }

    public override MappedText Normalize(MappedText text, bool track)
    {
        string source = text.Text;
        var builder = new MappedTextBuilder(text, track);
        int kept = 0;
        for (int start = 0; start < source.Length;)
        {
            int length = StringInfo.GetNextTextElementLength(source, start);
            ReadOnlySpan<char> grapheme = source.AsSpan(start, length);
            if (Encoding.UTF8.GetByteCount(grapheme) < LongestGrapheme && Find(grapheme) is { } whole)
            {
                builder.Keep(kept, start);
                builder.Replace(start, start + length, whole);
                kept = start + length;
            }
            else
            {
                kept = ByCharacter(source, start, length, kept, builder);
            }

            start += length;
        }

        builder.Keep(kept, source.Length);
        return kept == 0 ? text : builder.Build();
    }

    private int ByCharacter(string source, int start, int length, int kept, MappedTextBuilder builder)
    {
        for (int position = start; position < start + length;)
        {
            Rune.DecodeFromUtf16(source.AsSpan(position), out _, out int size);
            if (Find(source.AsSpan(position, size)) is { } part)
            {
                builder.Keep(kept, position);
                builder.Replace(position, position + size, part);
                kept = position + size;
            }

            position += size;
        }

        return kept;
    }

    // The shortest prefix that has an entry, not the longest: so the reference does.
    private string? Find(ReadOnlySpan<char> text)
    {
        Span<byte> key = stackalloc byte[64];
        if (!Encoding.UTF8.TryGetBytes(text, key, out int count))
        {
            return null;
        }

        long node = OffsetOf(_trie[0]);
        foreach (byte value in key[..count])
        {
            node ^= value;
            if (value == 0 || node >= _trie.Length || (_trie[node] & 0x800000FF) != value)
            {
                return null;
            }

            uint unit = _trie[node];
            node ^= OffsetOf(unit);
            if (((unit >> 8) & 1) == 1)
            {
                return node < _trie.Length ? TextAt((int)(_trie[node] & 0x7FFFFFFF)) : null;
            }
        }

        return null;
    }

    private string? TextAt(int start)
    {
        if (start > _texts.Length)
        {
            return null;
        }

        int length = _texts.AsSpan(start).IndexOf((byte)0);
        return Encoding.UTF8.GetString(_texts.AsSpan(start, length < 0 ? _texts.Length - start : length));
    }

    private static long OffsetOf(uint unit) => (long)(unit >> 10) << (int)((unit & (1 << 9)) >> 6);
}
