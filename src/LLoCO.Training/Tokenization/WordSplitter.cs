using System.Text;
using LLoCO.Core.Tokenization;

namespace LLoCO.Training.Tokenization;

/// <summary>
/// Cuts text into the stretches that no learned piece may cross: a space and the letters behind it, one digit, a run of one
/// sign. Line breaks, tabs and other control characters belong to none, so that they are written as byte pieces.
/// </summary>
internal static class WordSplitter
{
    /// <summary>Bounds the work per word where a script writes no spaces.</summary>
    public const int MaximumWordLength = 64;

    private enum Kind
    {
        Break,
        Space,
        Letter,
        Digit,
        Sign,
    }

    /// <summary>Gives a text the form pieces are in: a space before it, and every space as U+2581.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The form to split.</returns>
    public static string Escape(string text) => string.Concat("\u2581", text.Replace(' ', SentencePieceModel.Space));

    /// <summary>Calls back for every word in order.</summary>
    /// <param name="escaped">What <see cref="Escape"/> gave.</param>
    /// <param name="word">Gets start and length, in UTF-16 units.</param>
    public static void Split(ReadOnlySpan<char> escaped, Action<Range> word)
    {
        int start = 0;
        int position = 0;
        var last = Kind.Break;
        var lastRune = default(Rune);
        while (position < escaped.Length)
        {
            Rune.DecodeFromUtf16(escaped[position..], out Rune rune, out int length);
            Kind kind = KindOf(rune);
            bool continues = last switch
            {
                Kind.Space => kind is Kind.Letter or Kind.Sign || (kind == Kind.Space && NextIsSpace(escaped, position + 1)),
                Kind.Letter => kind == Kind.Letter,
                Kind.Sign => kind == Kind.Sign && rune == lastRune,
                _ => false,
            };
            if (!continues || position - start >= MaximumWordLength)
            {
                Emit(start, position, last, word);
                start = position;
            }

            (last, lastRune) = (kind, rune);
            position += length;
        }

        Emit(start, position, last, word);
    }

    private static void Emit(int start, int end, Kind last, Action<Range> word)
    {
        if (end > start && last != Kind.Break)
        {
            word(start..end);
        }
    }

    // The last space of a run goes with the word behind it, as in "▁▁" + "▁word".
    private static bool NextIsSpace(ReadOnlySpan<char> escaped, int next) =>
        next < escaped.Length && escaped[next] == SentencePieceModel.Space;

    private static Kind KindOf(Rune rune) => rune switch
    {
        { Value: SentencePieceModel.Space } => Kind.Space,
        _ when Rune.IsLetter(rune) || IsMark(rune) => Kind.Letter,
        _ when Rune.IsDigit(rune) => Kind.Digit,
        _ when Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) || rune == Rune.ReplacementChar => Kind.Break,
        _ => Kind.Sign,
    };

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is
        System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;
}
