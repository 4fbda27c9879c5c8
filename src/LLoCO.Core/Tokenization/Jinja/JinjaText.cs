using System.Globalization;
using System.Text;

namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>Values as text: as Python prints them, and as its <c>json</c> module writes them.</summary>
internal static class JinjaText
{
    /// <summary>What a value prints as.</summary>
    public static string Print(object? value, JinjaRun run, int at) => value switch
    {
        string text => text,
        JinjaUndefined => string.Empty,
        _ => Show(value, run, at),
    };

    /// <summary>A number with a fraction, as Python writes it.</summary>
    public static string Number(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }

        int exponent = Exponent(number);
        string shortest = number.ToString("R", CultureInfo.InvariantCulture);
        if (exponent is >= -4 and < 16)
        {
            string plain = shortest.Contains('E', StringComparison.Ordinal)
                ? ((decimal)number).ToString(CultureInfo.InvariantCulture)
                : shortest;
            return plain.Contains('.', StringComparison.Ordinal) ? plain : plain + ".0";
        }

        if (!shortest.Contains('E', StringComparison.Ordinal))
        {
            shortest = number.ToString("0.################E+00", CultureInfo.InvariantCulture);
        }

        string mantissa = shortest[..shortest.IndexOf('E', StringComparison.Ordinal)];
        return string.Create(
            CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    private static int Exponent(double number)
    {
        string digits = number.ToString("E16", CultureInfo.InvariantCulture);
        return number == 0 ? 0 : int.Parse(
            digits.AsSpan(digits.IndexOf('E', StringComparison.Ordinal) + 1), NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture);
    }

    private static string Show(object? value, JinjaRun run, int at)
    {
        var text = new StringBuilder();
        Show(value, text, run, at, 0);
        return text.ToString();
    }

    private static void Show(object? value, StringBuilder text, JinjaRun run, int at, int depth)
    {
        JinjaJson.Check(run, at, depth);
        switch (value)
        {
            case string inner:
                run.Spend(at, inner.Length);
                text.Append(Quote(inner));
                break;
            case object?[] tuple:
                Show(tuple, text, ('(', tuple.Length == 1 ? ",)" : ")"), (element, _) => Show(element, text, run, at, depth + 1));
                break;
            case List<object?> list:
                Show(list, text, ('[', "]"), (element, _) => Show(element, text, run, at, depth + 1));
                break;
            case JinjaMap map:
                Show([.. map.Values], text, ('{', "}"), (element, place) =>
                {
                    text.Append(Quote(map.GetAt(place).Key)).Append(": ");
                    Show(element, text, run, at, depth + 1);
                });
                break;
            default:
                text.Append(Plain(value) ?? throw run.Fault(at, $"{JinjaValues.Describe(value)} cannot be printed."));
                break;
        }
    }

    private static void Show(
        IReadOnlyList<object?> elements, StringBuilder text, (char Open, string Close) around, Action<object?, int> show)
    {
        text.Append(around.Open);
        for (int i = 0; i < elements.Count; i++)
        {
            text.Append(i == 0 ? string.Empty : ", ");
            show(elements[i], i);
        }

        text.Append(around.Close);
    }

    private static string? Plain(object? value) => value switch
    {
        null => "None",
        JinjaUndefined => "Undefined",
        bool flag => flag ? "True" : "False",
        long whole => whole.ToString(CultureInfo.InvariantCulture),
        double number => Number(number),
        _ => null,
    };

    private static string Quote(string text)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var quoted = new StringBuilder().Append(quote);
        foreach (char one in text)
        {
            _ = one switch
            {
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when one == quote => quoted.Append('\\').Append(one),
                < ' ' or '\u007f' => quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)one:x2}"),
                _ => quoted.Append(one),
            };
        }

        return quoted.Append(quote).ToString();
    }
}
