using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tokenization.Patterns;

/// <summary>Compiles a pattern's parts to steps.</summary>
internal sealed class PatternCompiler
{
    /// <summary>Patterns come from untrusted files, and <c>(a{1000}){1000}</c> is short.</summary>
    private const int MaxSteps = 20_000;

    private readonly List<PatternStep> _steps = [];

    /// <summary>Gets the number of registers that the steps use.</summary>
    public int Registers { get; private set; }

    /// <summary>Compiles a pattern.</summary>
    /// <param name="node">The pattern.</param>
    /// <exception cref="PatternException">It is too large, or looks behind over an unknown length.</exception>
    public PatternStep[] Compile(PatternNode node)
    {
        Emit(node);
        Add(new PatternStep(PatternAction.Accept));
        return [.. _steps];
    }

    private void Emit(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.One one:
                Add(new PatternStep(PatternAction.One) { Set = one.Set });
                break;
            case PatternNode.Sequence sequence:
                foreach (PatternNode part in sequence.Parts)
                {
                    Emit(part);
                }

                break;
            case PatternNode.Choice choice:
                EmitChoice(choice.Branches);
                break;
            case PatternNode.Repeat repeat:
                EmitRepeat(repeat);
                break;
            case PatternNode.Look look:
                EmitLook(look);
                break;
            case PatternNode.Atomic atomic:
                EmitInner(new PatternStep(PatternAction.Atomic), atomic.Body);
                break;
            case PatternNode.At at:
                Add(new PatternStep(PatternAction.At) { Anchor = at.Anchor });
                break;
        }
    }

    private void EmitChoice(IReadOnlyList<PatternNode> branches)
    {
        if (branches.Count > PatternBranches.Most)
        {
            PatternNode rest = new PatternNode.Choice([.. branches.Skip(PatternBranches.Most - 1)]);
            branches = [.. branches.Take(PatternBranches.Most - 1), rest];
        }

        PatternStep branch = Add(new PatternStep(PatternAction.Branch));
        int[] targets = new int[branches.Count];
        var jumps = new List<PatternStep>();
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] = _steps.Count;
            Emit(branches[i]);
            jumps.Add(Add(new PatternStep(PatternAction.Jump)));
        }

        jumps.ForEach(jump => jump.Target = _steps.Count);
        branch.Branches = new PatternBranches(targets, [.. branches.Select(node => node.First())]);
    }

    private void EmitRepeat(PatternNode.Repeat repeat)
    {
        if (repeat.Body is PatternNode.One one && repeat.Mode != RepeatMode.Lazy)
        {
            Add(new PatternStep(PatternAction.Loop)
            {
                Set = one.Set, Least = repeat.Least, Most = repeat.Most, Flag = repeat.Mode == RepeatMode.Possessive,
            });
        }
        else if (repeat.Mode == RepeatMode.Possessive)
        {
            EmitInner(new PatternStep(PatternAction.Atomic), repeat with { Mode = RepeatMode.Greedy });
        }
        else
        {
            EmitCopies(repeat);
        }
    }

    private void EmitCopies(PatternNode.Repeat repeat)
    {
        for (int i = 0; i < repeat.Least; i++)
        {
            Emit(repeat.Body);
        }

        if (repeat.Most == int.MaxValue)
        {
            EmitEndless(repeat.Body, repeat.Mode == RepeatMode.Lazy);
            return;
        }

        var branches = new List<(PatternStep Branch, int Body)>();
        for (int i = repeat.Least; i < repeat.Most; i++)
        {
            PatternStep branch = Add(new PatternStep(PatternAction.Branch));
            branches.Add((branch, _steps.Count));
            Emit(repeat.Body);
        }

        branches.ForEach(branch => branch.Branch.Branches = Ways(
            repeat.Body, branch.Body, _steps.Count, repeat.Mode == RepeatMode.Lazy));
    }

    private void EmitEndless(PatternNode body, bool lazy)
    {
        int start = _steps.Count;
        PatternStep branch = Add(new PatternStep(PatternAction.Branch));
        int first = _steps.Count;
        int register = Registers;
        bool mayBeEmpty = body.First() is null;
        if (mayBeEmpty)
        {
            Registers++;
            Add(new PatternStep(PatternAction.Mark) { Least = register });
        }

        Emit(body);
        PatternStep? progress = mayBeEmpty ? Add(new PatternStep(PatternAction.Progress) { Least = register }) : null;
        Add(new PatternStep(PatternAction.Jump) { Target = start });
        if (progress is not null)
        {
            progress.Target = _steps.Count;
        }

        branch.Branches = Ways(body, first, _steps.Count, lazy);
    }

    private static PatternBranches Ways(PatternNode body, int bodyStep, int exit, bool lazy) => lazy
        ? new PatternBranches([exit, bodyStep], [null, body.First()])
        : new PatternBranches([bodyStep, exit], [body.First(), null]);

    private void EmitLook(PatternNode.Look look)
    {
        if (!look.Behind)
        {
            EmitInner(new PatternStep(PatternAction.Look) { Flag = look.Negative }, look.Body);
            return;
        }

        // Each branch has a length of its own to go back by.
        IReadOnlyList<PatternNode> branches = look.Body is PatternNode.Choice choice ? choice.Branches : [look.Body];
        if (branches.Count > 1)
        {
            IReadOnlyList<PatternNode> looks = [.. branches.Select(branch => look with { Body = branch })];
            Emit(look.Negative ? new PatternNode.Sequence(looks) : new PatternNode.Choice(looks));
            return;
        }

        int back = LengthOf(look.Body) ?? throw new PatternException("a look behind over an unknown length");
        EmitInner(new PatternStep(PatternAction.Look) { Flag = look.Negative, Least = back }, look.Body);
    }

    private void EmitInner(PatternStep step, PatternNode body)
    {
        Add(step);
        Emit(body);
        Add(new PatternStep(PatternAction.Accept));
        step.Target = _steps.Count;
    }

    private static int? LengthOf(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.One:
                return 1;
            case PatternNode.Empty or PatternNode.At or PatternNode.Look:
                return 0;
            case PatternNode.Atomic atomic:
                return LengthOf(atomic.Body);
            case PatternNode.Repeat repeat when repeat.Least == repeat.Most:
                return LengthOf(repeat.Body) * repeat.Least;
            case PatternNode.Sequence sequence:
                return sequence.Parts.Aggregate((int?)0, (sum, part) => sum + LengthOf(part));
            case PatternNode.Choice choice:
                int?[] lengths = [.. choice.Branches.Select(LengthOf).Distinct()];
                return lengths.Length == 1 ? lengths[0] : null;
            default:
                return null;
        }
    }

    private PatternStep Add(PatternStep step)
    {
        if (_steps.Count >= MaxSteps)
        {
            throw new PatternException("repetitions that make it too large");
        }

        _steps.Add(step);
        return step;
    }
}
