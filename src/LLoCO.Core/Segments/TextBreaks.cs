using System.Buffers;

namespace LLoCO.Core.Segments;

/// <summary>How good a place is for a cut; larger is better.</summary>
internal enum BreakKind
{
    /// <summary>Inside a long run without spaces.</summary>
    Run = 0,

    /// <summary>Between two words.</summary>
    Word = 1,

    /// <summary>At the end of a line.</summary>
    Line = 2,

    /// <summary>At the end of a sentence.</summary>
    Sentence = 3,

    /// <summary>At an empty line.</summary>
    Paragraph = 4,

    /// <summary>At an empty line before a heading.</summary>
    Heading = 5,
}

/// <summary>A place where a text may be cut.</summary>
/// <param name="Position">Index of the first character behind the cut; white space belongs to the part before.</param>
/// <param name="Words">Words from the beginning of the text to here.</param>
/// <param name="Kind">How good the place is.</param>
internal readonly record struct TextBreak(int Position, int Words, BreakKind Kind);

/// <summary>Finds the places where a text may be cut.</summary>
public static class TextBreaks
{
    // Text without spaces (Chinese, a long table row) counts as one word per so many characters, and may be cut there.
    private const int RunCharacters = 12;

    private static readonly SearchValues<char> SentenceEnds = SearchValues.Create(".!?\u2026\u3002\uff01\uff1f");
    private static readonly SearchValues<char> Closers = SearchValues.Create("\"')]}\u2019\u201d\u00bb\u300d\u300f\uff09");

    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "mr", "mrs", "ms", "dr", "prof", "st", "capt", "lt", "col", "gen", "sgt", "rev", "hon", "no", "nos", "vs", "fig", "vol",
        "e.g", "i.e", "cf", "approx",
    };

    /// <summary>Finds where sentences end: at their marks, but for those of abbreviations and initials, and at empty lines.</summary>
    /// <param name="text">The text; may be empty, which has none.</param>
    /// <returns>Indices of the first character behind each sentence and the white space that follows it, in order. What stands
    /// behind the last one is no whole sentence.</returns>
    public static IReadOnlyList<int> FindSentenceEnds(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. Find(text).Where(end => end.Kind >= BreakKind.Sentence).Select(end => end.Position)];
    }

    /// <summary>Finds all places.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The places in order; the last is the end of the text.</returns>
    internal static List<TextBreak> Find(string text)
    {
        var breaks = new List<TextBreak>();
        int words = 0;
        int position = SkipSpace(text, 0, out _);
        while (position < text.Length)
        {
            int start = position;
            while (position < text.Length && !char.IsWhiteSpace(text[position]))
            {
                position++;
            }

            for (int cut = start + RunCharacters; cut < position; cut += RunCharacters)
            {
                int safe = char.IsLowSurrogate(text[cut]) ? cut + 1 : cut;
                if (safe < position)
                {
                    breaks.Add(new TextBreak(safe, ++words, KindInRun(text, safe)));
                }
            }

            int next = SkipSpace(text, position, out int lines);
            breaks.Add(new TextBreak(next, ++words, KindAtSpace(text.AsSpan(start, position - start), text, next, lines)));
            position = next;
        }

        if (breaks.Count == 0 && text.Length > 0)
        {
            breaks.Add(new TextBreak(text.Length, 0, BreakKind.Paragraph));
        }

        return breaks;
    }

    private static int SkipSpace(string text, int position, out int lines)
    {
        lines = 0;
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            lines += text[position] == '\n' ? 1 : 0;
            position++;
        }

        return position;
    }

    private static BreakKind KindInRun(string text, int position) =>
        SentenceEnds.Contains(text[position - 1]) && text[position - 1] > '\u2fff' ? BreakKind.Sentence : BreakKind.Run;

    private static BreakKind KindAtSpace(ReadOnlySpan<char> word, string text, int next, int lines)
    {
        if (lines > 1)
        {
            return next < text.Length && text[next] == '#' ? BreakKind.Heading : BreakKind.Paragraph;
        }

        return EndsSentence(word) && (next >= text.Length || !char.IsLower(text[next])) ? BreakKind.Sentence
            : lines == 1 ? BreakKind.Line
            : BreakKind.Word;
    }

    private static bool EndsSentence(ReadOnlySpan<char> word)
    {
        while (word.Length > 0 && Closers.Contains(word[^1]))
        {
            word = word[..^1];
        }

        if (word.Length == 0 || !SentenceEnds.Contains(word[^1]))
        {
            return false;
        }

        if (word[^1] != '.')
        {
            return true;
        }

        ReadOnlySpan<char> stem = word[..^1].TrimStart("\"'([\u2018\u201c");
        bool initial = stem.Length == 1 && char.IsUpper(stem[0]);
        return !initial && !Abbreviations.GetAlternateLookup<ReadOnlySpan<char>>().Contains(stem);
    }
}
