namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>How a statement ends.</summary>
internal enum JinjaFlow
{
    /// <summary>The next one follows.</summary>
    Next,

    /// <summary>The loop ends.</summary>
    Break,

    /// <summary>The loop goes on with its next element.</summary>
    Continue,
}

/// <summary>A statement of a template.</summary>
/// <param name="at">Where it stands.</param>
internal abstract class JinjaStatement(int at)
{
    /// <summary>Gets where it stands.</summary>
    public int At { get; } = at;

    /// <summary>Runs it. Others call <see cref="JinjaRun.Execute"/>, which counts.</summary>
    public abstract JinjaFlow Execute(JinjaRun run);
}

/// <summary>Text outside of tags.</summary>
internal sealed class JinjaData(int at, string text) : JinjaStatement(at)
{
    /// <inheritdoc/>
    public override JinjaFlow Execute(JinjaRun run)
    {
        run.Print(text, At);
        return JinjaFlow.Next;
    }
}

/// <summary>An expression that is printed.</summary>
internal sealed class JinjaOutput(int at, JinjaExpression expression) : JinjaStatement(at)
{
    /// <inheritdoc/>
    public override JinjaFlow Execute(JinjaRun run)
    {
        run.Print(run.ToText(run.Evaluate(expression), At), At);
        return JinjaFlow.Next;
    }
}

/// <summary><c>if</c>, with its <c>elif</c> and <c>else</c>.</summary>
/// <param name="at">Where it stands.</param>
/// <param name="branches">Conditions with what follows from them; the last may have none.</param>
internal sealed class JinjaIf(
    int at, IReadOnlyList<(JinjaExpression? Condition, IReadOnlyList<JinjaStatement> Body)> branches) : JinjaStatement(at)
{
    /// <inheritdoc/>
    public override JinjaFlow Execute(JinjaRun run)
    {
        foreach ((JinjaExpression? condition, IReadOnlyList<JinjaStatement> body) in branches)
        {
            if (condition is null || JinjaValues.IsTrue(run.Evaluate(condition)))
            {
                return run.Execute(body);
            }
        }

        return JinjaFlow.Next;
    }
}

/// <summary>Statements that stand in a block without effect of its own, such as <c>generation</c>.</summary>
internal sealed class JinjaGroup(int at, IReadOnlyList<JinjaStatement> body) : JinjaStatement(at)
{
    /// <inheritdoc/>
    public override JinjaFlow Execute(JinjaRun run) => run.Execute(body);
}

/// <summary><c>break</c> or <c>continue</c>.</summary>
internal sealed class JinjaJump(int at, JinjaFlow flow) : JinjaStatement(at)
{
    /// <inheritdoc/>
    public override JinjaFlow Execute(JinjaRun run) => flow;
}

/// <summary><c>filter</c>: filters over the output of a block.</summary>
/// <param name="at">Where it stands.</param>
/// <param name="body">The block.</param>
/// <param name="filters">Makes the filtered value of the output, which it is given as a constant.</param>
internal sealed class JinjaFilterBlock(
    int at, IReadOnlyList<JinjaStatement> body, JinjaBlockValue filters) : JinjaStatement(at)
{
    /// <inheritdoc/>
    public override JinjaFlow Execute(JinjaRun run)
    {
        run.Print(run.ToText(filters.Read(run, body), At), At);
        return JinjaFlow.Next;
    }
}
