namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>The arguments of a call.</summary>
/// <param name="Given">In order.</param>
/// <param name="Named">By name.</param>
internal sealed record JinjaArguments(
    IReadOnlyList<JinjaExpression> Given, IReadOnlyDictionary<string, JinjaExpression> Named)
{
    /// <summary>No arguments.</summary>
    public static readonly JinjaArguments None = new([], new Dictionary<string, JinjaExpression>());

    /// <summary>Calls a function with their values.</summary>
    public object? Call(JinjaRun run, JinjaFunction function, int at, object? subject) => function.Call(
        run,
        at,
        subject,
        Given.Count == 0 ? [] : [.. Given.Select(run.Evaluate)],
        Named.ToDictionary(entry => entry.Key, entry => run.Evaluate(entry.Value), StringComparer.Ordinal));
}

/// <summary>A call: <c>strftime_now("%d")</c>, <c>content.strip()</c>.</summary>
internal sealed class JinjaFunctionCall(int at, JinjaExpression target, JinjaArguments arguments) : JinjaExpression(at)
{
    /// <inheritdoc/>
    public override object? Evaluate(JinjaRun run) => run.Evaluate(target) switch
    {
        JinjaFunction function => arguments.Call(run, function, At, null),
        JinjaUndefined undefined => throw run.Fault(At, $"the function '{undefined.Name}' is not defined or not supported."),
        var other => throw run.Fault(At, $"{JinjaValues.Describe(other)} cannot be called."),
    };
}

/// <summary>A filter: <c>content | trim</c>.</summary>
internal sealed class JinjaFilter(int at, JinjaExpression subject, JinjaFunction filter, JinjaArguments arguments)
    : JinjaExpression(at)
{
    /// <inheritdoc/>
    public override object? Evaluate(JinjaRun run) => arguments.Call(run, filter, At, run.Evaluate(subject));
}

/// <summary>A test: <c>tools is defined</c>.</summary>
internal sealed class JinjaTest(int at, JinjaExpression subject, JinjaFunction test, JinjaArguments arguments)
    : JinjaExpression(at)
{
    /// <inheritdoc/>
    public override object? Evaluate(JinjaRun run) => JinjaValues.IsTrue(arguments.Call(run, test, At, run.Evaluate(subject)));
}
