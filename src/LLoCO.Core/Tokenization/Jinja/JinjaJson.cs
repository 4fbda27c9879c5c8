using System.Globalization;
using System.Text;

namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>Writes values as Python's <c>json.dumps</c> does.</summary>
/// <param name="run">The rendering.</param>
/// <param name="at">Where the filter stands.</param>
/// <param name="indent">What each level is indented by; <see langword="null"/> for one line.</param>
/// <param name="separators">What stands between elements, and between key and value.</param>
internal sealed class JinjaJson(JinjaRun run, int at, string? indent, (string Element, string Key) separators)
{
    private const int MaxDepth = 100;

    private readonly StringBuilder _text = new();

    /// <summary>Gets whether characters beyond ASCII are escaped.</summary>
    public bool EscapesAll { get; init; }

    /// <summary>Gets whether keys are sorted.</summary>
    public bool SortsKeys { get; init; }

    /// <summary>Refuses values that hold each other without end.</summary>
    public static void Check(JinjaRun run, int at, int depth)
    {
        run.Step(at);
        if (depth > MaxDepth)
        {
            throw run.Fault(at, $"the value is nested more than {MaxDepth} deep.");
        }
    }

    /// <summary>Writes a value.</summary>
    public string Write(object? value)
    {
        Write(value, 0);
        return _text.ToString();
    }

    private void Write(object? value, int depth)
    {
        Check(run, at, depth);
        switch (value)
        {
            case string text:
                Quote(text);
                break;
            case IReadOnlyList<object?> list:
                Write(list.Count, ('[', ']'), depth, place => Write(list[place], depth + 1));
                break;
            case JinjaMap map:
                IEnumerable<string> named = SortsKeys ? map.Keys.Order(StringComparer.Ordinal) : map.Keys;
                string[] keys = [.. named];
                Write(keys.Length, ('{', '}'), depth, place =>
                {
                    Quote(keys[place]);
                    _text.Append(separators.Key);
                    Write(map[keys[place]], depth + 1);
                });
                break;
            default:
                _text.Append(Plain(value) ?? throw run.Fault(at, $"{JinjaValues.Describe(value)} cannot be written as JSON."));
                break;
        }
    }

    private void Write(int count, (char Open, char Close) around, int depth, Action<int> element)
    {
        _text.Append(around.Open);
        for (int i = 0; i < count; i++)
        {
            _text.Append(i == 0 ? string.Empty : separators.Element);
            NewLine(depth + 1);
            element(i);
        }

        if (count > 0)
        {
            NewLine(depth);
        }

        _text.Append(around.Close);
    }

    private void NewLine(int depth)
    {
        if (indent is not null)
        {
            _text.Append('\n');
            for (int i = 0; i < depth; i++)
            {
                _text.Append(indent);
            }
        }
    }

    private static string? Plain(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        long whole => whole.ToString(CultureInfo.InvariantCulture),
        double number when double.IsFinite(number) => JinjaText.Number(number),
        double number => double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity",
        _ => null,
    };

    private void Quote(string text)
    {
        run.Spend(at, text.Length);
        _text.Append('"');
        foreach (char one in text)
        {
            int known = "\"\\\n\r\t\b\f".IndexOf(one, StringComparison.Ordinal);
            if (known >= 0)
            {
                _text.Append('\\').Append("\"\\nrtbf"[known]);
            }
            else if (one < ' ' || (EscapesAll && one > '~'))
            {
                _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)one:x4}");
            }
            else
            {
                _text.Append(one);
            }
        }

        _text.Append('"');
    }
}
