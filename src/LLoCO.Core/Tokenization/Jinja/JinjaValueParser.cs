using System.Globalization;

namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>Parses values and what stands right behind them: attributes, items, arguments.</summary>
/// <param name="tokens">The tokens.</param>
/// <param name="expressions">Parses what stands in brackets.</param>
internal sealed class JinjaValueParser(JinjaTokens tokens, JinjaExpressionParser expressions)
{
    /// <summary>Parses a value.</summary>
    public JinjaExpression ParsePrimary()
    {
        JinjaToken token = tokens.Current;
        return token.Kind switch
        {
            JinjaTokenKind.Name => ParseName(),
            JinjaTokenKind.Text => ParseString(),
            JinjaTokenKind.Integer or JinjaTokenKind.Float => ParseNumber(),
            _ when token.IsOperator("(") => ParseBrackets(),
            _ when token.IsOperator("[") => ParseList(),
            _ when token.IsOperator("{") => ParseMap(),
            _ => throw tokens.Unexpected("a value"),
        };
    }

    private JinjaExpression ParseName()
    {
        JinjaToken token = tokens.Take();
        return token.Text switch
        {
            "true" or "True" => new JinjaConstant(token.At, true),
            "false" or "False" => new JinjaConstant(token.At, false),
            "none" or "None" => new JinjaConstant(token.At, null),
            _ => new JinjaName(token.At, token.Text),
        };
    }

    private JinjaConstant ParseString()
    {
        JinjaToken token = tokens.Take();
        string text = token.Text;
        while (tokens.Current.Kind == JinjaTokenKind.Text)
        {
            text += tokens.Take().Text;
        }

        return new JinjaConstant(token.At, text);
    }

    private JinjaConstant ParseNumber()
    {
        JinjaToken token = tokens.Take();
        string digits = token.Text.Replace("_", string.Empty, StringComparison.Ordinal);
        return token.Kind == JinjaTokenKind.Float
            ? new JinjaConstant(token.At, double.Parse(digits, CultureInfo.InvariantCulture))
            : long.TryParse(digits, CultureInfo.InvariantCulture, out long number)
                ? new JinjaConstant(token.At, number)
                : throw tokens.Fault(token.At, $"the number {digits} is too large.");
    }

    private JinjaExpression ParseBrackets()
    {
        JinjaToken token = tokens.Take();
        if (tokens.TakeOperator(")"))
        {
            return new JinjaListing(token.At, [], isTuple: true);
        }

        JinjaExpression inner = expressions.ParseTuple(expressions.Parse);
        tokens.Expect(")");
        return inner;
    }

    private JinjaListing ParseList()
    {
        int at = tokens.Take().At;
        var elements = new List<JinjaExpression>();
        while (!tokens.TakeOperator("]"))
        {
            elements.Add(expressions.Parse());
            if (!tokens.Current.IsOperator("]"))
            {
                tokens.Expect(",");
            }
        }

        return new JinjaListing(at, elements, isTuple: false);
    }

    private JinjaMapping ParseMap()
    {
        int at = tokens.Take().At;
        var entries = new List<(JinjaExpression, JinjaExpression)>();
        while (!tokens.TakeOperator("}"))
        {
            JinjaExpression key = expressions.Parse();
            tokens.Expect(":");
            entries.Add((key, expressions.Parse()));
            if (!tokens.Current.IsOperator("}"))
            {
                tokens.Expect(",");
            }
        }

        return new JinjaMapping(at, entries);
    }

    /// <summary>Parses attributes, items and calls behind a value.</summary>
    public JinjaExpression ParsePostfix(JinjaExpression value)
    {
        while (true)
        {
            JinjaToken token = tokens.Current;
            if (tokens.TakeOperator("."))
            {
                value = tokens.Current.Kind == JinjaTokenKind.Integer
                    ? new JinjaItem(token.At, value, ParsePrimary())
                    : new JinjaAttribute(token.At, value, tokens.Expect(JinjaTokenKind.Name, "the name of an attribute").Text);
            }
            else if (token.IsOperator("["))
            {
                value = ParseItem(value);
            }
            else if (token.IsOperator("("))
            {
                value = new JinjaFunctionCall(token.At, value, ParseArguments());
            }
            else
            {
                return value;
            }
        }
    }

    private JinjaExpression ParseItem(JinjaExpression target)
    {
        int at = tokens.Take().At;
        JinjaExpression? start = tokens.Current.IsOperator(":") ? null : expressions.Parse();
        if (start is not null && tokens.TakeOperator("]"))
        {
            return new JinjaItem(at, target, start);
        }

        tokens.Expect(":");
        JinjaExpression? stop = IsBound() ? expressions.Parse() : null;
        JinjaExpression? step = tokens.TakeOperator(":") && IsBound() ? expressions.Parse() : null;
        tokens.Expect("]");
        return new JinjaSlice(at, target, start, stop, step);
    }

    private bool IsBound() => !tokens.Current.IsOperator(":") && !tokens.Current.IsOperator("]");

    /// <summary>Parses arguments in brackets; none where there is no bracket.</summary>
    public JinjaArguments ParseArguments()
    {
        if (!tokens.TakeOperator("("))
        {
            return JinjaArguments.None;
        }

        var given = new List<JinjaExpression>();
        var named = new Dictionary<string, JinjaExpression>(StringComparer.Ordinal);
        while (!tokens.TakeOperator(")"))
        {
            if (tokens.Current.IsOperator("*") || tokens.Current.IsOperator("**"))
            {
                throw tokens.Fault(tokens.Current.At, "arguments from a list or mapping (*, **) are not supported.");
            }

            if (tokens.Current.Kind == JinjaTokenKind.Name && tokens.Following.IsOperator("="))
            {
                string name = tokens.Take().Text;
                tokens.Take();
                named[name] = expressions.Parse();
            }
            else
            {
                given.Add(expressions.Parse());
            }

            if (!tokens.Current.IsOperator(")"))
            {
                tokens.Expect(",");
            }
        }

        return new JinjaArguments(given, named);
    }
}
