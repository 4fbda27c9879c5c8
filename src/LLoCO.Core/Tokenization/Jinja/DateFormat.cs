using System.Globalization;
using System.Text;

namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>Dates as C's <c>strftime</c> writes them, with English names.</summary>
internal static class DateFormat
{
    private static readonly Dictionary<char, string> Known = new()
    {
        ['d'] = "dd", ['b'] = "MMM", ['h'] = "MMM", ['B'] = "MMMM", ['m'] = "MM", ['y'] = "yy", ['Y'] = "yyyy", ['H'] = "HH",
        ['I'] = "hh", ['M'] = "mm", ['S'] = "ss", ['p'] = "tt", ['a'] = "ddd", ['A'] = "dddd", ['f'] = "ffffff",
        ['F'] = "yyyy-MM-dd", ['T'] = "HH:mm:ss",
    };

    /// <summary>Writes a date.</summary>
    /// <param name="format">The format.</param>
    /// <param name="date">The date.</param>
    /// <returns>The text; <see langword="null"/> where the format has a code that is not supported.</returns>
    public static string? Write(string format, DateTimeOffset date)
    {
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            bool plain = i + 1 < format.Length && format[i + 1] == '-';
            i += plain ? 2 : 1;
            char code = i < format.Length ? format[i] : '\0';
            string? part = code == '%' ? "%"
                : code == 'j' ? date.DayOfYear.ToString("000", CultureInfo.InvariantCulture)
                : Known.TryGetValue(code, out string? known) ? date.ToString(known, CultureInfo.InvariantCulture)
                : null;
            if (part is null)
            {
                return null;
            }

            text.Append(plain && part.Length > 1 ? part.TrimStart('0') : part);
        }

        return text.ToString();
    }
}
