using System.Globalization;
using System.Text;

namespace LLoCO.Evaluation;

/// <summary>Cuts text for metrics of Chinese and Japanese: each Han, kana or Hangul character by itself, other letters and numbers in
/// words; lower case, without punctuation and white space.</summary>
/// <remarks>The cut of MLQA's and CMRC's evaluations for Chinese. LongBench cuts Chinese into words by the dictionary of jieba, so its
/// figures differ: a character that two answers share counts here, but not there where their words differ.</remarks>
public static class CharacterTokens
{
    private static readonly (int First, int Last)[] Characters =
    [
        (0x3005, 0x3007), (0x3040, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3),
        (0xF900, 0xFAFF), (0x20000, 0x3FFFF),
    ];

    /// <summary>Cuts a text.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The tokens in order.</returns>
    public static string[] Extract(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new List<string>();
        var word = new StringBuilder();
        foreach (Rune rune in PythonText.ToLower(text).EnumerateRunes())
        {
            bool alone = IsCharacter(rune);
            if (!alone && IsPartOfWord(rune))
            {
                word.Append(rune.ToString());
                continue;
            }

            if (word.Length > 0)
            {
                tokens.Add(word.ToString());
                word.Clear();
            }

            if (alone)
            {
                tokens.Add(rune.ToString());
            }
        }

        return word.Length > 0 ? [.. tokens, word.ToString()] : [.. tokens];
    }

    /// <summary>Tells whether a text holds such characters, which metrics of words do not cut.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>Whether it holds one.</returns>
    public static bool Concern(string text) =>
        (text ?? throw new ArgumentNullException(nameof(text))).EnumerateRunes().Any(IsCharacter);

    private static bool IsCharacter(Rune rune) =>
        Array.Exists(Characters, range => rune.Value >= range.First && rune.Value <= range.Last);

    private static bool IsPartOfWord(Rune rune) => Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
