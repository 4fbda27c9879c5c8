using System.Text;
using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tokenization.Json.Normalizers;

/// <summary>The rules of the normalizers that look at one character at a time.</summary>
internal static class CharacterRules
{
    private const int DottedCapitalI = 0x130;

    /// <summary><c>Lowercase</c>.</summary>
    public static string? Lower(int code)
    {
        if (code < 128)
        {
            return code is >= 'A' and <= 'Z' ? ((char)(code | 0x20)).ToString() : null;
        }

        // The one character whose small form is two; .NET's simple mapping leaves it as it is.
        int lower = Rune.ToLowerInvariant(new Rune(code)).Value;
        return code == DottedCapitalI ? "i\u0307" : lower == code ? null : new Rune(lower).ToString();
    }

    /// <summary><c>StripAccents</c>: marks, as the reference's tables have them.</summary>
    public static string? DropMarks(int code) =>
        code >= 0x300 && CharacterClasses.Table("mark").Contains(code) ? string.Empty : null;

    /// <summary>The second half of BERT's <c>strip_accents</c>: marks that take no place.</summary>
    public static string? DropNonSpacing(int code) =>
        code >= 0x300 && CharacterClasses.Table("nonspacing").Contains(code) ? string.Empty : null;

    /// <summary><c>Nmt</c>.</summary>
    public static string? Nmt(int code) => code switch
    {
        (>= 1 and <= 8) or 0xB or (>= 0xE and <= 0x1F) or 0x7F or 0x8F or 0x9F => string.Empty,
        9 or 0xA or 0xC or 0xD or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD => " ",
        _ => null,
    };

    /// <summary>BERT's <c>clean_text</c>.</summary>
    public static string? Clean(int code) => code switch
    {
        ' ' => null,
        '\t' or '\n' or '\r' => " ",
        0 or 0xFFFD => string.Empty,
        _ when CharacterClasses.Table("control").Contains(code) => string.Empty,
        _ => code > 127 && CharacterClasses.WhiteSpace.Contains(code) ? " " : null,
    };

    /// <summary>BERT's <c>handle_chinese_chars</c>, with the ranges that the original has.</summary>
    public static string? Part(int code) => code is (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF)
        or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B81F)
        or (>= 0x2B920 and <= 0x2CEAF) or (>= 0x2F800 and <= 0x2FA1F) ? $" {new Rune(code)} " : null;

    /// <summary><c>ByteLevel</c>: each byte of UTF-8 as a letter.</summary>
    public static string? Bytes(int code)
    {
        Span<byte> bytes = stackalloc byte[4];
        int count = new Rune(code).EncodeToUtf8(bytes);
        return string.Create(count, bytes[..count].ToArray(), static (chars, source) =>
        {
            for (int i = 0; i < source.Length; i++)
            {
                chars[i] = ByteLetters.LetterOf(source[i]);
            }
        });
    }
}
