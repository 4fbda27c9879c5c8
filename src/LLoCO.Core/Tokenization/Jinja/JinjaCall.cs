namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>One call of a function, filter or test, with typed access to its arguments.</summary>
internal sealed class JinjaCall
{
    private readonly JinjaFunction _function;
    private readonly int _at;

    /// <summary>Matches arguments with parameters.</summary>
    /// <exception cref="JinjaException">There are too many, or one has an unknown name.</exception>
    public JinjaCall(
        JinjaRun run, JinjaFunction function, int at, object? subject, IReadOnlyList<object?> given,
        IReadOnlyDictionary<string, object?> named)
    {
        (Run, _function, _at, Subject, Given, Named) = (run, function, at, subject, given, named);
        if (function.TakesAny)
        {
            return;
        }

        if (given.Count > function.Parameters.Length)
        {
            throw Fault($"has at most {function.Parameters.Length} arguments here, not {given.Count}.");
        }

        string? unknown = named.Keys.FirstOrDefault(
            name => Array.IndexOf(function.Parameters, name) is var place && (place < 0 || place < given.Count));
        if (unknown is not null)
        {
            throw Fault($"has no further argument '{unknown}' here.");
        }
    }

    /// <summary>Gets the rendering.</summary>
    public JinjaRun Run { get; }

    /// <summary>Gets what the filter, test or method works on.</summary>
    public object? Subject { get; }

    /// <summary>Gets the arguments in order.</summary>
    public IReadOnlyList<object?> Given { get; }

    /// <summary>Gets the arguments by name.</summary>
    public IReadOnlyDictionary<string, object?> Named { get; }

    /// <summary>Gets the subject as text.</summary>
    public string Text => Subject as string ?? Run.ToText(Subject, _at);

    /// <summary>Gets where the call stands.</summary>
    public int At => _at;

    /// <summary>Creates a refusal that names the function.</summary>
    public JinjaException Fault(string fault) => Run.Fault(_at, $"'{_function.Name}' {fault}");

    /// <summary>Whether an argument was given.</summary>
    public bool Has(int place) => place < Given.Count || Named.ContainsKey(_function.Parameters[place]);

    /// <summary>Gets an argument; <see langword="null"/> where it was not given.</summary>
    public object? Argument(int place) =>
        place < Given.Count ? Given[place] : Named.GetValueOrDefault(_function.Parameters[place]);

    /// <summary>Gets an argument that must be given.</summary>
    public object? Required(int place) =>
        Has(place) ? Argument(place) : throw Fault($"needs an argument '{_function.Parameters[place]}'.");

    /// <summary>Gets an argument that must be a string.</summary>
    public string RequiredString(int place) => Required(place) as string
        ?? throw Fault($"needs a string as '{_function.Parameters[place]}'.");

    /// <summary>Gets a whole number.</summary>
    public int Number(int place, int missing) => Argument(place) switch
    {
        null => missing,
        long number and >= int.MinValue and <= int.MaxValue => (int)number,
        bool flag => flag ? 1 : 0,
        _ => throw Fault($"needs a whole number as '{_function.Parameters[place]}'."),
    };

    /// <summary>Gets a truth value.</summary>
    public bool Flag(int place, bool missing) => Has(place) ? JinjaValues.IsTrue(Argument(place)) : missing;

    /// <summary>Gets the subject's elements.</summary>
    public IEnumerable<object?> Elements() => JinjaValues.Elements(Subject)
        ?? throw Fault($"needs a list, not {JinjaValues.Describe(Subject)}.");
}
