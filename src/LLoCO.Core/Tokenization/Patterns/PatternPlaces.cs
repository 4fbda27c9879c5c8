using System.Text;
using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tokenization.Patterns;

/// <summary>Checks the kind of a position, such as a word boundary.</summary>
internal static class PatternPlaces
{
    /// <summary>Says whether a position is such a place.</summary>
    public static bool IsAt(ReadOnlySpan<char> text, int position, PatternAnchor anchor) => anchor switch
    {
        PatternAnchor.LineStart => position == 0 || (text[position - 1] == '\n' && position < text.Length),
        PatternAnchor.LineEnd => position == text.Length || text[position] == '\n',
        PatternAnchor.TextStart => position == 0,
        PatternAnchor.TextEnd => position == text.Length,
        PatternAnchor.TextEndOrLastBreak => position == text.Length || (position == text.Length - 1 && text[position] == '\n'),
        PatternAnchor.WordBorder => IsWordBehind(text, position) != IsWordAt(text, position),
        _ => IsWordBehind(text, position) == IsWordAt(text, position),
    };

    private static bool IsWordAt(ReadOnlySpan<char> text, int position) =>
        position < text.Length && CharacterClasses.Word.ContainsAt(text, position, out _);

    private static bool IsWordBehind(ReadOnlySpan<char> text, int position)
    {
        Rune.DecodeLastFromUtf16(text[..position], out Rune rune, out _);
        return position > 0 && CharacterClasses.Word.Contains(rune.Value);
    }
}
