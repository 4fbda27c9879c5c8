using System.Text.Json.Serialization;
using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Core.Trust;

namespace LLoCO.Evaluation;

/// <summary>One answer of an evaluation: a line of its results file. It does not hold the document.</summary>
public sealed record EvaluatedQuestion
{
    private const int DigestLength = 16;

    /// <summary>Gets the name of the data set within the evaluation; empty where there is only one.</summary>
    public required string Data { get; init; }

    /// <summary>Gets the row's name (<see cref="EvaluationRow.Name"/>).</summary>
    public required string Row { get; init; }

    /// <summary>Gets the mode.</summary>
    public required EvaluationMode Mode { get; init; }

    /// <summary>Gets the question's id; the second question with the same id in a data set has the suffix <c>#2</c>, and so
    /// on.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the question's group.</summary>
    public required string Group { get; init; }

    /// <summary>Gets the document's id.</summary>
    public required string? Document { get; init; }

    /// <summary>Gets a hash of group, document, question and answers, which tells whether a line is about the same
    /// question.</summary>
    public required string Digest { get; init; }

    /// <summary>Gets the question.</summary>
    public required string Question { get; init; }

    /// <summary>Gets the accepted answers.</summary>
    public required IReadOnlyList<string> Answers { get; init; }

    /// <summary>Gets what the model answered; empty where the question was left out.</summary>
    public string Prediction { get; init; } = string.Empty;

    /// <summary>Gets the adapter; <see langword="null"/> for the base model.</summary>
    public string? Adapter { get; init; }

    /// <summary>Gets the score per metric, 0 to 1; empty where the question was left out.</summary>
    public IReadOnlyDictionary<string, double> Scores { get; init; } = new Dictionary<string, double>();

    /// <summary>Gets the token counts.</summary>
    public AnswerTokens Tokens { get; init; }

    /// <summary>Gets the confidence of the model.</summary>
    public AnswerConfidence Confidence { get; init; }

    /// <summary>Gets the warning that came with the answer; <see langword="null"/> for none.</summary>
    public string? Warning { get; init; }

    /// <summary>Gets the seconds to the first token.</summary>
    public double SecondsFirstToken { get; init; }

    /// <summary>Gets the seconds to the last one.</summary>
    public double SecondsTotal { get; init; }

    /// <summary>Gets why the question was not asked; <see langword="null"/> if it was.</summary>
    /// <remarks>It does not fit the native window; only in <see cref="EvaluationMode.Full"/>, unless the evaluator leaves such
    /// questions out everywhere.</remarks>
    public string? LeftOut { get; init; }

    /// <summary>Gets whether the answer was taken over from an earlier run.</summary>
    [JsonIgnore]
    public bool TakenOver { get; init; }

    /// <summary>Hashes what makes a question.</summary>
    internal static string DigestOf(QuestionItem item) => ContentHash.OfText(string.Join(
        '\0', [item.Group, ContentHash.OfText(item.Document ?? string.Empty), item.Question, .. item.Answers]))[..DigestLength];
}
