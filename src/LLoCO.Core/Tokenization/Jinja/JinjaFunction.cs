namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>A function, filter or test that templates can call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Names of its parameters.</param>
/// <param name="Body">Computes its value.</param>
internal sealed record JinjaFunction(string Name, string[] Parameters, Func<JinjaCall, object?> Body)
{
    /// <summary>Gets whether it takes any number of arguments, of any name.</summary>
    public bool TakesAny { get; init; }

    /// <summary>Calls it with arguments, which are counted and matched with its parameters.</summary>
    /// <param name="run">The rendering.</param>
    /// <param name="at">Where the call stands.</param>
    /// <param name="subject">What a filter, test or method works on.</param>
    /// <param name="given">The arguments in order.</param>
    /// <param name="named">The arguments by name.</param>
    public object? Call(
        JinjaRun run, int at, object? subject, IReadOnlyList<object?> given, IReadOnlyDictionary<string, object?> named)
    {
        run.Step(at);
        run.Spend(at, subject is string text ? text.Length : 0);
        return Body(new JinjaCall(run, this, at, subject, given, named));
    }
}
