using System.Buffers;
using System.Text;

namespace LLoCO.Core.Index;

/// <summary>
/// Normalizes letters that Unicode can write in two ways, as far as they occur in searches: Korean syllables from jamo and kana
/// with their voice marks (file names and texts of macOS), half-width kana and full-width Latin (East Asian files), vowel signs
/// of two parts (South Asia). It uses tables and arithmetic, because <c>string.Normalize</c> changes nothing in applications with
/// invariant globalization.
/// </summary>
internal static class SearchForms
{
    private const char Voice = '\u3099';
    private const char HalfVoice = '\u309a';
    private const int HalfWidth = 0xFF66;
    private const int FullWidthOffset = 0xFEE0;

    // U+FF66 to U+FF9F in order.
    private const string Kana =
        "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u3099\u309a";

    private const string VoicedNext = "かきくけこさしすせそたちつてとはひふへほカキクケコサシスセソタチツテトハヒフヘホゝヽ";
    private const string HalfVoiced = "はひふへほハヒフヘホ";
    private const string VoicedApart = "うウワヰヱヲ";
    private const string VoicedApartAre = "ゔヴヷヸヹヺ";

    // Vowel signs of two parts and their parts (canonical decomposition).
    private static readonly Dictionary<char, string> TwoParts = new()
    {
        ['\u09cb'] = "\u09c7\u09be", ['\u09cc'] = "\u09c7\u09d7", ['\u0b48'] = "\u0b47\u0b56", ['\u0b4b'] = "\u0b47\u0b3e",
        ['\u0b4c'] = "\u0b47\u0b57", ['\u0bca'] = "\u0bc6\u0bbe", ['\u0bcb'] = "\u0bc7\u0bbe", ['\u0bcc'] = "\u0bc6\u0bd7",
        ['\u0c48'] = "\u0c46\u0c56", ['\u0cc0'] = "\u0cbf\u0cd5", ['\u0cc7'] = "\u0cc6\u0cd5", ['\u0cc8'] = "\u0cc6\u0cd6",
        ['\u0cca'] = "\u0cc6\u0cc2", ['\u0ccb'] = "\u0cc6\u0cc2\u0cd5", ['\u0d4a'] = "\u0d46\u0d3e", ['\u0d4b'] = "\u0d47\u0d3e",
        ['\u0d4c'] = "\u0d46\u0d57", ['\u0dda'] = "\u0dd9\u0dca", ['\u0ddc'] = "\u0dd9\u0dcf",
        ['\u0ddd'] = "\u0dd9\u0dcf\u0dca", ['\u0dde'] = "\u0dd9\u0ddf",
    };

    private static readonly SearchValues<char> Concerned = SearchValues.Create(
        [.. TwoParts.Keys, Voice, HalfVoice, .. Range(0x1100, 0x11FF), .. Range(0xFF01, 0xFF9F)]);

    /// <summary>Joins letters and their combining marks to one code point where Unicode has one (NFC).</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The text with each letter in one form.</returns>
    public static string Compose(string text)
    {
        if (text.AsSpan().IndexOfAny(Concerned) < 0)
        {
            return text;
        }

        var composed = new StringBuilder(text.Length);
        foreach (char character in text)
        {
            Append(composed, Widen(character));
        }

        return composed.ToString();
    }

    private static char Widen(char character) => (int)character switch
    {
        >= 0xFF01 and <= 0xFF5E => (char)(character - FullWidthOffset),
        >= HalfWidth and <= 0xFF9F => Kana[character - HalfWidth],
        _ => character,
    };

    private static void Append(StringBuilder text, char character)
    {
        if (text.Length > 0 && Joined(text[^1], character) is char joined)
        {
            text[^1] = joined;
        }
        else if (TwoParts.TryGetValue(character, out string? parts))
        {
            text.Append(parts);
        }
        else
        {
            text.Append(character);
        }
    }

    private static char? Joined(char before, char character) => character switch
    {
        Voice when VoicedNext.Contains(before) => (char)(before + 1),
        Voice when VoicedApart.Contains(before) => VoicedApartAre[VoicedApart.IndexOf(before)],
        HalfVoice when HalfVoiced.Contains(before) => (char)(before + 2),
        _ => Syllable(before, character),
    };

    // Arithmetic of Hangul syllables: The Unicode Standard, section 3.12.
    private static char? Syllable(char before, char character)
    {
        const int Leading = 0x1100, Vowel = 0x1161, Trailing = 0x11A7, First = 0xAC00, Vowels = 21, Trails = 28, Leads = 19;
        int lead = before - Leading, vowel = character - Vowel, syllable = before - First, trail = character - Trailing;
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
        {
            return (char)(First + (((lead * Vowels) + vowel) * Trails));
        }

        bool open = syllable is >= 0 and < Leads * Vowels * Trails && syllable % Trails == 0;
        return open && trail is > 0 and < Trails ? (char)(before + trail) : null;
    }

    private static IEnumerable<char> Range(int first, int last) =>
        Enumerable.Range(first, last - first + 1).Select(value => (char)value);
}
