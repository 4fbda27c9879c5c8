using System.ComponentModel.DataAnnotations;
using LLoCO.Core.Decoding.Sampling;

namespace LLoCO.Training.SelfStudy;

/// <summary>How a local model writes questions and answers.</summary>
public sealed record ModelTeacherOptions
{
    /// <summary>Name of an adapter that was trained to write questions and answers about raw text.</summary>
    public const string TeacherAdapter = "teacher";

    /// <summary>Gets the divisor of the logits before a token is drawn.</summary>
    /// <value>Default 1. After <see cref="TeacherRequest.GreedyAfter"/>, decoding is greedy.</value>
    [Range(0.0, 100.0)]
    public double Temperature { get; init; } = 1;

    /// <summary>Gets the probability mass to draw from.</summary>
    /// <value>Default 1: all.</value>
    [Range(0.01, 1.0)]
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

    /// <summary>Gets the name of the adapter that the teacher reads and writes with; empty for the base model.</summary>
    /// <value>Default <see langword="null"/>: the one named <see cref="TeacherAdapter"/> where there is one, as in the embedded
    /// model, otherwise the base model.</value>
    public string? Adapter { get; init; }
}
