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
    // Lower-case Latin letters with marks and the letters they stand on (canonical decomposition, Unicode Character Database).
    // A table rather than string.Normalize: that one does nothing in applications with invariant globalization.
    private const string Marked =
        "àáâãäåçèéêëìíîïñòóôõöùúûüýÿāăąćĉċčďēĕėęěĝğġģĥĩīĭįĵķĺļľńņňōŏőŕŗřśŝşšţťũūŭůűųŵŷźżžơưǎǐǒǔǖǘǚǜǟǡǧǩǫǭǰǵǹǻȁȃȅȇȉȋȍȏȑȓȕȗșțȟȧȩȫȭȯȱȳ"
        + "ḁḃḅḇḉḋḍḏḑḓḕḗḙḛḝḟḡḣḥḧḩḫḭḯḱḳḵḷḹḻḽḿṁṃṅṇṉṋṍṏṑṓṕṗṙṛṝṟṡṣṥṧṩṫṭṯṱṳṵṷṹṻṽṿẁẃẅẇẉẋẍẏẑẓẕẖẗẘẙ"
        + "ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ";

    private const string Plain =
        "aaaaaaceeeeiiiinooooouuuuyyaaaccccdeeeeegggghiiiijklllnnnooorrrssssttuuuuuuwyzzzouaiouuuuuaagkoojgnaaaeeiioorruusthaeooooy"
        + "abbbcdddddeeeeefghhhhhiikkkllllmmmnnnnoooopprrrrsssssttttuuuuuvvwwwwwxxyzzzhtwyaaaaaaaaaaaaeeeeeeeeiioooooooooooouuuuuuuyyyy";

    private static readonly Dictionary<char, char> WithoutMark =
        Marked.Zip(Plain).ToDictionary(pair => pair.First, pair => pair.Second);

    /// <summary>Cuts text into terms.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The terms in text order, with repetitions.</returns>
    public static IEnumerable<string> Of(string text)
    {
        var term = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (IsTermCharacter(rune))
            {
                term.Append(Fold(rune));
            }
            else if (!IsCombiningMark(rune) && term.Length > 0)
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

    /// <summary>Makes an FTS5 query that finds any term of a question. Every term is a quoted string of letters and numbers, so
    /// nothing a user types is read as query syntax.</summary>
    /// <param name="question">Any text.</param>
    /// <returns>The query, or <see langword="null"/> where the question has no term.</returns>
    public static string? ToFts5Query(string question)
    {
        string query = string.Join(" OR ", Of(question).Distinct(StringComparer.Ordinal).Select(term => $"\"{term}\""));
        return query.Length == 0 ? null : query;
    }

    private static bool IsTermCharacter(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.PrivateUse => true,
        _ => Rune.IsLetterOrDigit(rune) || Rune.IsNumber(rune),
    };

    private static bool IsCombiningMark(Rune rune) => rune.Value is >= 0x0300 and <= 0x0331;

    private static string Fold(Rune rune)
    {
        Rune lower = Rune.ToLowerInvariant(rune);
        return lower.IsBmp && WithoutMark.TryGetValue((char)lower.Value, out char plain) ? plain.ToString() : lower.ToString();
    }
}
