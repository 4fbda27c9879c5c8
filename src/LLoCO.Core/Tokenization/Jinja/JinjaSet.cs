namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>A name, or an attribute of a namespace, that is set.</summary>
/// <param name="At">Where it stands.</param>
/// <param name="Name">The name.</param>
/// <param name="Attribute">The attribute of the namespace with that name.</param>
internal sealed record JinjaTarget(int At, string Name, string? Attribute)
{
    /// <summary>Sets values.</summary>
    /// <param name="run">The rendering.</param>
    /// <param name="targets">What is set; several share the elements of a list.</param>
    /// <param name="value">The value.</param>
    public static void Assign(JinjaRun run, IReadOnlyList<JinjaTarget> targets, object? value)
    {
        if (targets.Count == 1)
        {
            targets[0].Assign(run, value);
            return;
        }

        object?[] parts = JinjaValues.Elements(value)?.Take(targets.Count + 1).ToArray()
            ?? throw run.Fault(targets[0].At, $"{JinjaValues.Describe(value)} has no elements to set {targets.Count} names to.");
        if (parts.Length != targets.Count)
        {
            throw run.Fault(targets[0].At, $"{targets.Count} names are set, but the value has another number of elements.");
        }

        for (int i = 0; i < parts.Length; i++)
        {
            targets[i].Assign(run, parts[i]);
        }
    }

    private void Assign(JinjaRun run, object? value)
    {
        if (Attribute is null)
        {
            run.Scope.Set(Name, value);
        }
        else if (run.Scope.Find(Name) is JinjaNamespace space)
        {
            space.Attributes[Attribute] = value;
        }
        else
        {
            throw run.Fault(At, $"'{Name}' is no namespace, so its attribute '{Attribute}' cannot be set.");
        }
    }
}

/// <summary><c>set</c> with an expression.</summary>
internal sealed class JinjaSet(int at, IReadOnlyList<JinjaTarget> targets, JinjaExpression value) : JinjaStatement(at)
{
    /// <inheritdoc/>
    public override JinjaFlow Execute(JinjaRun run)
    {
        JinjaTarget.Assign(run, targets, run.Evaluate(value));
        return JinjaFlow.Next;
    }
}

/// <summary>The filtered output of a block.</summary>
/// <param name="Place">Where the output is put for the filters to read.</param>
/// <param name="Filtered">The filters over it.</param>
internal sealed record JinjaBlockValue(JinjaPlaceholder Place, JinjaExpression Filtered)
{
    /// <summary>Runs the block and its filters.</summary>
    public object? Read(JinjaRun run, IReadOnlyList<JinjaStatement> body)
    {
        JinjaScope around = run.Scope;
        run.Scope = new JinjaScope(around);
        string text = run.Capture(body);
        run.Scope.Set(JinjaPlaceholder.Name, text);
        object? value = run.Evaluate(Filtered);
        run.Scope = around;
        return value;
    }
}

/// <summary>The output of a block, for the filters behind it.</summary>
internal sealed class JinjaPlaceholder(int at) : JinjaExpression(at)
{
    /// <summary>No name of a template, as these have no blanks.</summary>
    public const string Name = "the block";

    /// <inheritdoc/>
    public override object? Evaluate(JinjaRun run) => run.Scope.Find(Name);
}

/// <summary><c>set</c> with a block.</summary>
internal sealed class JinjaSetBlock(
    int at, IReadOnlyList<JinjaTarget> targets, IReadOnlyList<JinjaStatement> body, JinjaBlockValue value) : JinjaStatement(at)
{
    /// <inheritdoc/>
    public override JinjaFlow Execute(JinjaRun run)
    {
        JinjaTarget.Assign(run, targets, value.Read(run, body));
        return JinjaFlow.Next;
    }
}

/// <summary>A macro: a function that a template defines.</summary>
/// <param name="at">Where it stands.</param>
/// <param name="name">Its name.</param>
/// <param name="parameters">Names and defaults of its parameters.</param>
/// <param name="body">What it prints.</param>
internal sealed class JinjaMacro(
    int at, string name, IReadOnlyList<(string Name, JinjaExpression? Default)> parameters, IReadOnlyList<JinjaStatement> body)
    : JinjaStatement(at)
{
    /// <inheritdoc/>
    public override JinjaFlow Execute(JinjaRun run)
    {
        JinjaScope defined = run.Scope;
        run.Scope.Set(name, new JinjaFunction(name, [.. parameters.Select(one => one.Name)], call => Call(call, defined)));
        return JinjaFlow.Next;
    }

    private string Call(JinjaCall call, JinjaScope defined)
    {
        JinjaRun run = call.Run;
        JinjaScope caller = run.Scope;
        run.Scope = new JinjaScope(defined);
        for (int i = 0; i < parameters.Count; i++)
        {
            run.Scope.Set(parameters[i].Name, call.Has(i) ? call.Argument(i)
                : parameters[i].Default is { } missing ? run.Evaluate(missing)
                : new JinjaUndefined(parameters[i].Name));
        }

        string text = run.Capture(body);
        run.Scope = caller;
        return text;
    }
}
