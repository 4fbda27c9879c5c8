using System.Globalization;
using System.Text;

namespace LLoCO.Core.Trust;

/// <summary>How well a model knows the text of a document, measured when it is ingested and kept in the index. The figures say
/// something beside those of documents that the model was made for (<c>reference.json</c> in its folder).</summary>
/// <param name="PiecesPerWord">Tokens per word. A word is a run of letters and digits, and in scripts without spaces a letter.
/// About 1.3 where a tokenizer knows the language; 3 and more where it spells.</param>
/// <param name="Loss">Mean negative natural-log probability of a token under the base model, each behind up to 255 before it,
/// over up to eight stretches of the text; <see langword="null"/> where it was not measured: the decoder cannot score, or the
/// model has no reference to compare it with.</param>
public sealed record DocumentFamiliarity(double PiecesPerWord, double? Loss)
{
    /// <summary>Gets, by kind of the model's reference, the share of the document's tokens that documents of that kind do not
    /// use, 0 to 1; empty where the model has no reference.</summary>
    public IReadOnlyDictionary<string, double> Unknown { get; init; } = new Dictionary<string, double>();

    /// <summary>Counts the words of a text as <see cref="PiecesPerWord"/> does.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The words; 0 where it holds no letter and no digit.</returns>
    internal static int CountWords(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int words = 0;
        bool inside = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool alone = Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherLetter;
            bool letter = Rune.IsLetterOrDigit(rune);
            words += alone || (letter && !inside) ? 1 : 0;
            inside = letter && !alone;
        }

        return words;
    }
}
