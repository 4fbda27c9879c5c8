using System.Globalization;
using System.Text;

namespace LLoCO.Evaluation;

/// <summary>What Python's <c>str</c> does and .NET does not, for metrics whose originals are Python.</summary>
internal static class PythonText
{
    private const char CapitalSigma = '\u03a3';
    private const char FinalSigma = '\u03c2';
    private const char DottedCapitalI = '\u0130';

    // Unicode's Word_Break MidLetter, MidNumLet and Single_Quote: passed over when a word is looked for around a sigma.
    private const string InsideWords = "'.:\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a";

    /// <summary>Makes text lower case as <c>str.lower()</c> does: the capital dotted I becomes two characters, and the sigma that ends
    /// a word the final one (The Unicode Standard, section 3.13, Final_Sigma).</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The text in lower case.</returns>
    public static string ToLower(string text)
    {
        string lower = text.ToLowerInvariant();
        if (!text.Contains(CapitalSigma, StringComparison.Ordinal) && !text.Contains(DottedCapitalI, StringComparison.Ordinal))
        {
            return lower;
        }

        var result = new StringBuilder(lower.Length + 1);
        for (int i = 0; i < text.Length; i++)
        {
            _ = text[i] switch
            {
                CapitalSigma when EndsWord(text, i) => result.Append(FinalSigma),
                DottedCapitalI => result.Append("i\u0307"),
                _ => result.Append(lower[i]),
            };
        }

        return result.ToString();
    }

    private static bool EndsWord(string text, int sigma)
    {
        int before = sigma;
        while (before > 0)
        {
            Rune rune = Before(text, ref before);
            if (!IsPassedOver(rune))
            {
                return IsCased(rune) && !IsCased(Following(text, sigma + 1));
            }
        }

        return false;
    }

    private static Rune Before(string text, ref int position)
    {
        _ = Rune.DecodeLastFromUtf16(text.AsSpan(0, position), out Rune rune, out int length);
        position -= length;
        return rune;
    }

    private static Rune Following(string text, int position)
    {
        while (position < text.Length)
        {
            _ = Rune.DecodeFromUtf16(text.AsSpan(position), out Rune rune, out int length);
            if (!IsPassedOver(rune))
            {
                return rune;
            }

            position += length;
        }

        return default;
    }

    private static bool IsCased(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        || rune.Value is 0xAA or 0xBA or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9);

    private static bool IsPassedOver(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
        or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
        || (rune.IsBmp && InsideWords.Contains((char)rune.Value, StringComparison.Ordinal));
}
