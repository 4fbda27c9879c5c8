namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>Parses the statements of a template.</summary>
internal sealed class JinjaStatementParser
{
    private readonly JinjaTokens _tokens;
    private readonly JinjaExpressionParser _expressions;
    private int _loops;

    private JinjaStatementParser(JinjaTokens tokens) => (_tokens, _expressions) = (tokens, new JinjaExpressionParser(tokens));

    /// <summary>Parses a template.</summary>
    /// <param name="source">The template.</param>
    /// <exception cref="JinjaException">It is broken, or holds what is not supported.</exception>
    public static IReadOnlyList<JinjaStatement> Parse(JinjaSource source)
    {
        var parser = new JinjaStatementParser(new JinjaTokens(source));
        return parser.ParseBody(null, []);
    }

    /// <summary>Parses statements up to one of several ends, which is taken without its closing bracket.</summary>
    private List<JinjaStatement> ParseBody(JinjaToken? block, string[] ends) => _tokens.Nest(() =>
    {
        var body = new List<JinjaStatement>();
        while (_tokens.Current.Kind != JinjaTokenKind.End)
        {
            JinjaToken token = _tokens.Take();
            if (token.Kind == JinjaTokenKind.Data)
            {
                body.Add(new JinjaData(token.At, token.Text));
            }
            else if (token.Kind == JinjaTokenKind.VariableBegin)
            {
                body.Add(new JinjaOutput(token.At, _expressions.ParseTuple(_expressions.Parse)));
                _tokens.Expect(JinjaTokenKind.VariableEnd, "the end of the tag (}})");
            }
            else if (_tokens.Current is { Kind: JinjaTokenKind.Name } name && ends.Contains(name.Text))
            {
                return body;
            }
            else
            {
                body.Add(ParseStatement());
            }
        }

        return block is { } open
            ? throw _tokens.Fault(open.At, $"the statement '{open.Text}' does not end ({ends[^1]}).")
            : body;
    });

    private JinjaStatement ParseStatement()
    {
        JinjaToken name = _tokens.Expect(JinjaTokenKind.Name, "the name of a statement");
        switch (name.Text)
        {
            case "for":
                return ParseFor(name);
            case "if":
                return ParseIf(name);
            case "set":
                return ParseSet(name);
            case "macro":
                return ParseMacro(name);
            case "filter":
                return ParseFilter(name);
            case "generation":
                // Marks what an assistant said, for training; the text is the same without it.
                EndTag();
                return new JinjaGroup(name.At, ParseBlock(name, "endgeneration"));
            case "break" or "continue" when _loops > 0:
                EndTag();
                return new JinjaJump(name.At, name.Text == "break" ? JinjaFlow.Break : JinjaFlow.Continue);
            default:
                throw _tokens.Fault(name.At, $"the statement '{name.Text}' is not supported here.");
        }
    }

    private void EndTag() => _tokens.Expect(JinjaTokenKind.BlockEnd, "the end of the tag (%})");

    private List<JinjaStatement> ParseBlock(JinjaToken name, string end)
    {
        List<JinjaStatement> body = ParseBody(name, [end]);
        _tokens.Take();
        EndTag();
        return body;
    }

    private JinjaFor ParseFor(JinjaToken name)
    {
        IReadOnlyList<JinjaTarget> targets = ParseTargets();
        if (!_tokens.TakeName("in"))
        {
            throw _tokens.Unexpected("'in'");
        }

        JinjaExpression list = _expressions.ParseTuple(_expressions.ParseOr);
        JinjaExpression? condition = _tokens.TakeName("if") ? _expressions.Parse() : null;
        EndTag();
        _loops++;
        List<JinjaStatement> body = ParseBody(name, ["else", "endfor"]);
        _loops--;
        List<JinjaStatement> otherwise = [];
        if (_tokens.Take().Text == "else")
        {
            EndTag();
            otherwise = ParseBody(name, ["endfor"]);
            _tokens.Take();
        }

        EndTag();
        return new JinjaFor(name.At, targets, list, condition, body, otherwise);
    }

    private JinjaIf ParseIf(JinjaToken name)
    {
        var branches = new List<(JinjaExpression?, IReadOnlyList<JinjaStatement>)>();
        string kind = name.Text;
        while (kind is "if" or "elif")
        {
            JinjaExpression condition = _expressions.ParseTuple(_expressions.Parse);
            EndTag();
            branches.Add((condition, ParseBody(name, ["elif", "else", "endif"])));
            kind = _tokens.Take().Text;
        }

        if (kind == "else")
        {
            EndTag();
            branches.Add((null, ParseBody(name, ["endif"])));
            _tokens.Take();
        }

        EndTag();
        return new JinjaIf(name.At, branches);
    }

    private JinjaStatement ParseSet(JinjaToken name)
    {
        IReadOnlyList<JinjaTarget> targets = ParseTargets();
        if (_tokens.TakeOperator("="))
        {
            JinjaExpression value = _expressions.ParseTuple(_expressions.Parse);
            EndTag();
            return new JinjaSet(name.At, targets, value);
        }

        JinjaBlockValue filters = ParseFilters(name.At);
        EndTag();
        return new JinjaSetBlock(name.At, targets, ParseBlock(name, "endset"), filters);
    }

    private JinjaFilterBlock ParseFilter(JinjaToken name)
    {
        var place = new JinjaPlaceholder(name.At);
        var filters = new JinjaBlockValue(place, _expressions.ParseFilters(place, first: true));
        EndTag();
        return new JinjaFilterBlock(name.At, ParseBlock(name, "endfilter"), filters);
    }

    private JinjaBlockValue ParseFilters(int at)
    {
        var place = new JinjaPlaceholder(at);
        return new JinjaBlockValue(place, _expressions.ParseFilters(place, first: false));
    }

    private JinjaMacro ParseMacro(JinjaToken name)
    {
        string macro = _tokens.Expect(JinjaTokenKind.Name, "the name of a macro").Text;
        var parameters = new List<(string, JinjaExpression?)>();
        _tokens.Expect("(");
        while (!_tokens.TakeOperator(")"))
        {
            string parameter = _tokens.Expect(JinjaTokenKind.Name, "the name of a parameter").Text;
            parameters.Add((parameter, _tokens.TakeOperator("=") ? _expressions.Parse() : null));
            if (!_tokens.Current.IsOperator(")"))
            {
                _tokens.Expect(",");
            }
        }

        EndTag();
        (int loops, _loops) = (_loops, 0);
        List<JinjaStatement> body = ParseBlock(name, "endmacro");
        _loops = loops;
        return new JinjaMacro(name.At, macro, parameters, body);
    }

    /// <summary>Parses the names that a statement sets.</summary>
    private List<JinjaTarget> ParseTargets()
    {
        bool inBrackets = _tokens.TakeOperator("(");
        var targets = new List<JinjaTarget>();
        do
        {
            JinjaToken name = _tokens.Expect(JinjaTokenKind.Name, "a name to set");
            string? attribute = _tokens.TakeOperator(".")
                ? _tokens.Expect(JinjaTokenKind.Name, "the name of an attribute").Text
                : null;
            targets.Add(new JinjaTarget(name.At, name.Text, attribute));
        }
        while (_tokens.TakeOperator(","));
        if (inBrackets)
        {
            _tokens.Expect(")");
        }

        return targets;
    }
}
