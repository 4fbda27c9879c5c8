using System.Numerics;
using System.Text;

namespace LLoCO.Core.Tokenization.Patterns;

/// <summary>The backtracking stack: open alternatives, the latest on top.</summary>
internal sealed class PatternStack
{
    private Frame[] _frames = new Frame[64];

    /// <summary>Gets or sets the number of places.</summary>
    public int Height { get; set; }

    /// <summary>The kind of an alternative.</summary>
    internal enum FrameKind : byte
    {
        /// <summary>The rest of a branch's ways.</summary>
        Branch,

        /// <summary>Fewer rounds of a loop.</summary>
        Loop,

        /// <summary>None: a register gets its former value back.</summary>
        Register,
    }

    /// <summary>Gives the length of the character before a position.</summary>
    public static int Before(ReadOnlySpan<char> text, int position)
    {
        Rune.DecodeLastFromUtf16(text[..position], out _, out int length);
        return length;
    }

    public void Push(Frame frame)
    {
        if (Height == _frames.Length)
        {
            Array.Resize(ref _frames, Height * 2);
        }

        _frames[Height++] = frame;
    }

    /// <summary>Backtracks to the last open alternative.</summary>
    /// <param name="text">The text.</param>
    /// <param name="floor">Places up to here stay.</param>
    /// <param name="steps">The pattern.</param>
    /// <param name="registers">Get their former values back.</param>
    /// <param name="memo">Is told what led to nothing.</param>
    /// <param name="step">Where to go on.</param>
    /// <param name="position">Where in the text.</param>
    /// <returns>Whether there was one.</returns>
    public bool Back(
        ReadOnlySpan<char> text, int floor, PatternStep[] steps, int[] registers, PatternMemo memo, out int step, out int position)
    {
        while (Height > floor)
        {
            ref Frame frame = ref _frames[Height - 1];
            memo.Drop(frame.Path);
            (step, position) = (frame.Step, frame.Position);
            switch (frame.Kind)
            {
                case FrameKind.Register:
                    registers[step] = position;
                    Height--;
                    continue;
                case FrameKind.Branch:
                    ulong open = (ulong)frame.More;
                    frame = frame with { More = (long)(open & (open - 1)) };
                    Height -= frame.More == 0 ? 1 : 0;
                    step = steps[step].Branches!.Targets[BitOperations.TrailingZeroCount(open)];
                    return true;
                default:
                    if (!frame.Exact)
                    {
                        position -= Before(text, position);
                        frame = frame with { Position = position };
                    }

                    Height -= frame.Exact || position <= frame.More ? 1 : 0;
                    return true;
            }
        }

        (step, position) = (-1, -1);
        return false;
    }

    /// <summary>A place.</summary>
    /// <param name="Kind">What kind of way there was.</param>
    /// <param name="Step">The branch; the step behind the loop; the register.</param>
    /// <param name="Position">Where in the text; the register's former value.</param>
    /// <param name="More">A bit for each way of the branch; the position of the loop's fewest rounds.</param>
    /// <param name="Path">The height of the memo's way there.</param>
    /// <param name="Exact">Whether the loop is to end here and nowhere before.</param>
    internal readonly record struct Frame(FrameKind Kind, int Step, int Position, long More, int Path, bool Exact = false);
}
