namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>
/// Cuts a template into text and tags, with the white space rules that transformers sets: <c>trim_blocks</c> drops the line feed
/// behind a statement or comment, <c>lstrip_blocks</c> the blanks before one at the start of a line; <c>-</c> drops all white
/// space on its side, <c>+</c> keeps it.
/// </summary>
internal sealed class JinjaLexer
{
    private readonly JinjaSource _source;
    private readonly string _text;
    private readonly JinjaExpressionLexer _inner;
    private readonly List<JinjaToken> _tokens = [];
    private int _at;
    private bool _startsLine = true;

    private JinjaLexer(JinjaSource source)
    {
        _source = source;
        _text = source.Text;
        _inner = new JinjaExpressionLexer(source, _tokens);
    }

    /// <summary>Reads all tokens.</summary>
    /// <param name="source">The template.</param>
    /// <exception cref="JinjaException">A tag or a string does not end, or a character means nothing.</exception>
    public static IReadOnlyList<JinjaToken> Read(JinjaSource source)
    {
        var lexer = new JinjaLexer(source);
        while (lexer._at < lexer._text.Length)
        {
            lexer.ReadPart();
        }

        lexer._tokens.Add(new JinjaToken(JinjaTokenKind.End, string.Empty, lexer._text.Length));
        return lexer._tokens;
    }

    private void ReadPart()
    {
        int tag = FindTag();
        AddData(_at, tag);
        if (tag == _text.Length)
        {
            _at = tag;
            return;
        }

        int inside = tag + 2 + (SignAt(tag + 2) == '\0' ? 0 : 1);
        switch (_text[tag + 1])
        {
            case '#':
                SkipComment(tag, inside);
                break;
            case '%' when RawEnd(inside, "raw") is { } start:
                ReadRaw(tag, start);
                break;
            default:
                ReadTag(tag, inside);
                break;
        }

        _startsLine = _text[_at - 1] == '\n';
    }

    private int FindTag()
    {
        for (int i = _text.IndexOf('{', _at); i >= 0 && i + 1 < _text.Length; i = _text.IndexOf('{', i + 1))
        {
            if (_text[i + 1] is '{' or '%' or '#')
            {
                return i;
            }
        }

        return _text.Length;
    }

    private char SignAt(int at) => at < _text.Length && _text[at] is '-' or '+' ? _text[at] : '\0';

    private void AddData(int start, int tag)
    {
        string data = _text[start..tag];
        if (tag < _text.Length)
        {
            data = SignAt(tag + 2) switch
            {
                '-' => PythonWhiteSpace.TrimEnd(data),
                '+' => data,
                _ => _text[tag + 1] == '{' ? data : WithoutIndent(data),
            };
        }

        if (data.Length > 0)
        {
            _tokens.Add(new JinjaToken(JinjaTokenKind.Data, data, start));
        }
    }

    private string WithoutIndent(string data)
    {
        int line = data.LastIndexOf('\n') + 1;
        return (line > 0 || _startsLine) && PythonWhiteSpace.TrimStart(data[line..]).Length == 0 ? data[..line] : data;
    }

    private void SkipComment(int tag, int inside)
    {
        int end = _text.IndexOf("#}", inside, StringComparison.Ordinal);
        if (end < 0)
        {
            throw _source.Fault(tag, "the comment does not end (#}).");
        }

        _at = BehindTag(end + 2, end > inside ? SignAt(end - 1) : '\0', trims: true);
    }

    private void ReadTag(int tag, int inside)
    {
        bool isBlock = _text[tag + 1] == '%';
        _tokens.Add(new JinjaToken(
            isBlock ? JinjaTokenKind.BlockBegin : JinjaTokenKind.VariableBegin, string.Empty, tag));
        (int end, char sign) = _inner.ReadTo(tag, inside, isBlock ? "%}" : "}}");
        _tokens.Add(new JinjaToken(isBlock ? JinjaTokenKind.BlockEnd : JinjaTokenKind.VariableEnd, string.Empty, end - 2));
        _at = BehindTag(end, sign, isBlock);
    }

    private int BehindTag(int end, char sign, bool trims)
    {
        if (sign == '-')
        {
            while (end < _text.Length && PythonWhiteSpace.Contains(_text[end]))
            {
                end++;
            }
        }

        return trims && sign == '\0' && end < _text.Length && _text[end] == '\n' ? end + 1 : end;
    }

    private void ReadRaw(int tag, int start)
    {
        for (int i = _text.IndexOf("{%", start, StringComparison.Ordinal); i >= 0;
            i = _text.IndexOf("{%", i + 1, StringComparison.Ordinal))
        {
            int inside = i + 2 + (SignAt(i + 2) == '\0' ? 0 : 1);
            if (RawEnd(inside, "endraw") is { } end)
            {
                _startsLine = _text[start - 1] == '\n';
                AddData(start, i);
                char sign = SignAt(EndOfTag(inside) - 1);
                _at = sign == '\0' ? BehindTag(end, sign, trims: true) : end;
                return;
            }
        }

        throw _source.Fault(tag, "the block 'raw' does not end (endraw).");
    }

    private int EndOfTag(int inside) => _text.IndexOf("%}", inside, StringComparison.Ordinal);

    /// <summary>Where the text behind <c>raw</c> or <c>endraw</c> goes on; <see langword="null"/> where the tag is another
    /// one.</summary>
    private int? RawEnd(int inside, string name)
    {
        int end = EndOfTag(inside);
        if (end < 0)
        {
            return null;
        }

        char sign = end > inside ? SignAt(end - 1) : '\0';
        string tag = _text[inside..(sign == '\0' ? end : end - 1)];
        return tag.Trim() == name ? BehindTag(end + 2, sign, trims: false) : null;
    }
}
