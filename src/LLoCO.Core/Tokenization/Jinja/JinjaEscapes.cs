using System.Globalization;
using System.Text;

namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>The escapes of strings, as Python has them.</summary>
internal static class JinjaEscapes
{
    /// <summary>Replaces escapes by what they stand for; unknown ones stay as they are.</summary>
    /// <param name="text">What stands between the quotes.</param>
    /// <returns>The text; <see langword="null"/> where an escape is broken or names a character by words.</returns>
    public static string? Replace(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder();
        for (int at = 0; at < text.Length;)
        {
            if (text[at] != '\\' || at + 1 == text.Length)
            {
                result.Append(text[at++]);
            }
            else if (!Append(text, ref at, result))
            {
                return null;
            }
        }

        return result.ToString();
    }

    private static bool Append(string text, ref int at, StringBuilder result)
    {
        char kind = text[at + 1];
        at += 2;
        switch (kind)
        {
            case '\n':
                return true;
            case 'x' or 'u' or 'U':
                return AppendCode(text, ref at, kind == 'x' ? 2 : kind == 'u' ? 4 : 8, 16, result);
            case >= '0' and <= '7':
                at--;
                int digits = 1;
                while (digits < 3 && at + digits < text.Length && text[at + digits] is >= '0' and <= '7')
                {
                    digits++;
                }

                return AppendCode(text, ref at, digits, 8, result);
            case 'N':
                return false;
            default:
                int known = "ntr\\'\"abfv".IndexOf(kind, StringComparison.Ordinal);
                result.Append(known < 0 ? "\\" + kind : "\n\t\r\\'\"\a\b\f\v"[known].ToString());
                return true;
        }
    }

    private static bool AppendCode(string text, ref int at, int digits, int numberBase, StringBuilder result)
    {
        if (at + digits > text.Length || !text.AsSpan(at, digits).ToString().All(char.IsAsciiHexDigit))
        {
            return false;
        }

        long code = numberBase == 16
            ? long.Parse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : Convert.ToInt64(text.Substring(at, digits), 8);
        at += digits;
        if (code is < 0 or > 0x10FFFF)
        {
            return false;
        }

        // Halves of a pair may stand in two escapes.
        result.Append(code <= char.MaxValue ? ((char)code).ToString() : char.ConvertFromUtf32((int)code));
        return true;
    }
}
