using System.ComponentModel.DataAnnotations;

namespace LLoCO.Core.SelfStudy;

/// <summary>How a local model writes questions and answers.</summary>
public sealed record ModelTeacherOptions
{
    /// <summary>Gets the divisor of the logits before a token is drawn.</summary>
    /// <value>Default 1. Behind <see cref="TeacherRequest.GreedyAfter"/> nothing is drawn.</value>
    [Range(0, 100)]
    public double Temperature { get; init; } = 1;

    /// <summary>Gets the probability mass to draw from.</summary>
    /// <value>Default 1: all.</value>
    [Range(0.01, 1)]
    public double TopP { get; init; } = 1;

    /// <summary>Gets the most tokens of a reply.</summary>
    /// <value>Default 96.</value>
    [Range(1, 1 << 16)]
    public int MaxNewTokens { get; init; } = 96;

    /// <summary>Gets how many of the likeliest tokens are kept at each place, for the student to learn from.</summary>
    /// <value>Default 8; 0 keeps none. Of the replies' tokens only those behind <see cref="TeacherRequest.GreedyAfter"/> keep
    /// theirs, where one is set.</value>
    [Range(0, 1024)]
    public int TopLogits { get; init; } = 8;

    /// <summary>Gets the name of the adapter that the teacher reads with.</summary>
    /// <value>Default <see langword="null"/>: the base model.</value>
    public string? Adapter { get; init; }
}
