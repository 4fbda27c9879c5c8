using System.Globalization;
using System.Text;

namespace LLoCO.Core.Index;

/// <summary>The kind of a character in a search.</summary>
internal enum SearchLetterKind
{
    /// <summary>Ends a word and a run of characters.</summary>
    Separator,

    /// <summary>The end of a line. It ends a word but not a run, because text without spaces may be broken anywhere.</summary>
    LineEnd,

    /// <summary>A letter or number of a script that separates words.</summary>
    Word,

    /// <summary>A letter of a script that does not separate words, or of Korean.</summary>
    Character,

    /// <summary>A vowel sign, tone mark or the like: part of the letter before it.</summary>
    Mark,

    /// <summary>Ignored: accents, vowel points, format characters.</summary>
    Dropped,
}

/// <summary>Sorts characters for <see cref="SearchTerms"/> and folds those that a search treats as equal: case, accents, forms of
/// one letter, digits of other scripts.</summary>
internal static class SearchLetters
{
    // Lower-case Latin letters with marks and the letters they stand on (canonical decomposition, Unicode Character Database),
    // then the letters that case folding takes for others (CaseFolding.txt: final sigma, long s). A table rather than
    // string.Normalize, which leaves text as it is in applications with invariant globalization.
    private const string Marked =
        "àáâãäåçèéêëìíîïñòóôõöùúûüýÿāăąćĉċčďēĕėęěĝğġģĥĩīĭįĵķĺļľńņňōŏőŕŗřśŝşšţťũūŭůűųŵŷźżžơưǎǐǒǔ"
        + "ǖǘǚǜǟǧǩǫǭǰǵǹǻȁȃȅȇȉȋȍȏȑȓȕȗșțȟȧȩȫȭȯȱȳḁḃḅḇḉḋḍḏḑḓḕḗḙḛḝḟḡḣḥḧḩḫḭḯḱḳḵḷḹḻḽḿṁṃṅṇṉṋṍṏṑṓṕṗṙṛṝṟṡṣṥ"
        + "ṧṩṫṭṯṱṳṵṷṹṻṽṿẁẃẅẇẉẋẍẏẑẓẕẖẗẘẙạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹſẛµςϐϑϕϖϰϱϵ";

    private const string Plain =
        "aaaaaaceeeeiiiinooooouuuuyyaaaccccdeeeeegggghiiiijklllnnnooorrrssssttuuuuuuwyzzzouaiou"
        + "uuuuagkoojgnaaaeeiioorruusthaeooooyabbbcdddddeeeeefghhhhhiikkkllllmmmnnnnoooopprrrrsss"
        + "ssttttuuuuuvvwwwwwxxyzzzhtwyaaaaaaaaaaaaeeeeeeeeiioooooooooooouuuuuuuyyyyssμσβθφπκρε";

    // Arabic and Persian write one letter in several forms: alef with hamza or madda, final ya, keheh, ta marbuta. Then the Indic
    // letters that stand for a letter with a nukta, which many texts leave out, and chandrabindu for anusvara.
    private const string Variants =
        "\u0622\u0623\u0625\u0671\u0624\u0626\u0649\u06cc\u06a9\u0629"
        + "\u0929\u0931\u0934\u0958\u0959\u095a\u095b\u095c\u095d\u095e\u095f\u0901"
        + "\u09dc\u09dd\u09df\u0a33\u0a36\u0a59\u0a5a\u0a5b\u0a5e\u0b5c\u0b5d";

    private const string Usual =
        "\u0627\u0627\u0627\u0627\u0648\u064a\u064a\u064a\u0643\u0647"
        + "\u0928\u0930\u0933\u0915\u0916\u0917\u091c\u0921\u0922\u092b\u092f\u0902"
        + "\u09a1\u09a2\u09af\u0a32\u0a38\u0a16\u0a17\u0a1c\u0a2b\u0b21\u0b22";

