using System.ComponentModel.DataAnnotations;

namespace LLoCO.Training.SelfStudy;

/// <summary>Options for requesting questions and answers from a chat client.</summary>
public sealed record ChatTeacherOptions
{
    /// <summary>Gets the most tokens of a prompt, by the student's tokenizer; the client counts with its own.</summary>
    /// <value>Default 4,096: what any chat model of today takes, with room to spare.</value>
    [Range(64, 1 << 24)]
    public int MaxPromptTokens { get; init; } = 4096;

    /// <summary>Gets the temperature.</summary>
    /// <value>Default <see langword="null"/>: the client's own.</value>
    [Range(0.0, 2.0)]
    public float? Temperature { get; init; }

    /// <summary>Gets the most tokens of a reply.</summary>
    /// <value>Default 2,048.</value>
    [Range(1, 1 << 20)]
    public int MaxOutputTokens { get; init; } = 2048;

    /// <summary>Gets the model that the client is to use.</summary>
    /// <value>Default <see langword="null"/>: the client's own.</value>
    public string? ModelId { get; init; }

    /// <summary>Gets the message in front.</summary>
    /// <value>Default: one sentence on what the questions are for; <see langword="null"/> for none.</value>
    public string? SystemMessage { get; init; } =
        "You write questions and answers about texts, from which a reader learns to answer questions without the text at hand.";
}
