using System.Numerics;
using System.Text;
using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tokenization.Patterns;

/// <summary>
/// Runs a pattern by trying and going back, as Oniguruma does, with one difference: where that takes many steps for each
/// character, it notes what it has tried, so that the time stays in proportion to the text's length for any pattern and any text.
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
    private Frame[] _stack = new Frame[64];
    private int _height;
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
        int floor = _height;
        int pathFloor = _memo.Height;
        while (true)
        {
            if (++Taken > FreeSteps + ((long)position * FreeStepsPerCharacter))
            {
                _remember = true;
            }

            PatternStep now = _steps[step];
            int next = step + 1;
            switch (now.Action)
            {
                case PatternAction.One:
                    int length = 0;
                    next = position < text.Length && now.Set!.ContainsAt(text, position, out length) ? next : -1;
                    position += next < 0 ? 0 : length;
                    break;
                case PatternAction.Loop:
                    next = Loop(text, now, step, ref position);
                    break;
                case PatternAction.Branch:
                    next = Branch(text, now, step, position);
                    break;
                case PatternAction.Jump:
                    next = now.Target;
                    break;
                case PatternAction.Mark:
                    Push(new Frame(FrameKind.Register, now.Least, _registers[now.Least], 0, _memo.Height));
                    _registers[now.Least] = position;
                    break;
                case PatternAction.Progress:
                    next = position == _registers[now.Least] ? now.Target : next;
                    break;
                case PatternAction.Look:
                    next = Looks(text, now, step, position) ? now.Target : -1;
                    break;
                case PatternAction.Atomic:
                    int inner = Run(text, next, position);
                    (next, position) = inner < 0 ? (-1, position) : (now.Target, inner);
                    break;
                case PatternAction.At:
                    next = PatternPlaces.IsAt(text, position, now.Anchor) ? next : -1;
                    break;
                default:
                    return Leave(floor, pathFloor, position);
            }

            if (next <= PatternMemo.Known)
            {
                return Leave(floor, pathFloor, PatternMemo.EndOf(next)); // tried before, and it led to a match
            }

            if (next < 0 && !Back(text, floor, out next, out position))
            {
                _memo.Drop(pathFloor);
                return -1;
            }

            step = next;
        }
    }

    private int Leave(int floor, int pathFloor, int end)
    {
        _height = floor;
        _memo.Succeed(pathFloor, end);
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
            Push(new Frame(FrameKind.Branch, step, position, (long)open, _memo.Height));
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
            Push(new Frame(FrameKind.Loop, step + 1, position, least, _memo.Height));
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

            Push(new Frame(FrameKind.Loop, step + 1, position, position, _memo.Height, Exact: true));
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

            start -= Before(text, start);
        }

        return Run(text, step + 1, start) >= 0 != now.Flag;
    }

    // Goes back to the last place where there was another way.
    private bool Back(ReadOnlySpan<char> text, int floor, out int step, out int position)
    {
        while (_height > floor)
        {
            ref Frame frame = ref _stack[_height - 1];
            _memo.Drop(frame.Path);
            (step, position) = (frame.Step, frame.Position);
            switch (frame.Kind)
            {
                case FrameKind.Register:
                    _registers[step] = position;
                    _height--;
                    continue;
                case FrameKind.Branch:
                    ulong open = (ulong)frame.More;
                    frame = frame with { More = (long)(open & (open - 1)) };
                    _height -= frame.More == 0 ? 1 : 0;
                    step = _steps[step].Branches!.Targets[BitOperations.TrailingZeroCount(open)];
                    return true;
                default:
                    if (!frame.Exact)
                    {
                        position -= Before(text, position);
                        frame = frame with { Position = position };
                    }

                    _height -= frame.Exact || position <= frame.More ? 1 : 0;
                    return true;
            }
        }

        (step, position) = (-1, -1);
        return false;
    }

    private static int Before(ReadOnlySpan<char> text, int position)
    {
        Rune.DecodeLastFromUtf16(text[..position], out _, out int length);
        return length;
    }

    private void Push(Frame frame)
    {
        if (_height == _stack.Length)
        {
            Array.Resize(ref _stack, _height * 2);
        }

        _stack[_height++] = frame;
    }

    private enum FrameKind : byte
    {
        Branch,
        Loop,
        Register,
    }

    /// <summary>Where there was another way: the rest of a branch, or the positions of a loop down to <c>More</c>.</summary>
    private readonly record struct Frame(
        FrameKind Kind, int Step, int Position, long More, int Path, bool Exact = false);
}
