using System.Buffers;
using System.Text.RegularExpressions;
using LLoCO.Core.Segments;

namespace LLoCO.Training.SelfStudy;

/// <summary>Finds the sentences of a text that say something by themselves.</summary>
internal static partial class ClozeSentences
{
    private const int MinWords = 4;
    private const int MaxWords = 40;

    private static readonly SearchValues<char> Unclear = SearchValues.Create("\"\u201C\u201D\u00AB\u00BB?{}");

    private static readonly HashSet<string> Pointers = new(
        ("he she it they we i you this that these those there here his her its their our my your such both so then thus also but and "
        + "or however therefore instead another one some").Split(' '),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds sentences, white space in them as single spaces, without their closing mark.</summary>
    internal static IEnumerable<string> Find(string text)
    {
        int start = 0;
        foreach (int end in TextBreaks.FindSentenceEnds(text))
        {
            string sentence = Space().Replace(text[start..end], " ").Trim();
            start = end;
            if (IsClear(sentence))
            {
                yield return sentence[..^1];
            }
        }
    }

    private static bool IsClear(string sentence)
    {
        string[] words = sentence.Split(' ');
        return sentence.Length > 1
            && sentence[^1] is '.' or '!' or '\u3002'
            && (char.IsUpper(sentence[0]) || char.IsDigit(sentence[0]) || !HasCase(sentence))
            && (words.Length is >= MinWords and <= MaxWords || !sentence.Contains(' ', StringComparison.Ordinal))
            && !Pointers.Contains(words[0].TrimEnd(',', '\'', '\u2019'))
            && sentence.AsSpan().IndexOfAny(Unclear) < 0;
    }

    private static bool HasCase(string sentence) => sentence.Any(letter => char.IsUpper(letter) || char.IsLower(letter));

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
