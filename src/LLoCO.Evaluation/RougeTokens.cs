namespace LLoCO.Evaluation;

/// <summary>Splits text as <c>rouge_score</c> does: lower case, runs of ASCII letters and digits, and of words of more than
/// three characters the Porter stem.</summary>
internal static class RougeTokens
{
    private const int LongestUnstemmed = 3;

    /// <summary>Splits a text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="stem">Whether words are stemmed (<c>use_stemmer</c>).</param>
    /// <returns>The tokens in order.</returns>
    public static string[] Extract(string text, bool stem)
    {
        ArgumentNullException.ThrowIfNull(text);

        string lower = PythonText.ToLower(text);
        var tokens = new List<string>();
        int start = 0;
        for (int i = 0; i <= lower.Length; i++)
        {
            if (i < lower.Length && (char.IsAsciiLetterLower(lower[i]) || char.IsAsciiDigit(lower[i])))
            {
                continue;
            }

            if (i > start)
            {
                string token = lower[start..i];
                tokens.Add(stem && token.Length > LongestUnstemmed ? PorterStemmer.Stem(token) : token);
            }

            start = i + 1;
        }

        return [.. tokens];
    }
}
