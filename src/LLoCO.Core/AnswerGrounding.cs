using System.Text.Json.Serialization;
using LLoCO.Core.Trust;

namespace LLoCO.Core;

/// <summary>The support of an answer.</summary>
public sealed record AnswerGrounding
{
    /// <summary>Gets whether the answer, or at least half of its words, is in one of the passages found for the question
    /// (<see cref="LlocoAnswer.Sources"/>).</summary>
    /// <value><see langword="null"/> if it was not checked: there is no passage, or the answer has no word that a passage could hold,
    /// such as yes or no.</value>
    public bool? IsInPassages { get; init; }

    /// <summary>Gets the passage that holds the answer; <see langword="null"/> if there is none.</summary>
    public AnswerSource? Source { get; init; }

    /// <summary>Gets the probability that the answer is right, 0 to 1, from the calibration of the adapter.</summary>
    /// <value><see langword="null"/> if it is not known: the adapter has no calibration, or document, adapter or question are in doubt,
    /// so that the calibration does not apply.</value>
    public double? Probability { get; init; }

    /// <summary>Gets all reasons not to rely on the answer.</summary>
    [JsonInclude]
    internal IReadOnlyList<Doubt> Doubts { get; init; } = [];
}
