using System.Numerics;
using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tokenization.Patterns;

/// <summary>
/// Runs a pattern by backtracking, as Oniguruma does, with one difference: if that takes many steps per character, it records
/// what it has tried, so the time is linear in the text's length for any pattern and text.
/// </summary>
/// <remarks>Holds the working memory of one text: not safe for concurrent use.</remarks>
/// <param name="pattern">The pattern.</param>
internal sealed class PatternMatcher(Pattern pattern)
{
    private const int FreeSteps = 4096;
    private const int FreeStepsPerCharacter = 32;

    private readonly PatternStep[] _steps = [.. pattern.Steps];
    private readonly int[] _registers = new int[pattern.Registers];
    private readonly PatternMemo _memo = new();
    private readonly PatternStack _stack = new();
    private bool _remember;

    /// <summary>Gets the steps taken since <see cref="Begin"/>: a measure of the time that no other load changes.</summary>
    public long Taken { get; private set; }

    /// <summary>Begins another text.</summary>
    public void Begin()
    {
        Taken = 0;
        _remember = false;
        _memo.Clear();
    }

    /// <summary>Finds the first match at or behind a position.</summary>
    /// <param name="text">The text: the same one since <see cref="Begin"/>.</param>
    /// <param name="from">Where to look first.</param>
    /// <param name="start">Where the match begins.</param>
    /// <param name="end">Where it ends.</param>
    public bool Find(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        CodePointSet? first = pattern.First;
        for (start = from; start <= text.Length; start++)
        {
            int length = 1;
            if (first is not null && (start == text.Length || !first.ContainsAt(text, start, out length)))
            {
                start += length - 1;
                continue;
            }

            if (start > 0 && start < text.Length && char.IsLowSurrogate(text[start]) && char.IsHighSurrogate(text[start - 1]))
            {
                continue;
            }

            end = Run(text, 0, start);
            if (end >= 0)
            {
                return true;
            }
        }

        end = -1;
        return false;
    }

    // Gives where the steps from `step` to their Accept end, or -1.
    private int Run(ReadOnlySpan<char> text, int step, int position)
    {
        int floor = _stack.Height;
        int path = _memo.Height;
        while (true)
        {
            if (++Taken > FreeSteps + ((long)position * FreeStepsPerCharacter))
            {
                _remember = true;
            }

            PatternStep now = _steps[step];
            if (now.Action == PatternAction.Accept)
            {
                return Leave(floor, path, position);
            }

            int next = Take(text, now, step, ref position);
            if (next <= PatternMemo.Known)
            {
                return Leave(floor, path, PatternMemo.EndOf(next)); // tried before, and it led to a match
            }

            if (next < 0 && !_stack.Back(text, floor, _steps, _registers, _memo, out next, out position))
            {
                _memo.Drop(path);
                return -1;
            }

            step = next;
        }
    }

    // Gives the next step, -1 where this one does not match, or what the memo knows.
    private int Take(ReadOnlySpan<char> text, PatternStep now, int step, ref int position)
    {
        int next = step + 1;
        switch (now.Action)
        {
            case PatternAction.One:
                if (position >= text.Length || !now.Set!.ContainsAt(text, position, out int length))
                {
                    return -1;
                }

                position += length;
                return next;
            case PatternAction.Loop:
                return Loop(text, now, step, ref position);
            case PatternAction.Branch:
                return Branch(text, now, step, position);
            case PatternAction.Jump:
                return now.Target;
            case PatternAction.Mark:
                _stack.Push(new PatternStack.Frame(
                    PatternStack.FrameKind.Register, now.Least, _registers[now.Least], 0, _memo.Height));
                _registers[now.Least] = position;
                return next;
            case PatternAction.Progress:
                return position == _registers[now.Least] ? now.Target : next;
            case PatternAction.Look:
                return Looks(text, now, step, position) ? now.Target : -1;
            case PatternAction.Atomic:
                int end = Run(text, next, position);
                position = end < 0 ? position : end;
                return end < 0 ? -1 : now.Target;
            default:
                return PatternPlaces.IsAt(text, position, now.Anchor) ? next : -1;
        }
    }

    private int Leave(int floor, int path, int end)
    {
        _stack.Height = floor;
        _memo.Succeed(path, end);
        return end;
    }

    private int Branch(ReadOnlySpan<char> text, PatternStep now, int step, int position)
    {
        if (_remember && _memo.Enter(step, position) is var known and not PatternMemo.New)
        {
            return known;
        }

        ulong open = now.Branches!.Open(text, position);
        if (open == 0)
        {
            return -1;
        }

        int first = BitOperations.TrailingZeroCount(open);
        open &= open - 1;
        if (open != 0)
        {
            _stack.Push(new PatternStack.Frame(PatternStack.FrameKind.Branch, step, position, (long)open, _memo.Height));
        }

        return now.Branches.Targets[first];
    }

    private int Loop(ReadOnlySpan<char> text, PatternStep now, int step, ref int position)
    {
        CodePointSet set = now.Set!;
        int count = 0;
        int least = position;
        bool endless = _remember && !now.Flag && now.Most == int.MaxValue;
        int most = endless ? now.Least : now.Most;
        for (; count < most && position < text.Length && set.ContainsAt(text, position, out int length); count++)
        {
            position += length;
            least = count < now.Least ? position : least;
        }

        Taken += count;
        if (count < now.Least)
        {
            return -1;
        }

        if (endless)
        {
            return LoopRemembering(text, set, step, ref position);
        }

        if (position > least && !now.Flag)
        {
            _stack.Push(new PatternStack.Frame(PatternStack.FrameKind.Loop, step + 1, position, least, _memo.Height));
        }

        return step + 1;
    }

    // One character at a time, so that a later try finds out at once that this one was here.
    private int LoopRemembering(ReadOnlySpan<char> text, CodePointSet set, int step, ref int position)
    {
        while (true)
        {
            Taken++;
            if (_memo.Enter(step, position) is var known and not PatternMemo.New)
            {
                return known;
            }

            if (position >= text.Length || !set.ContainsAt(text, position, out int length))
            {
                return step + 1;
            }

            _stack.Push(new PatternStack.Frame(PatternStack.FrameKind.Loop, step + 1, position, position, _memo.Height, Exact: true));
            position += length;
        }
    }

    private bool Looks(ReadOnlySpan<char> text, PatternStep now, int step, int position)
    {
        int start = position;
        for (int back = now.Least; back > 0; back--)
        {
            if (start == 0)
            {
                return now.Flag;
            }

            start -= PatternStack.Before(text, start);
        }

        return Run(text, step + 1, start) >= 0 != now.Flag;
    }
}
