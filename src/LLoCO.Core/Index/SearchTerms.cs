using System.Globalization;
using System.Text;

namespace LLoCO.Core.Index;

/// <summary>
/// Cuts text into the terms that SQLite's FTS5 makes of it with <c>unicode61 remove_diacritics 2</c>
/// (https://www.sqlite.org/fts5.html#unicode61_tokenizer): runs of letters, numbers and private-use characters, lower case,
/// Latin letters without their marks. Both indexes use it for questions; the in-memory one for passages too.
/// </summary>
internal static class SearchTerms
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

    // The marks that FTS5 drops inside a word; it takes the others for separators.
    private const string DroppedMarks =
        "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u030f\u0311\u031b"
        + "\u0323\u0324\u0325\u0326\u0327\u0328\u032d\u032e\u0330\u0331";

    // Blocks of symbols. FTS5 knows Unicode 6.1 and takes younger characters for letters: a newer emoji or currency sign would
    // stick to the word beside it. The ranges must never change, since FTS5 removes a text by being given the same text again.
    private static readonly (int First, int Last)[] Symbols =
    [
        (0x2066, 0x2069), (0x20A0, 0x20FF), (0x2190, 0x245F), (0x2500, 0x2775), (0x2794, 0x2BFF), (0x1F000, 0x1FBFF),
    ];

    private static readonly Dictionary<char, char> WithoutMark =
        Marked.Zip(Plain).ToDictionary(pair => pair.First, pair => pair.Second);

    /// <summary>Cuts text into terms.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The terms in text order, with repetitions.</returns>
    public static IEnumerable<string> Extract(string text)
    {
        var term = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (IsTermCharacter(rune))
            {
                term.Append(Fold(rune));
            }
            else if (!IsDroppedMark(rune) && term.Length > 0)
            {
                yield return term.ToString();
                term.Clear();
            }
        }

        if (term.Length > 0)
        {
            yield return term.ToString();
        }
    }

    /// <summary>Makes the text that FTS5 is given in place of a passage: symbols become spaces.</summary>
    /// <param name="text">The passage.</param>
    /// <returns>The text for FTS5.</returns>
    public static string ForFts5(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange('\0', '\u2065') < 0)
        {
            return text;
        }

        var cleaned = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            cleaned.Append(IsSymbol(rune) ? " " : rune.ToString());
        }

        return cleaned.ToString();
    }

    /// <summary>Makes an FTS5 query that finds any term of a question. Every term is a quoted string of letters and numbers, so
    /// nothing a user types is read as query syntax.</summary>
    /// <param name="question">Any text.</param>
    /// <returns>The query, or <see langword="null"/> where the question has no term.</returns>
    public static string? ToFts5Query(string question)
    {
        string query = string.Join(" OR ", Extract(question).Distinct(StringComparer.Ordinal).Select(term => $"\"{term}\""));
        return query.Length == 0 ? null : query;
    }

    private static bool IsTermCharacter(Rune rune) =>
        (Rune.IsLetter(rune) || Rune.IsNumber(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.PrivateUse)
        && !IsSymbol(rune);

    private static bool IsSymbol(Rune rune) =>
        rune.Value >= Symbols[0].First && Symbols.Any(range => rune.Value >= range.First && rune.Value <= range.Last);

    private static bool IsDroppedMark(Rune rune) => rune.IsBmp && DroppedMarks.Contains((char)rune.Value);

    private static string Fold(Rune rune)
    {
        // The dotted capital I has no single lower-case letter in the invariant culture.
        Rune lower = rune.Value == 0x0130 ? new Rune('i') : Rune.ToLowerInvariant(rune);
        return lower.IsBmp && WithoutMark.TryGetValue((char)lower.Value, out char plain) ? plain.ToString() : lower.ToString();
    }
}
