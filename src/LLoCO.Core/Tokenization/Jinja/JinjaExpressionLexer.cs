using System.Buffers;

namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>Cuts the inside of tags into names, numbers, strings and operators.</summary>
/// <param name="source">The template.</param>
/// <param name="tokens">Where the tokens go.</param>
internal sealed class JinjaExpressionLexer(JinjaSource source, List<JinjaToken> tokens)
{
    private static readonly string[] LongOperators = ["//", "**", "==", "!=", "<=", ">="];
    private static readonly SearchValues<char> ShortOperators = SearchValues.Create("+-/*%~[](){}=.:|,<>");

    private readonly string _text = source.Text;
    private int _open;

    /// <summary>Reads the inside of a tag.</summary>
    /// <param name="tag">Where the tag begins.</param>
    /// <param name="start">Where its inside begins.</param>
    /// <param name="close">The characters that end it.</param>
    /// <returns>Where the text behind the tag begins, and the sign before its end.</returns>
    public (int End, char Sign) ReadTo(int tag, int start, string close)
    {
        _open = 0;
        int at = start;
        while (at < _text.Length)
        {
            if (PythonWhiteSpace.Contains(_text[at]))
            {
                at++;
            }
            else if (_open == 0 && SignBefore(at, close) is { } sign)
            {
                return (at + close.Length + (sign == '\0' ? 0 : 1), sign);
            }
            else
            {
                at = ReadToken(at);
            }
        }

        throw source.Fault(tag, $"the tag does not end ({close}).");
    }

    private char? SignBefore(int at, string close)
    {
        char sign = _text[at] == '-' || (_text[at] == '+' && close == "%}") ? _text[at] : '\0';
        return string.CompareOrdinal(_text, sign == '\0' ? at : at + 1, close, 0, close.Length) == 0 ? sign : null;
    }

    private int ReadToken(int at)
    {
        char first = _text[at];
        if (char.IsAsciiDigit(first))
        {
            return ReadNumber(at);
        }

        if (char.IsLetter(first) || first == '_')
        {
            int end = at + 1;
            while (end < _text.Length && (char.IsLetterOrDigit(_text[end]) || _text[end] == '_'))
            {
                end++;
            }

            return Add(JinjaTokenKind.Name, at, end);
        }

        return first is '\'' or '"' ? ReadString(at) : ReadOperator(at);
    }

    private int ReadNumber(int at)
    {
        int end = Digits(at);
        int whole = end;
        if (end + 1 < _text.Length && _text[end] == '.' && char.IsAsciiDigit(_text[end + 1]))
        {
            end = Digits(end + 1);
        }

        if (end < _text.Length && _text[end] is 'e' or 'E')
        {
            int digits = end + 1 + (end + 1 < _text.Length && _text[end + 1] is '+' or '-' ? 1 : 0);
            end = digits < _text.Length && char.IsAsciiDigit(_text[digits]) ? Digits(digits) : end;
        }

        return Add(end > whole ? JinjaTokenKind.Float : JinjaTokenKind.Integer, at, end);
    }

    private int Digits(int at)
    {
        while (at < _text.Length && (char.IsAsciiDigit(_text[at]) || _text[at] == '_'))
        {
            at++;
        }

        return at;
    }

    private int ReadString(int at)
    {
        int end = at + 1;
        while (end < _text.Length && _text[end] != _text[at])
        {
            end += _text[end] == '\\' ? 2 : 1;
        }

        if (end >= _text.Length)
        {
            throw source.Fault(at, "the string does not end.");
        }

        string value = JinjaEscapes.Replace(_text[(at + 1)..end])
            ?? throw source.Fault(at, "the string has an escape that is not supported.");
        tokens.Add(new JinjaToken(JinjaTokenKind.Text, value, at));
        return end + 1;
    }

    private int ReadOperator(int at)
    {
        string? two = Array.Find(LongOperators, one => string.CompareOrdinal(_text, at, one, 0, one.Length) == 0);
        if (two is null && !ShortOperators.Contains(_text[at]))
        {
            throw source.Fault(at, $"the character '{_text[at]}' is not expected here.");
        }

        _open += _text[at] switch
        {
            '(' or '[' or '{' => 1,
            ')' or ']' or '}' => -1,
            _ => 0,
        };
        return _open < 0
            ? throw source.Fault(at, $"'{_text[at]}' closes nothing.")
            : Add(JinjaTokenKind.Operator, at, at + (two?.Length ?? 1));
    }

    private int Add(JinjaTokenKind kind, int at, int end)
    {
        tokens.Add(new JinjaToken(kind, _text[at..end], at));
        return end;
    }
}
