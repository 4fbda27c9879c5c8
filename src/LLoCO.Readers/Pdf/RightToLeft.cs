using System.Globalization;
using System.Text;
using UglyToad.PdfPig.Content;

namespace LLoCO.Readers.Pdf;

/// <summary>Puts the signs of a line in the order in which they are read, where letters of right-to-left scripts are among them. A PDF file
/// says where each sign stands, not which comes first.</summary>
/// <remarks>The levels are those of the Unicode Bidirectional Algorithm (UAX #9), found from what is seen: the order that is sought would
/// be shown that way.</remarks>
internal static class RightToLeft
{
    private const string Mirrored = "()[]{}<>«»‹›";

    private enum Kind
    {
        Neutral,
        Left,
        Right,
        Digit,
    }

    /// <summary>Tells whether there are right-to-left letters in a text.</summary>
    /// <param name="text">The text.</param>
    public static bool IsIn(string text) => text.EnumerateRunes().Any(rune => KindOf(rune) == Kind.Right);

    /// <summary>Tells whether a page is read from right to left: more of its letters are of right-to-left scripts than of others.</summary>
    /// <param name="texts">The texts on the page.</param>
    public static bool Leads(IEnumerable<string> texts)
    {
        int more = 0;
        foreach (Rune rune in texts.SelectMany(text => text.EnumerateRunes()))
        {
            more += KindOf(rune) switch { Kind.Right => 1, Kind.Left => -1, _ => 0 };
        }

        return more > 0;
    }

    /// <summary>Gives the text of a line that runs from side to side.</summary>
    /// <param name="words">Its words, in any order.</param>
    public static string Read(IEnumerable<Word> words)
    {
        var signs = new List<string>();
        foreach (Word word in words.OrderBy(word => word.BoundingBox.Left))
        {
            if (signs.Count > 0)
            {
                signs.Add(" ");
            }

            signs.AddRange(word.Letters.OrderBy(letter => letter.StartBaseLine.X).Select(letter => letter.Value)
                .Where(value => value.Length > 0));
        }

        return Order(signs);
    }

    /// <summary>Orders signs as they are read.</summary>
    /// <param name="signs">The signs as they stand, from left to right; a ligature is one.</param>
    public static string Order(IReadOnlyList<string> signs)
    {
        Kind[] kinds = [.. signs.Select(sign => KindOf(Rune.GetRuneAt(sign, 0)))];
        Kind[] letters = [.. kinds.Where(kind => kind is Kind.Left or Kind.Right)];
        bool right = letters is [Kind.Right, .., Kind.Right] || letters.Count(kind => kind == Kind.Right) * 2 >= letters.Length;
        int[] levels = right ? LevelsOfRight(kinds, signs) : LevelsOfLeft(kinds);
        int[] order = [.. Enumerable.Range(0, signs.Count)];
        Reverse(order, levels, 1);
        Reverse(order, [.. order.Select(place => levels[place])], 2);
        var text = new StringBuilder();
        foreach (int place in order)
        {
            text.Append(levels[place] == 1 ? Mirror(signs[place]) : signs[place]);
        }

        return text.ToString();
    }

    // In a line that runs to the left: letters of other scripts and numbers run to the right, with what stands between them.
    private static int[] LevelsOfRight(Kind[] kinds, IReadOnlyList<string> signs)
    {
        int[] levels = [.. kinds.Select(kind => kind is Kind.Left or Kind.Digit ? 2 : 1)];
        for (int last = -1, place = 0; place < kinds.Length; place++)
        {
            if (kinds[place] == Kind.Right)
            {
                last = -1;
            }
            else if (kinds[place] != Kind.Neutral)
            {
                bool joins = last >= 0 && (kinds[last] == Kind.Left || kinds[place] == Kind.Left
                    || (place == last + 2 && signs[last + 1] is "." or "," or ":" or "/" or "-"));
                for (int between = last + 1; joins && between < place; between++)
                {
                    levels[between] = 2;
                }

                last = place;
            }
        }

        return levels;
    }

    // In a line that runs to the right: what stands from one right-to-left letter to the next runs to the left, numbers in it aside.
    private static int[] LevelsOfLeft(Kind[] kinds)
    {
        int[] levels = [.. kinds.Select(kind => kind == Kind.Right ? 1 : 0)];
        for (int last = -1, place = 0; place < kinds.Length; place++)
        {
            if (kinds[place] == Kind.Left)
            {
                last = -1;
            }
            else if (kinds[place] == Kind.Right)
            {
                for (int between = last + 1; last >= 0 && between < place; between++)
                {
                    levels[between] = kinds[between] == Kind.Digit ? 2 : 1;
                }

                last = place;
            }
        }

        return levels;
    }

    private static void Reverse(int[] order, int[] levels, int least)
    {
        for (int start = 0, end; start < order.Length; start = end + 1)
        {
            end = start;
            while (end < order.Length && levels[end] >= least)
            {
                end++;
            }

            Array.Reverse(order, start, end - start);
        }
    }

    private static string Mirror(string sign) =>
        sign.Length == 1 && Mirrored.IndexOf(sign[0]) is >= 0 and var place ? Mirrored[place ^ 1].ToString() : sign;

    private static Kind KindOf(Rune rune) => rune.Value switch
    {
        _ when Rune.IsDigit(rune) => Kind.Digit,
        >= 0x0590 and <= 0x08FF or >= 0xFB1D and <= 0xFDFF or >= 0xFE70 and <= 0xFEFC or >= 0x10800 and <= 0x10FFF or >= 0x1E800 and <= 0x1EFFF
            => Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark ? Kind.Right : Kind.Neutral,
        _ => Rune.IsLetter(rune) ? Kind.Left : Kind.Neutral,
    };
}
