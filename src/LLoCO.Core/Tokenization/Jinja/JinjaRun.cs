using System.Runtime.CompilerServices;
using System.Text;

namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>One rendering of a template: its names, its output, and what it may still spend.</summary>
/// <param name="source">The template.</param>
/// <param name="clock">Tells the date.</param>
internal sealed class JinjaRun(JinjaSource source, TimeProvider clock)
{
    private const int MaxDepth = 400;
    private const long MaxSteps = 5_000_000;
    private const long MaxCharacters = 64 << 20;

    private long _steps;
    private long _characters;
    private int _depth;
    private StringBuilder _output = new();

    /// <summary>Gets or sets the names that are known.</summary>
    public JinjaScope Scope { get; set; } = new(null);

    /// <summary>Gets what tells the date.</summary>
    public TimeProvider Clock { get; } = clock;

    /// <summary>Gets the output.</summary>
    public string Output => _output.ToString();

    /// <summary>Creates a refusal.</summary>
    public JinjaException Fault(int at, string fault) => source.Fault(at, fault);

    /// <summary>Counts a step.</summary>
    /// <exception cref="JinjaException">There were too many.</exception>
    public void Step(int at)
    {
        if (++_steps > MaxSteps)
        {
            throw Fault(at, $"the template takes more than {MaxSteps} steps.");
        }
    }

    /// <summary>Counts the elements of a list that is made.</summary>
    public List<object?> Made(int at, IEnumerable<object?> elements)
    {
        var list = new List<object?>();
        foreach (object? element in elements)
        {
            Step(at);
            list.Add(element);
        }

        return list;
    }

    /// <summary>Counts the characters of a text that is made.</summary>
    /// <exception cref="JinjaException">There were too many.</exception>
    public string Made(int at, string text)
    {
        Spend(at, text.Length);
        return text;
    }

    /// <summary>Counts characters before they are made.</summary>
    public void Spend(int at, long characters)
    {
        _characters += characters;
        if (_characters > MaxCharacters)
        {
            throw Fault(at, $"the template makes more than {MaxCharacters} characters of text.");
        }
    }

    /// <summary>Converts a value to the text that it prints as.</summary>
    public string ToText(object? value, int at) => value as string ?? Made(at, JinjaText.Print(value, this, at));

    /// <summary>Computes an expression.</summary>
    public object? Evaluate(JinjaExpression expression)
    {
        Enter(expression.At);
        object? value = expression.Evaluate(this);
        _depth--;
        return value;
    }

    /// <summary>Runs statements in order.</summary>
    /// <returns>How the last one ended.</returns>
    public JinjaFlow Execute(IReadOnlyList<JinjaStatement> statements)
    {
        foreach (JinjaStatement statement in statements)
        {
            Enter(statement.At);
            JinjaFlow flow = statement.Execute(this);
            _depth--;
            if (flow != JinjaFlow.Next)
            {
                return flow;
            }
        }

        return JinjaFlow.Next;
    }

    /// <summary>Runs statements and gives their output.</summary>
    public string Capture(IReadOnlyList<JinjaStatement> statements)
    {
        (StringBuilder outer, _output) = (_output, new StringBuilder());
        if (Execute(statements) is var flow && flow != JinjaFlow.Next)
        {
            throw Fault(statements[0].At, $"'{flow}' out of this block is not supported.");
        }

        string captured = Output;
        _output = outer;
        return captured;
    }

    /// <summary>Prints text.</summary>
    public void Print(string text, int at)
    {
        Spend(at, text.Length);
        _output.Append(text);
    }

    private void Enter(int at)
    {
        Step(at);
        if (++_depth > MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Fault(at, $"expressions and macros are nested more than {MaxDepth} deep.");
        }
    }
}
