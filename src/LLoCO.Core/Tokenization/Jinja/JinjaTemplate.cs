namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>
/// A template in the part of Jinja that chat templates use. What is not supported is refused with its name and place. Safe for
/// concurrent use.
/// </summary>
/// <remarks>
/// <para>Statements: <c>for</c> (with <c>if</c>, <c>else</c>, <c>break</c>, <c>continue</c>), <c>if</c>, <c>set</c>, <c>macro</c>,
/// <c>filter</c>, <c>generation</c>, <c>raw</c>. <see cref="JinjaFilters"/>, <see cref="JinjaTests"/>, <see cref="JinjaMethods"/>
/// and <see cref="JinjaGlobals"/> list the rest.</para>
/// <para>A rendering takes a limited number of steps, makes a limited amount of text, and nests to a limited depth
/// (<see cref="JinjaRun"/>): a template comes from a foreign file.</para>
/// </remarks>
internal sealed class JinjaTemplate
{
    private readonly JinjaSource _source;
    private readonly IReadOnlyList<JinjaStatement> _statements;

    private JinjaTemplate(JinjaSource source)
    {
        _source = source;
        _statements = JinjaStatementParser.Parse(source);
    }

    /// <summary>Reads a template.</summary>
    /// <param name="name">Name in messages.</param>
    /// <param name="text">The template.</param>
    /// <exception cref="JinjaException">It is broken, or holds what is not supported; the message names it.</exception>
    public static JinjaTemplate Parse(string name, string text) => new(new JinjaSource(name, text));

    /// <summary>Renders the template.</summary>
    /// <param name="values">What the template may ask for, by name (<see cref="JinjaValues"/>).</param>
    /// <param name="clock">Tells the date; the system's clock with <see langword="null"/>.</param>
    /// <exception cref="JinjaException">It refuses the values, holds what is not supported, or takes too long.</exception>
    public string Render(IReadOnlyDictionary<string, object?> values, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        var run = new JinjaRun(_source, clock ?? TimeProvider.System);
        JinjaGlobals.AddTo(run.Scope);
        foreach ((string name, object? value) in values)
        {
            run.Scope.Set(name, value);
        }

        run.Execute(_statements);
        return run.Output;
    }
}