    // Marks of the alphabets that are read without them: accents, Cyrillic titla, Hebrew and Arabic and Syriac vowel points,
    // nuktas, marks around symbols, variation selectors.
    private static readonly (int First, int Last)[] UnreadMarks =
    [
        (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670),
        (0x06D6, 0x06ED), (0x0711, 0x0711), (0x0730, 0x074A), (0x093C, 0x093C), (0x09BC, 0x09BC), (0x0A3C, 0x0A3C),
        (0x0ABC, 0x0ABC), (0x0B3C, 0x0B3C), (0x0CBC, 0x0CBC), (0x180B, 0x180D), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF),
        (0x20D0, 0x20FF), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0xE0100, 0xE01EF),
    ];

    // Scripts that are written without spaces between words, and Hangul (Unicode's Blocks.txt): Thai and Lao; Myanmar; Hangul
    // jamo; Khmer; Tai Le to New Tai Lue; Tai Tham; Balinese; kana to Hangul compatibility jamo and Bopomofo; CJK extension A;
    // CJK; Yi; Hangul jamo extended A; Javanese to Myanmar extended B; Myanmar extended A to Tai Viet; Hangul; CJK compatibility;
    // ancient scripts of China and kana supplements; CJK extensions from B.
    private static readonly (int First, int Last)[] Unspaced =
    [
        (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x1950, 0x19DF), (0x1A20, 0x1AAF),
        (0x1B00, 0x1B7F), (0x3005, 0x3007), (0x3021, 0x3029), (0x3031, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
        (0xA000, 0xA4CF), (0xA960, 0xA97F), (0xA980, 0xA9FF), (0xAA60, 0xAADF), (0xAC00, 0xD7FF), (0xF900, 0xFAFF),
        (0x16FE0, 0x1B2FF), (0x20000, 0x3FFFF),
    ];

    // Symbols that Unicode counts among numbers and letters, beside text or in it: circled numbers, dingbats, emoji.
    private static readonly (int First, int Last)[] Symbols =
    [
        (0x20A0, 0x20CF), (0x2190, 0x245F), (0x2500, 0x2775), (0x2794, 0x2BFF), (0x1F000, 0x1FBFF),
    ];

    private static readonly Dictionary<char, char> Folded = (Marked + Variants).Zip(Plain + Usual)
        .ToDictionary(pair => pair.First, pair => pair.Second);

    /// <summary>Classifies a character.</summary>
    /// <param name="rune">The character.</param>
    /// <returns>Its kind.</returns>
    public static SearchLetterKind Classify(Rune rune)
    {
        if (rune.IsAscii)
        {
            return Rune.IsLetterOrDigit(rune) ? SearchLetterKind.Word
                : rune.Value is '\n' or '\r' ? SearchLetterKind.LineEnd
                : SearchLetterKind.Separator;
        }

        switch (Rune.GetUnicodeCategory(rune))
        {
            case UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark:
                return IsIn(UnreadMarks, rune) ? SearchLetterKind.Dropped : SearchLetterKind.Mark;
            case UnicodeCategory.Format:
                return SearchLetterKind.Dropped;
            case UnicodeCategory.ModifierLetter when rune.Value == 0x0640: // the stroke that makes an Arabic word longer
                return SearchLetterKind.Dropped;
            case UnicodeCategory.DecimalDigitNumber or UnicodeCategory.PrivateUse:
                return SearchLetterKind.Word;
            default:
                return !(Rune.IsLetter(rune) || Rune.IsNumber(rune)) || IsIn(Symbols, rune) ? SearchLetterKind.Separator
                    : IsIn(Unspaced, rune) ? SearchLetterKind.Character
                    : SearchLetterKind.Word;
        }
    }

    /// <summary>Folds a letter, number or mark.</summary>
    /// <param name="rune">The character.</param>
    /// <returns>The folded character.</returns>
    public static Rune Fold(Rune rune)
    {
        if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber)
        {
            return new Rune((char)('0' + (int)Rune.GetNumericValue(rune)));
        }

        // The dotted capital I has no single lower-case letter in the invariant culture.
        Rune lower = rune.Value == 0x0130 ? new Rune('i') : Rune.ToLowerInvariant(rune);
        return lower.IsBmp && Folded.TryGetValue((char)lower.Value, out char plain) ? new Rune(plain) : lower;
    }

    /// <summary>Tells whether a mark joins the next letter to the one before: Khmer coeng, the stacking virama of Myanmar, of Tai
    /// Tham and of Balinese and Javanese.</summary>
    /// <param name="mark">The mark.</param>
    /// <returns>Whether the next letter is part of the same character.</returns>
    public static bool StacksNext(Rune mark) => mark.Value is 0x17D2 or 0x1039 or 0x1A60 or 0x1B44 or 0xA9C0;

    private static bool IsIn((int First, int Last)[] ranges, Rune rune)
    {
        foreach ((int first, int last) in ranges)
        {
            if (rune.Value <= last)
            {
                return rune.Value >= first;
            }
        }

        return false;
    }
}
