using System.Globalization;

namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>Filters of texts; some are methods of strings, too.</summary>
internal static class JinjaTextFilters
{
    /// <summary>Gets the filters.</summary>
    public static IReadOnlyList<JinjaFunction> All { get; } =
    [
        new("trim", ["chars"], call => Trim(call, left: true, right: true)),
        new("upper", [], call => call.Text.ToUpperInvariant()),
        new("lower", [], call => call.Text.ToLowerInvariant()),
        new("capitalize", [], call => Capitalize(call.Text)),
        new("title", [], call => Title(call.Text)),
        new("replace", ["old", "new", "count"], Replace),
        new("indent", ["width", "first", "blank"], Indent),
        new("escape", [], call => Escape(call)),
        new("e", [], call => Escape(call)),
    ];

    /// <summary>Removes white space, or the characters of the argument, at the ends.</summary>
    public static string Trim(JinjaCall call, bool left, bool right)
    {
        string text = call.Text;
        if (call.Argument(0) is null)
        {
            text = left ? PythonWhiteSpace.TrimStart(text) : text;
            return right ? PythonWhiteSpace.TrimEnd(text) : text;
        }

        char[] characters = call.RequiredString(0).ToCharArray();
        if (characters.Length == 0)
        {
            return text;
        }

        text = left ? text.TrimStart(characters) : text;
        return right ? text.TrimEnd(characters) : text;
    }

    /// <summary>The first letter large, the others small.</summary>
    public static string Capitalize(string text) => text.Length == 0 ? text
        : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    /// <summary>Each word as in <see cref="Capitalize"/>.</summary>
    public static string Title(string text) => string.Create(text.Length, text, (title, from) =>
    {
        bool inWord = false;
        for (int i = 0; i < from.Length; i++)
        {
            title[i] = inWord ? char.ToLowerInvariant(from[i]) : char.ToUpperInvariant(from[i]);
            inWord = char.IsLetter(from[i]);
        }
    });

    /// <summary>Replaces a part of a text, all times or so many.</summary>
    public static string Replace(JinjaCall call)
    {
        (string old, string with) = (call.RequiredString(0), call.RequiredString(1));
        int count = call.Argument(2) is null ? int.MaxValue : call.Number(2, 0) is var given && given < 0 ? int.MaxValue : given;
        if (old.Length == 0)
        {
            throw call.Fault("needs something to replace.");
        }

        string[] parts = call.Text.Split(old, (int)Math.Min(int.MaxValue, count + 1L));
        call.Run.Spend(call.At, call.Text.Length + ((parts.Length - 1L) * with.Length));
        return string.Join(with, parts);
    }

    private static string Indent(JinjaCall call)
    {
        string width = call.Argument(0) as string ?? new string(' ', Math.Clamp(call.Number(0, 4), 0, 1000));
        (bool first, bool blank) = (call.Flag(1, missing: false), call.Flag(2, missing: false));
        string[] lines = call.Text.Split('\n');
        call.Run.Spend(call.At, call.Text.Length + ((long)lines.Length * width.Length));
        return string.Join('\n', lines.Select((line, place) =>
            (place == 0 ? first : blank || line.Length > 0) ? width + line : line));
    }

    private static string Escape(JinjaCall call) => call.Run.Made(call.At, call.Text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal)
        .Replace("\"", "&#34;", StringComparison.Ordinal));
}
