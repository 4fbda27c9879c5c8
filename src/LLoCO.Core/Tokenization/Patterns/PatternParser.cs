using System.Globalization;
using System.Text;
using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tokenization.Patterns;

/// <summary>
/// Reads a regular expression as Oniguruma does, which the reference implementation of <c>tokenizer.json</c> uses
/// (https://github.com/kkos/oniguruma/blob/master/doc/RE). Syntax that tokenizers do not use, such as back-references, is refused
/// by name.
/// </summary>
internal sealed class PatternParser
{
    private const int DeepestNesting = 100;

    private readonly string _text;
    private readonly PatternEscapes _escapes;
    private int _position;
    private int _depth;
    private bool _ignoreCase;
    private bool _dotTakesBreaks;
    private bool _extended;

    private PatternParser(string text)
    {
        _text = text;
        _escapes = new PatternEscapes(text);
    }

    private bool AtEnd => _position >= _text.Length;

    /// <summary>Reads a pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <exception cref="PatternException">It is broken or not supported.</exception>
    public static PatternNode Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        PatternNode node = parser.ReadChoice();
        return parser.AtEnd ? node : throw new PatternException($"a ')' without a '(' at {parser._position}");
    }

    private PatternNode ReadChoice()
    {
        if (++_depth > DeepestNesting)
        {
            throw new PatternException("too many groups within one another");
        }

        // Options that are set within a group, (?i), hold to its end.
        (bool, bool, bool) options = (_ignoreCase, _dotTakesBreaks, _extended);
        var branches = new List<PatternNode> { ReadSequence() };
        while (TryTake('|'))
        {
            branches.Add(ReadSequence());
        }

        (_ignoreCase, _dotTakesBreaks, _extended) = options;
        _depth--;
        return branches.Count == 1 ? branches[0] : new PatternNode.Choice(branches);
    }

    private PatternNode ReadSequence()
    {
        var parts = new List<PatternNode>();
        while (!AtEnd && _text[_position] is not ('|' or ')'))
        {
            if (_extended && SkipExtended())
            {
                continue;
            }

            PatternNode part = ReadAtom();
            parts.Add(part is PatternNode.Empty ? part : PatternQuantifiers.Read(_text, ref _position, part));
        }

        parts.RemoveAll(part => part is PatternNode.Empty);
        return parts.Count switch { 0 => new PatternNode.Empty(), 1 => parts[0], _ => new PatternNode.Sequence(parts) };
    }

    private bool SkipExtended()
    {
        if (char.IsWhiteSpace(_text[_position]))
        {
            _position++;
            return true;
        }

        if (_text[_position] != '#')
        {
            return false;
        }

        int end = _text.IndexOf('\n', _position);
        _position = end < 0 ? _text.Length : end + 1;
        return true;
    }

    private PatternNode ReadAtom()
    {
        char c = _text[_position];
        switch (c)
        {
            case '(':
                _position++;
                return ReadGroup();
            case '[':
                _position++;
                return Set(new PatternSetReader(_text, _escapes, _ignoreCase).Read(ref _position));
            case '.':
                _position++;
                return new PatternNode.One(_dotTakesBreaks
                    ? CodePointSet.Create().Not() : CodePointSet.Create('\n').Not());
            case '^':
                _position++;
                return new PatternNode.At(PatternAnchor.LineStart);
            case '$':
                _position++;
                return new PatternNode.At(PatternAnchor.LineEnd);
            case '\\':
                return ReadEscape();
            case '*' or '+' or '?':
                throw new PatternException($"nothing stands before '{c}' at {_position}");
            default:
                Rune.DecodeFromUtf16(_text.AsSpan(_position), out Rune rune, out int length);
                _position += length;
                return Set(CodePointSet.Create(rune.Value));
        }
    }

    private PatternNode ReadEscape()
    {
        if (_position + 1 < _text.Length && PatternEscapes.Anchor(_text[_position + 1]) is { } anchor)
        {
            _position += 2;
            return new PatternNode.At(anchor);
        }

        if (string.CompareOrdinal(_text, _position, "\\R", 0, 2) == 0)
        {
            _position += 2;
            CodePointSet breaks = CodePointSet.Create((10, 13), (0x85, 0x85), (0x2028, 0x2029));
            PatternNode pair = new PatternNode.Sequence(
                [new PatternNode.One(CodePointSet.Create('\r')), new PatternNode.One(CodePointSet.Create('\n'))]);
            return new PatternNode.Atomic(new PatternNode.Choice([pair, new PatternNode.One(breaks)]));
        }

        return Set(_escapes.Read(ref _position));
    }

    private PatternNode.One Set(CodePointSet set) => new(_ignoreCase ? CaseFolding.Close(set) : set);

    private PatternNode ReadGroup()
    {
        if (!TryTake('?'))
        {
            return Closed(ReadChoice()); // captures: nothing here asks what a group took
        }

        if (TryTake('#'))
        {
            int end = _text.IndexOf(')', _position);
            _position = end < 0 ? throw new PatternException("a comment without an end") : end + 1;
            return new PatternNode.Empty();
        }

        return Peek() switch
        {
            ':' => Closed(Skip(1).ReadChoice()),
            '>' => new PatternNode.Atomic(Closed(Skip(1).ReadChoice())),
            '=' => new PatternNode.Look(Closed(Skip(1).ReadChoice()), Behind: false, Negative: false),
            '!' => new PatternNode.Look(Closed(Skip(1).ReadChoice()), Behind: false, Negative: true),
            '<' when Peek(1) == '=' => new PatternNode.Look(Closed(Skip(2).ReadChoice()), Behind: true, Negative: false),
            '<' when Peek(1) == '!' => new PatternNode.Look(Closed(Skip(2).ReadChoice()), Behind: true, Negative: true),
            '<' when _text.IndexOf('>', _position) is var end and > 0 => Closed(Skip(end + 1 - _position).ReadChoice()),
            _ => ReadOptions(),
        };
    }

    // (?i), (?i:…), (?m-i:…)
    private PatternNode ReadOptions()
    {
        (bool, bool, bool) before = (_ignoreCase, _dotTakesBreaks, _extended);
        bool on = true;
        for (; !AtEnd && _text[_position] is not (':' or ')'); _position++)
        {
            switch (_text[_position])
            {
                case '-':
                    on = false;
                    break;
                case 'i':
                    _ignoreCase = on;
                    break;
                case 'm':
                    _dotTakesBreaks = on;
                    break;
                case 'x':
                    _extended = on;
                    break;
                default:
                    throw new PatternException($"the group '(?{_text[_position]}'");
            }
        }

        if (TryTake(')'))
        {
            // The options hold for all that follows in the group, other branches too.
            return ReadChoice();
        }

        if (!TryTake(':'))
        {
            throw new PatternException("a group without an end");
        }

        PatternNode body = ReadChoice();
        (_ignoreCase, _dotTakesBreaks, _extended) = before;
        return Closed(body);
    }

    private PatternNode Closed(PatternNode body) => TryTake(')') ? body : throw new PatternException("a group without an end");

    private PatternParser Skip(int count)
    {
        _position += count;
        return this;
    }

    private char Peek(int ahead = 0) => _position + ahead < _text.Length ? _text[_position + ahead] : '\0';

    private bool TryTake(char c)
    {
        if (Peek() != c || AtEnd)
        {
            return false;
        }

        _position++;
        return true;
    }
}
