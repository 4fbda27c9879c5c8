namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>Parses expressions, with Jinja's precedence: a filter or test binds more tightly than an operator.</summary>
internal sealed class JinjaExpressionParser
{
    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];
    private static readonly string[][] Levels = [["+", "-"], ["~"], ["*", "/", "//", "%"], ["**"]];

    private readonly JinjaTokens _tokens;
    private readonly JinjaValueParser _values;

    /// <summary>Creates a parser.</summary>
    /// <param name="source">The tokens.</param>
    public JinjaExpressionParser(JinjaTokens source)
    {
        _tokens = source;
        _values = new JinjaValueParser(source, this);
    }

    /// <summary>Parses an expression.</summary>
    public JinjaExpression Parse() => _tokens.Nest(() =>
    {
        JinjaExpression value = ParseOr();
        while (_tokens.Current.IsName("if"))
        {
            int at = _tokens.Take().At;
            JinjaExpression condition = ParseOr();
            value = new JinjaChoice(at, condition, value, _tokens.TakeName("else") ? Parse() : null);
        }

        return value;
    });

    /// <summary>Parses an expression without <c>if</c>, as the list of a loop is.</summary>
    public JinjaExpression ParseOr()
    {
        JinjaExpression left = ParseAnd();
        while (_tokens.Current.IsName("or"))
        {
            left = new JinjaBoth(_tokens.Take().At, left, ParseAnd(), isAnd: false);
        }

        return left;
    }

    /// <summary>Parses an expression, or several with commas between them as a tuple.</summary>
    public JinjaExpression ParseTuple(Func<JinjaExpression> element)
    {
        int at = _tokens.Current.At;
        JinjaExpression first = element();
        if (!_tokens.Current.IsOperator(","))
        {
            return first;
        }

        var elements = new List<JinjaExpression> { first };
        while (_tokens.TakeOperator(",") && !IsEnd())
        {
            elements.Add(element());
        }

        return new JinjaListing(at, elements, isTuple: true);
    }

    /// <summary>Parses filters behind a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="first">Whether the first stands without its bar.</param>
    public JinjaExpression ParseFilters(JinjaExpression value, bool first = false)
    {
        while (first || _tokens.TakeOperator("|"))
        {
            first = false;
            JinjaToken name = _tokens.Expect(JinjaTokenKind.Name, "the name of a filter");
            JinjaFunction filter = JinjaFilters.Find(name.Text)
                ?? throw _tokens.Fault(name.At, $"the filter '{name.Text}' is not supported.");
            value = new JinjaFilter(name.At, value, filter, _values.ParseArguments());
        }

        return value;
    }

    private bool IsEnd() => _tokens.Current.Kind is JinjaTokenKind.VariableEnd or JinjaTokenKind.BlockEnd
        || _tokens.Current.IsOperator(")");

    private JinjaExpression ParseAnd()
    {
        JinjaExpression left = ParseNot();
        while (_tokens.Current.IsName("and"))
        {
            left = new JinjaBoth(_tokens.Take().At, left, ParseNot(), isAnd: true);
        }

        return left;
    }

    private JinjaExpression ParseNot() => _tokens.Current.IsName("not")
        ? _tokens.Nest(() => new JinjaNot(_tokens.Take().At, ParseNot()))
        : ParseComparison();

    private JinjaExpression ParseComparison()
    {
        int at = _tokens.Current.At;
        JinjaExpression first = ParseOperators(0);
        var rest = new List<(string, JinjaExpression)>();
        while (TakeComparison() is { } name)
        {
            rest.Add((name, ParseOperators(0)));
        }

        return rest.Count == 0 ? first : new JinjaComparison(at, first, rest);
    }

    private string? TakeComparison()
    {
        JinjaToken token = _tokens.Current;
        if (token.Kind == JinjaTokenKind.Operator && Comparisons.Contains(token.Text))
        {
            return _tokens.Take().Text;
        }

        if (_tokens.TakeName("in"))
        {
            return "in";
        }

        if (!token.IsName("not") || !_tokens.Following.IsName("in"))
        {
            return null;
        }

        _tokens.Take();
        _tokens.Take();
        return "not in";
    }

    private JinjaExpression ParseOperators(int level)
    {
        if (level == Levels.Length)
        {
            return ParseUnary(filters: true);
        }

        JinjaExpression left = ParseOperators(level + 1);
        while (_tokens.Current.Kind == JinjaTokenKind.Operator && Levels[level].Contains(_tokens.Current.Text))
        {
            JinjaToken token = _tokens.Take();
            left = token.Text == "~"
                ? ParseConcat(token.At, left, level)
                : new JinjaArithmetic(token.At, token.Text, left, ParseOperators(level + 1));
        }

        return left;
    }

    private JinjaConcat ParseConcat(int at, JinjaExpression first, int level)
    {
        var parts = new List<JinjaExpression> { first, ParseOperators(level + 1) };
        while (_tokens.TakeOperator("~"))
        {
            parts.Add(ParseOperators(level + 1));
        }

        return new JinjaConcat(at, parts);
    }

    private JinjaExpression ParseUnary(bool filters) => _tokens.Nest(() =>
    {
        JinjaToken token = _tokens.Current;
        bool signed = token.IsOperator("-") || token.IsOperator("+");
        JinjaExpression value = signed
            ? new JinjaNegation(_tokens.Take().At, ParseUnary(filters: false), token.Text == "-")
            : _values.ParsePrimary();
        value = _values.ParsePostfix(value);
        return filters ? ParseFiltersAndTests(value) : value;
    });

    private JinjaExpression ParseFiltersAndTests(JinjaExpression value)
    {
        while (true)
        {
            if (_tokens.Current.IsOperator("|"))
            {
                value = ParseFilters(value);
            }
            else if (_tokens.Current.IsName("is"))
            {
                value = ParseTest(value);
            }
            else if (_tokens.Current.IsOperator("("))
            {
                value = new JinjaFunctionCall(_tokens.Current.At, value, _values.ParseArguments());
            }
            else
            {
                return value;
            }
        }
    }

    private JinjaExpression ParseTest(JinjaExpression subject)
    {
        _tokens.Take();
        bool negated = _tokens.TakeName("not");
        JinjaToken name = _tokens.Expect(JinjaTokenKind.Name, "the name of a test");
        JinjaFunction test = JinjaTests.Find(name.Text)
            ?? throw _tokens.Fault(name.At, $"the test '{name.Text}' is not supported.");
        JinjaToken next = _tokens.Current;
        bool takesOne = !next.IsOperator("(") && (next.Kind is JinjaTokenKind.Text or JinjaTokenKind.Integer or JinjaTokenKind.Float
            || next.IsOperator("[") || next.IsOperator("{")
            || (next.Kind == JinjaTokenKind.Name && next.Text is not ("else" or "or" or "and" or "is" or "if" or "in" or "not")));
        JinjaArguments arguments = takesOne
            ? JinjaArguments.None with { Given = [_values.ParsePostfix(_values.ParsePrimary())] }
            : _values.ParseArguments();
        var made = new JinjaTest(name.At, subject, test, arguments);
        return negated ? new JinjaNot(name.At, made) : made;
    }
}
