using System.ComponentModel.DataAnnotations;

namespace LLoCO.Training.Grouping;

/// <summary>How documents are divided into groups that an adapter each may read.</summary>
public sealed record GroupingOptions
{
    /// <summary>The group of documents that fit no other.</summary>
    public const string Unsure = "unsure";

    /// <summary>Gets what is compared of two documents.</summary>
    /// <value>Default <see cref="GroupingEvidence.Words"/>.</value>
    public GroupingEvidence Evidence { get; init; }

    /// <summary>Gets the number of groups.</summary>
    /// <value>Default <see langword="null"/>: as many as make documents of one group most alike compared with those of the next
    /// (mean silhouette).</value>
    [Range(1, 1000)]
    public int? Groups { get; init; }

    /// <summary>Gets the most groups, where their number is not given.</summary>
    /// <value>Default 16.</value>
    [Range(1, 1000)]
    public int MaxGroups { get; init; } = 16;

    /// <summary>Gets the fewest documents of a group; fewer are <see cref="Unsure"/>.</summary>
    /// <value>Default 3.</value>
    [Range(2, 100_000)]
    public int MinDocuments { get; init; } = 3;

    /// <summary>Gets how many standard deviations below its group's own documents a document may be and still belong to it, where that is
    /// more than the usual limit: a third of the way from the documents of the most alike other group to its own.</summary>
    /// <value>Default 4.</value>
    [Range(0.5, 100.0)]
    public double Deviations { get; init; } = 4;

    /// <summary>Gets the most documents that are compared each with each; others are assigned to the groups found.</summary>
    /// <value>Default 500. Time and memory grow with its square.</value>
    [Range(2, 5000)]
    public int MaxCompared { get; init; } = 500;

    /// <summary>Gets the most characters that are read of a document, from its beginning.</summary>
    /// <value>Default 100,000.</value>
    [Range(100, int.MaxValue)]
    public int MaxCharacters { get; init; } = 100_000;
}
