namespace LLoCO.Core.Tokenization.Json;

/// <summary>
/// A stretch of the user's text after a step, with a map back: each character has its range in the user's text.
/// </summary>
/// <remarks>
/// <code>
/// user's text     ﬁ  x        e  ́        (a ligature; e with a mark behind it)
/// after NFKC      f  i  x     é
/// start .. end    0..1 1..1   2..4        the first of several covers, the others lie behind it with length 0
/// </code>
/// </remarks>
/// <param name="text">The text.</param>
/// <param name="offset">Where the stretch begins in the user's text.</param>
/// <param name="lead">Characters at the begin that were put there; behind them each stands for itself.</param>
/// <param name="starts">Where each begins in the user's text, where that is not so simple.</param>
/// <param name="ends">Where each ends there.</param>
internal sealed class MappedText(string text, int offset, int lead = 0, int[]? starts = null, int[]? ends = null)
{
    /// <summary>Gets the text.</summary>
    public string Text => text;

    /// <summary>Gives where a character begins in the user's text.</summary>
    public int StartOf(int index) => starts is null ? offset + Math.Max(0, index - lead) : starts[index];

    /// <summary>Gives where a character ends in the user's text.</summary>
    public int EndOf(int index) => ends is null ? offset + Math.Max(0, index + 1 - lead) : ends[index];

    /// <summary>Takes another text of which each character stands for the one at the same place.</summary>
    public MappedText WithText(string other) => new(other, offset, lead, starts, ends);

    /// <summary>Puts a text before it.</summary>
    public MappedText WithLead(string prefix)
    {
        if (starts is null)
        {
            return new MappedText(prefix + text, offset, lead + prefix.Length);
        }

        int first = text.Length > 0 ? StartOf(0) : offset;
        int[] before = [.. Enumerable.Repeat(first, prefix.Length)];
        return new MappedText(prefix + text, offset, 0, [.. before, .. starts], [.. before, .. ends!]);
    }

    /// <summary>Takes a part.</summary>
    public MappedText Slice(int start, int length)
    {
        if (start == 0 && length == text.Length)
        {
            return this;
        }

        string part = text.Substring(start, length);
        return starts is null
            ? new MappedText(part, StartOf(start), Math.Max(0, lead - start))
            : new MappedText(part, StartOf(start), 0, starts[start..(start + length)], ends![start..(start + length)]);
    }
}
