using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tokenization.Patterns;

/// <summary>A parsed part of a pattern.</summary>
internal abstract record PatternNode
{
    /// <summary>Matches nothing, of length 0.</summary>
    public sealed record Empty : PatternNode;

    /// <summary>Matches one character of a set.</summary>
    public sealed record One(CodePointSet Set) : PatternNode;

    /// <summary>Matches its parts one after the other.</summary>
    public sealed record Sequence(IReadOnlyList<PatternNode> Parts) : PatternNode;

    /// <summary>Matches the first of its branches with which the whole pattern matches.</summary>
    public sealed record Choice(IReadOnlyList<PatternNode> Branches) : PatternNode;

    /// <summary>
    /// Matches its body again and again. <paramref name="Most"/> is <see cref="int.MaxValue"/> without a limit.
    /// </summary>
    public sealed record Repeat(PatternNode Body, int Least, int Most, RepeatMode Mode) : PatternNode;

    /// <summary>Matches where its body does (or does not) match before or behind, and takes nothing.</summary>
    public sealed record Look(PatternNode Body, bool Behind, bool Negative) : PatternNode;

    /// <summary>Matches as its body does first, without backtracking into it.</summary>
    public sealed record Atomic(PatternNode Body) : PatternNode;

    /// <summary>Matches at certain places and takes nothing.</summary>
    public sealed record At(PatternAnchor Anchor) : PatternNode;

    /// <summary>Gives the set that a match begins in, or <see langword="null"/> where it may be empty or look around.</summary>
    public CodePointSet? First() => this switch
    {
        One one => one.Set,
        Sequence { Parts.Count: > 0 } sequence => FirstOf(sequence.Parts, 0),
        Choice choice => Union(choice.Branches),
        Repeat { Least: > 0 } repeat => repeat.Body.First(),
        Atomic atomic => atomic.Body.First(),
        _ => null,
    };

    // "a?b" begins with a or b: only a part that is one character or nothing is looked through.
    private static CodePointSet? FirstOf(IReadOnlyList<PatternNode> parts, int index) =>
        index == parts.Count ? null
        : parts[index] is not Repeat { Least: 0, Body: One optional } ? parts[index].First()
        : FirstOf(parts, index + 1) is { } next ? optional.Set.Or(next) : null;

    private static CodePointSet? Union(IReadOnlyList<PatternNode> branches)
    {
        CodePointSet? union = null;
        foreach (PatternNode branch in branches)
        {
            if (branch.First() is not { } first)
            {
                return null;
            }

            union = union?.Or(first) ?? first;
        }

        return union;
    }
}

/// <summary>How a repetition chooses its length.</summary>
internal enum RepeatMode
{
    /// <summary>The longest first.</summary>
    Greedy,

    /// <summary>The shortest first.</summary>
    Lazy,

    /// <summary>The longest only.</summary>
    Possessive,
}

/// <summary>Places in a text.</summary>
internal enum PatternAnchor
{
    LineStart,
    LineEnd,
    TextStart,
    TextEnd,
    TextEndOrLastBreak,
    WordBorder,
    NoWordBorder,
}
