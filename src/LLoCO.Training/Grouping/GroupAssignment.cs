namespace LLoCO.Training.Grouping;

/// <summary>The group of a document, and how sure that is.</summary>
/// <param name="Group">The group; <see cref="GroupingOptions.Unsure"/> where the document fits none.</param>
/// <param name="Nearest">The group that is nearest to it, which it may not fit; <see langword="null"/> where there is no group.</param>
/// <param name="Similarity">The cosine of the document and that group, 0 to 1 for words and -1 to 1 for embeddings.</param>
/// <param name="Limit">The least similarity with which a document belongs to that group.</param>
public sealed record GroupAssignment(string Group, string? Nearest, double Similarity, double Limit)
{
    /// <summary>Gets whether the document fits no group.</summary>
    public bool IsUnsure => Group == GroupingOptions.Unsure;
}
