namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>What <c>loop</c> is inside of a loop.</summary>
/// <param name="elements">The elements.</param>
/// <param name="depth">Loops around.</param>
internal sealed class JinjaLoop(IReadOnlyList<object?> elements, int depth)
{
    private object?[]? _changed;

    /// <summary>Gets or sets the place of the element.</summary>
    public int Place { get; set; }

    /// <summary>Gets the number of loops around.</summary>
    public int Depth { get; } = depth;

    /// <summary>Reads an attribute.</summary>
    public object? Read(JinjaRun run, int at, string name) => name switch
    {
        "index" => Place + 1L,
        "index0" => (long)Place,
        "revindex" => (long)elements.Count - Place,
        "revindex0" => elements.Count - Place - 1L,
        "first" => Place == 0,
        "last" => Place == elements.Count - 1,
        "length" => (long)elements.Count,
        "depth" => Depth + 1L,
        "depth0" => (long)Depth,
        "previtem" => Place > 0 ? elements[Place - 1] : new JinjaUndefined("loop.previtem"),
        "nextitem" => Place + 1 < elements.Count ? elements[Place + 1] : new JinjaUndefined("loop.nextitem"),
        "cycle" => new JinjaFunction(
            "loop.cycle", [], call => call.Given.Count > 0 ? call.Given[Place % call.Given.Count] : throw call.Fault("needs values."))
        {
            TakesAny = true,
        },
        "changed" => new JinjaFunction("loop.changed", [], call => Changed([.. call.Given], call)) { TakesAny = true },
        _ => throw run.Fault(at, $"'loop.{name}' is not supported."),
    };

    private bool Changed(object?[] values, JinjaCall call)
    {
        bool same = _changed is not null && JinjaValues.AreEqual(_changed, values, call.Run, call.At);
        _changed = values;
        return !same;
    }
}

/// <summary><c>for</c>.</summary>
/// <param name="at">Where it stands.</param>
/// <param name="targets">The names that each element is set to.</param>
/// <param name="list">The list.</param>
/// <param name="condition">Which elements count; all of them where it is <see langword="null"/>.</param>
/// <param name="body">What is done with each.</param>
/// <param name="otherwise">What is done where there are none.</param>
internal sealed class JinjaFor(
    int at,
    IReadOnlyList<JinjaTarget> targets,
    JinjaExpression list,
    JinjaExpression? condition,
    IReadOnlyList<JinjaStatement> body,
    IReadOnlyList<JinjaStatement> otherwise) : JinjaStatement(at)
{
    /// <inheritdoc/>
    public override JinjaFlow Execute(JinjaRun run)
    {
        object? value = run.Evaluate(list);
        IEnumerable<object?> elements = JinjaValues.Elements(value)
            ?? throw run.Fault(list.At, $"{JinjaValues.Describe(value)} has no elements to loop over.");
        JinjaScope around = run.Scope;
        IReadOnlyList<object?> kept = run.Made(At, condition is null ? elements : elements.Where(one => Counts(run, around, one)));
        var loop = new JinjaLoop(kept, around.Find("loop") is JinjaLoop outer ? outer.Depth + 1 : 0);
        for (; loop.Place < kept.Count; loop.Place++)
        {
            run.Step(At);
            Enter(run, around, kept[loop.Place]);
            run.Scope.Set("loop", loop);
            if (run.Execute(body) == JinjaFlow.Break)
            {
                break;
            }
        }

        run.Scope = around;
        return kept.Count == 0 ? run.Execute(otherwise) : JinjaFlow.Next;
    }

    private bool Counts(JinjaRun run, JinjaScope around, object? element)
    {
        Enter(run, around, element);
        bool counts = JinjaValues.IsTrue(run.Evaluate(condition!));
        run.Scope = around;
        return counts;
    }

    private void Enter(JinjaRun run, JinjaScope around, object? element)
    {
        run.Scope = new JinjaScope(around);
        JinjaTarget.Assign(run, targets, element);
    }
}
