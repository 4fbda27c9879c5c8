namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>White space as Python has it: also the four separators of ASCII.</summary>
internal static class PythonWhiteSpace
{
    /// <summary>Checks a character.</summary>
    public static bool Contains(char one) => char.IsWhiteSpace(one) || one is >= '\u001c' and <= '\u001f';

    /// <summary>Removes it at the start.</summary>
    public static string TrimStart(string text)
    {
        int start = 0;
        while (start < text.Length && Contains(text[start]))
        {
            start++;
        }

        return text[start..];
    }

    /// <summary>Removes it at the end.</summary>
    public static string TrimEnd(string text)
    {
        int end = text.Length;
        while (end > 0 && Contains(text[end - 1]))
        {
            end--;
        }

        return text[..end];
    }
}
