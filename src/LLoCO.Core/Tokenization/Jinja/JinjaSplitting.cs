namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>How strings are split.</summary>
internal static class JinjaSplitting
{
    /// <summary>Splits at a separator, or at white space where none is given.</summary>
    public static object Split(JinjaCall call, bool fromEnd)
    {
        int most = call.Argument(1) is null ? -1 : call.Number(1, -1);
        if (call.Argument(0) is null)
        {
            return most < 0
                ? call.Run.Made(call.At, Words(call.Text))
                : throw call.Fault("with a number of splits needs a separator.");
        }

        string separator = call.RequiredString(0);
        if (separator.Length == 0)
        {
            throw call.Fault("needs a separator that is not empty.");
        }

        string[] parts = call.Text.Split(separator);
        if (most >= 0 && parts.Length > most + 1L)
        {
            int cut = fromEnd ? parts.Length - most : most;
            parts = fromEnd
                ? [string.Join(separator, parts[..cut]), .. parts[cut..]]
                : [.. parts[..cut], string.Join(separator, parts[cut..])];
        }

        return call.Run.Made(call.At, parts);
    }

    /// <summary>Splits at line ends.</summary>
    public static object Lines(JinjaCall call)
    {
        string[] lines = call.Text.ReplaceLineEndings("\n").Split('\n');
        return call.Run.Made(call.At, lines[^1].Length == 0 ? lines[..^1] : lines);
    }

    private static IEnumerable<string> Words(string text)
    {
        int start = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            bool inWord = i < text.Length && !PythonWhiteSpace.Contains(text[i]);
            if (inWord && start < 0)
            {
                start = i;
            }
            else if (!inWord && start >= 0)
            {
                yield return text[start..i];
                start = -1;
            }
        }
    }
}
