namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>An expression of a template.</summary>
/// <param name="at">Where it stands.</param>
internal abstract class JinjaExpression(int at)
{
    /// <summary>Gets where it stands.</summary>
    public int At { get; } = at;

    /// <summary>Computes its value. Others call <see cref="JinjaRun.Evaluate"/>, which counts.</summary>
    public abstract object? Evaluate(JinjaRun run);
}

/// <summary>A string, a number, true, false or none.</summary>
internal sealed class JinjaConstant(int at, object? value) : JinjaExpression(at)
{
    /// <summary>Gets the value.</summary>
    public object? Value { get; } = value;

    /// <inheritdoc/>
    public override object? Evaluate(JinjaRun run) => Value;
}

/// <summary>A name.</summary>
internal sealed class JinjaName(int at, string name) : JinjaExpression(at)
{
    /// <summary>Gets the name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public override object? Evaluate(JinjaRun run) => run.Scope.Find(Name);
}

/// <summary>A list or tuple.</summary>
internal sealed class JinjaListing(int at, IReadOnlyList<JinjaExpression> elements, bool isTuple) : JinjaExpression(at)
{
    /// <inheritdoc/>
    public override object? Evaluate(JinjaRun run)
    {
        List<object?> list = run.Made(At, elements.Select(run.Evaluate));
        return isTuple ? list.ToArray() : list;
    }
}

/// <summary>A mapping.</summary>
internal sealed class JinjaMapping(
    int at, IReadOnlyList<(JinjaExpression Key, JinjaExpression Value)> entries) : JinjaExpression(at)
{
    /// <inheritdoc/>
    public override object? Evaluate(JinjaRun run)
    {
        var map = new JinjaMap();
        foreach ((JinjaExpression key, JinjaExpression value) in entries)
        {
            string name = run.Evaluate(key) as string
                ?? throw run.Fault(key.At, "only strings are supported as keys of a mapping.");
            map[name] = run.Evaluate(value);
        }

        return map;
    }
}

/// <summary>One of two values: <c>a if condition else b</c>.</summary>
internal sealed class JinjaChoice(
    int at, JinjaExpression condition, JinjaExpression yes, JinjaExpression? no) : JinjaExpression(at)
{
    /// <inheritdoc/>
    public override object? Evaluate(JinjaRun run) => JinjaValues.IsTrue(run.Evaluate(condition))
        ? run.Evaluate(yes)
        : no is null ? new JinjaUndefined("the value of an if without else") : run.Evaluate(no);
}
