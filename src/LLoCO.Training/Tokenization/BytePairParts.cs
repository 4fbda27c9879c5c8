namespace LLoCO.Training.Tokenization;

/// <summary>A text that is a piece, or that two neighbours would make.</summary>
internal sealed class BytePairSymbol(string text)
{
    /// <summary>The rank of what is no piece: behind every rank.</summary>
    public const int NotChosen = int.MaxValue;

    /// <summary>Gets the text.</summary>
    public string Text { get; } = text;

    /// <summary>Gets or sets the place among the chosen pieces, 0 the best.</summary>
    public int Rank { get; set; } = NotChosen;

    /// <summary>Gets or sets how often neighbours stand together that would make it.</summary>
    public long Count { get; set; }

    /// <summary>Gets or sets the count it was last queued with.</summary>
    public long QueuedCount { get; set; }

    /// <summary>Gets the words in which such neighbours stood at some time; some may be named twice.</summary>
    public List<int> Words { get; } = [];
}

/// <summary>A distinct word and what it is made of so far.</summary>
internal sealed class BytePairWord
{
    /// <summary>Gets how often it occurs.</summary>
    public required long Count { get; init; }

    /// <summary>Gets whether it must end as one piece.</summary>
    public required bool IsRequired { get; init; }

    /// <summary>Gets its symbols, left to right.</summary>
    public List<int> Symbols { get; } = [];
}

/// <summary>The order of candidates: the more frequent, then the shorter, then the ordinally first text.</summary>
internal readonly record struct BytePairPriority(long Count, string Text) : IComparable<BytePairPriority>
{
    /// <inheritdoc/>
    public int CompareTo(BytePairPriority other)
    {
        int order = other.Count.CompareTo(Count);
        order = order != 0 ? order : Text.Length.CompareTo(other.Text.Length);
        return order != 0 ? order : string.CompareOrdinal(Text, other.Text);
    }
}
