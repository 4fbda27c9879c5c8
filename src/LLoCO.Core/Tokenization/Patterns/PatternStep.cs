using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tokenization.Patterns;

/// <summary>The kind of a step of a compiled pattern.</summary>
internal enum PatternAction
{
    /// <summary>Takes one character of the set.</summary>
    One,

    /// <summary>Takes characters of the set, from <c>Least</c> to <c>Most</c>, the most first.</summary>
    Loop,

    /// <summary>Continues at the first of its branches that leads to a match.</summary>
    Branch,

    /// <summary>Goes on at <c>Target</c>.</summary>
    Jump,

    /// <summary>Notes the position in register <c>Least</c>.</summary>
    Mark,

    /// <summary>Goes on at <c>Target</c> where nothing was taken since the register's <see cref="Mark"/>.</summary>
    Progress,

    /// <summary>Runs the next steps on the text before or after; continues at <c>Target</c>.</summary>
    Look,

    /// <summary>Runs the next steps once; continues at <c>Target</c> at their end.</summary>
    Atomic,

    /// <summary>Goes on at certain places only.</summary>
    At,

    /// <summary>Ends a match, or the steps of a <see cref="Look"/> or <see cref="Atomic"/>.</summary>
    Accept,
}

/// <summary>A step of a compiled pattern.</summary>
internal sealed record PatternStep(PatternAction Action)
{
    public CodePointSet? Set { get; init; }

    public int Target { get; set; }

    /// <summary>Gets the least count of a loop; the characters that a look goes back; a register's number.</summary>
    public int Least { get; init; }

    public int Most { get; init; }

    /// <summary>Gets whether a look must fail, or a loop never gives back what it took.</summary>
    public bool Flag { get; init; }

    public PatternAnchor Anchor { get; init; }

    public PatternBranches? Branches { get; set; }
}

/// <summary>The alternatives of a branch, with the first characters of each: the next character rules most of them out.</summary>
internal sealed class PatternBranches
{
    /// <summary>One bit of a mask each.</summary>
    public const int Most = 63;

    private readonly CodePointSet?[] _first;
    private readonly ulong[] _ascii = new ulong[128];
    private readonly ulong _atEnd;

    public PatternBranches(int[] targets, CodePointSet?[] first)
    {
        Targets = targets;
        _first = first;
        for (int i = 0; i < first.Length; i++)
        {
            _atEnd |= first[i] is null ? 1UL << i : 0;
            for (int code = 0; code < _ascii.Length; code++)
            {
                _ascii[code] |= first[i]?.Contains(code) ?? true ? 1UL << i : 0;
            }
        }
    }

    /// <summary>Gets the steps to go on at, the preferred first.</summary>
    public int[] Targets { get; }

    /// <summary>Gives a bit for each way that is not ruled out.</summary>
    public ulong Open(ReadOnlySpan<char> text, int position)
    {
        if (position >= text.Length)
        {
            return _atEnd;
        }

        if (text[position] < _ascii.Length)
        {
            return _ascii[text[position]];
        }

        ulong open = _atEnd;
        for (int i = 0; i < _first.Length; i++)
        {
            open |= _first[i] is { } set && set.ContainsAt(text, position, out _) ? 1UL << i : 0;
        }

        return open;
    }
}
