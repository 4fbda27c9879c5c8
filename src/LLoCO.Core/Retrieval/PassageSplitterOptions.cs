using System.ComponentModel.DataAnnotations;

namespace LLoCO.Core.Retrieval;

/// <summary>The length of the passages of a text.</summary>
public sealed class PassageSplitterOptions
{
    /// <summary>Gets the minimum number of words of a passage.</summary>
    /// <value>100 by default, as the passages of Dense Passage Retrieval (arXiv 2004.04906, section 4.1).</value>
    /// <remarks>A text shorter than <see cref="MaxWords"/> is one passage, however short.</remarks>
    [Range(1, 10_000)]
    public int MinWords { get; init; } = 100;

    /// <summary>Gets the maximum number of words of a passage.</summary>
    /// <value>200 by default; at least twice <see cref="MinWords"/>, so that a text can always be cut into passages of allowed
    /// length.</value>
    [Range(2, 20_000)]
    public int MaxWords { get; init; } = 200;
}
