using System.Text;

namespace LLoCO.Core.Tokenization;

/// <summary>Replaces unpaired surrogates by U+FFFD. The length, and so all positions, stay the same.</summary>
internal static class WholeCharacters
{
    /// <summary>Gives a text without halves.</summary>
    /// <param name="text">The text; returned itself where it has none.</param>
    public static string Convert(string text)
    {
        for (int i = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !char.IsSurrogatePair(text, i++))
            {
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            }
        }

        return text;
    }
}
