using System.Text;
using System.Text.RegularExpressions;

namespace LLoCO.Evaluation;

/// <summary>Converts answers to the form in which SQuAD compares them: lower case, without ASCII punctuation, without the
/// articles a, an, the, words one space apart (SQuAD's <c>evaluate-v1.1.py</c>, <c>normalize_answer</c>).</summary>
internal static partial class AnswerNormalizer
{
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    /// <summary>Normalises an answer.</summary>
    /// <param name="answer">Any text.</param>
    /// <returns>The text to compare.</returns>
    public static string Normalize(string answer) => string.Join(' ', Words(answer));

    /// <summary>Normalises an answer and splits it.</summary>
    /// <param name="answer">Any text.</param>
    /// <returns>The words to compare.</returns>
    public static string[] Words(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var plain = new StringBuilder(answer.Length);
        foreach (char character in PythonText.ToLower(answer))
        {
            if (!Punctuation.Contains(character, StringComparison.Ordinal))
            {
                plain.Append(character);
            }
        }

        return Articles().Replace(plain.ToString(), " ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex(@"\b(a|an|the)\b")]
    private static partial Regex Articles();
}
