namespace LLoCO.Core.Tokenization.Jinja;

/// <summary><c>not a</c>.</summary>
internal sealed class JinjaNot(int at, JinjaExpression inner) : JinjaExpression(at)
{
    /// <inheritdoc/>
    public override object? Evaluate(JinjaRun run) => !JinjaValues.IsTrue(run.Evaluate(inner));
}

/// <summary><c>a and b</c>, <c>a or b</c>: one of the two values.</summary>
internal sealed class JinjaBoth(int at, JinjaExpression left, JinjaExpression right, bool isAnd) : JinjaExpression(at)
{
    /// <inheritdoc/>
    public override object? Evaluate(JinjaRun run)
    {
        object? first = run.Evaluate(left);
        return JinjaValues.IsTrue(first) == isAnd ? run.Evaluate(right) : first;
    }
}

/// <summary><c>a ~ b ~ c</c>: texts joined.</summary>
internal sealed class JinjaConcat(int at, IReadOnlyList<JinjaExpression> parts) : JinjaExpression(at)
{
    /// <inheritdoc/>
    public override object? Evaluate(JinjaRun run)
    {
        string[] texts = [.. parts.Select(part => run.ToText(run.Evaluate(part), part.At))];
        run.Spend(At, texts.Sum(text => (long)text.Length));
        return string.Concat(texts);
    }
}

/// <summary><c>a &lt; b &lt;= c</c>, <c>a in b</c>.</summary>
internal sealed class JinjaComparison(
    int at, JinjaExpression first, IReadOnlyList<(string Operator, JinjaExpression Other)> rest) : JinjaExpression(at)
{
    /// <inheritdoc/>
    public override object? Evaluate(JinjaRun run)
    {
        object? left = run.Evaluate(first);
        foreach ((string name, JinjaExpression other) in rest)
        {
            object? right = run.Evaluate(other);
            if (!Holds(run, other.At, name, left, right))
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    /// <summary>Compares two values.</summary>
    public static bool Holds(JinjaRun run, int at, string name, object? left, object? right) => name switch
    {
        "==" => JinjaValues.AreEqual(left, right, run, at),
        "!=" => !JinjaValues.AreEqual(left, right, run, at),
        "in" => Contains(run, at, right, left),
        "not in" => !Contains(run, at, right, left),
        _ when JinjaValues.Compare(left, right) is { } order => name switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        },
        _ => throw run.Fault(at, $"{JinjaValues.Describe(left)} and {JinjaValues.Describe(right)} have no order ({name})."),
    };

    private static bool Contains(JinjaRun run, int at, object? container, object? value)
    {
        run.Spend(at, container is string text ? text.Length : 0);
        return JinjaValues.Find(container, value, run, at)
            ?? throw run.Fault(at, $"{JinjaValues.Describe(container)} holds no {JinjaValues.Describe(value)} (in).");
    }
}

/// <summary><c>-a</c>.</summary>
internal sealed class JinjaNegation(int at, JinjaExpression inner, bool negates) : JinjaExpression(at)
{
    /// <inheritdoc/>
    public override object? Evaluate(JinjaRun run) => run.Evaluate(inner) switch
    {
        bool flag => (object)((flag ? 1L : 0L) * (negates ? -1 : 1)),
        long number when number > long.MinValue => negates ? -number : number,
        double number => negates ? -number : number,
        var other => throw run.Fault(At, $"{JinjaValues.Describe(other)} has no sign."),
    };
}

/// <summary><c>a + b</c> and the other operators of numbers.</summary>
internal sealed class JinjaArithmetic(int at, string name, JinjaExpression left, JinjaExpression right) : JinjaExpression(at)
{
    /// <inheritdoc/>
    public override object? Evaluate(JinjaRun run)
    {
        object? first = run.Evaluate(left);
        object? second = run.Evaluate(right);
        switch (name, first, second)
        {
            case ("+", string text, string other):
                run.Spend(At, (long)text.Length + other.Length);
                return text + other;
            case ("+", object?[] list, object?[] other):
                return run.Made(At, list.Concat(other)).ToArray();
            case ("+", List<object?> list, List<object?> other):
                return run.Made(At, list.Concat(other));
            case ("*", string text, long times):
                return Repeat(run, text, times);
            case ("*", long times, string text):
                return Repeat(run, text, times);
            default:
                return Compute(first, second) ?? throw run.Fault(
                    At, $"{JinjaValues.Describe(first)} {name} {JinjaValues.Describe(second)} is not supported, or too large.");
        }
    }

    private string Repeat(JinjaRun run, string text, long times)
    {
        run.Spend(At, times <= 0 ? 0 : (long)Math.Min(1e15, (double)text.Length * times));
        return times <= 0 || text.Length == 0 ? string.Empty : new string('\0', (int)times).Replace("\0", text, StringComparison.Ordinal);
    }

    private object? Compute(object? first, object? second)
    {
        if (Whole(first) is { } one && Whole(second) is { } other && name is not "/")
        {
            return Compute(one, other);
        }

        if (!JinjaValues.IsNumber(first, out double left) || !JinjaValues.IsNumber(second, out double right)
            || (right == 0 && name is "/" or "//" or "%"))
        {
            return null;
        }

        return name switch
        {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" => left / right,
            "//" => Math.Floor(left / right),
            "%" => left - (Math.Floor(left / right) * right),
            _ => Math.Pow(left, right),
        };
    }

    private object? Compute(long one, long other)
    {
        if (other == 0 && name is "//" or "%")
        {
            return null;
        }

        Int128 result = name switch
        {
            "+" => (Int128)one + other,
            "-" => (Int128)one - other,
            "*" => (Int128)one * other,
            "//" => Floor(one, other),
            "%" => one - (Floor(one, other) * other),
            _ => Int128.MaxValue,
        };
        return name == "**" ? Power(one, other) : result >= long.MinValue && result <= long.MaxValue ? (long)result : null;
    }

    private static object? Power(long one, long other)
    {
        double power = Math.Pow(one, other);
        return other < 0 ? power : Math.Abs(power) < 1L << 53 ? (long)power : null;
    }

    private static Int128 Floor(Int128 one, Int128 other) =>
        (one / other) - (one % other != 0 && (one < 0) != (other < 0) ? 1 : 0);

    private static long? Whole(object? value) => value switch
    {
        long number => number,
        bool flag => flag ? 1 : 0,
        _ => null,
    };
}
