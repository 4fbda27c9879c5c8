using System.Text.RegularExpressions;
using LLoCO.Core.Segments;

namespace LLoCO.Core.Trust;

/// <summary>A word in a text that is to be predicted from the preceding part of the sentence.</summary>
/// <param name="Start">Index of the sentence's first character.</param>
/// <param name="Word">Index of the word's first character.</param>
/// <param name="End">Index after the word.</param>
internal readonly record struct ClozePlace(int Start, int Word, int End);

/// <summary>
/// Makes probes from a text without labels: one word per sentence, a name or a number if there is one, otherwise a long word. The
/// word is late enough in the sentence that the beginning identifies the sentence.
/// </summary>
internal static partial class ClozeProbes
{
    private const int WordsBefore = 3;
    private const int LongWord = 6;

    // Without this limit, the cue from a table row or a text without full stops would be as long as a passage.
    private const int MaxCharacters = 200;

    /// <summary>Finds places within a stretch of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where the stretch begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="max">Most places.</param>
    /// <returns>Places in text order: names and numbers first chosen, spread evenly.</returns>
    public static IReadOnlyList<ClozePlace> Find(string text, int start, int end, int max)
    {
        var named = new List<ClozePlace>();
        var others = new List<ClozePlace>();
        int from = start;
        foreach (TextBreak stop in TextBreaks.Find(text[start..end]).Where(stop => stop.Kind >= BreakKind.Line))
        {
            int to = start + stop.Position;
            Add(text, from, to, named, others);
            from = to;
        }

        IEnumerable<ClozePlace> chosen = Spread(named, max);
        return [.. chosen.Concat(Spread(others, max - Math.Min(max, named.Count))).OrderBy(place => place.Start)];
    }

    private static void Add(string text, int from, int to, List<ClozePlace> named, List<ClozePlace> others)
    {
        if (to - from > MaxCharacters)
        {
            return;
        }

        Match[] words = Word().Matches(text[from..to]).ToArray();
        IEnumerable<Match> late = words.Skip(WordsBefore).Reverse();
        if (late.FirstOrDefault(word => char.IsUpper(word.Value[0]) || char.IsDigit(word.Value[0])) is { } name)
        {
            named.Add(Place(name));
        }
        else if (late.FirstOrDefault(word => word.Length >= LongWord) is { } other)
        {
            others.Add(Place(other));
        }

        ClozePlace Place(Match word) => new(from, from + word.Index, from + word.Index + word.Length);
    }

    private static IEnumerable<ClozePlace> Spread(List<ClozePlace> places, int max) => places.Count <= max
        ? places
        : Enumerable.Range(0, max).Select(i => places[(int)((long)i * places.Count / max)]);

    [GeneratedRegex(@"[\p{L}\p{M}]+(?:['\u2019-][\p{L}\p{M}]+)*|\p{Nd}+(?:[.,:]\p{Nd}+)*")]
    private static partial Regex Word();
}
