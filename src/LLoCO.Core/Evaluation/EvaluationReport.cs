namespace LLoCO.Core.Evaluation;

/// <summary>Figures of one mode over a set of questions; token counts and times are means per question.</summary>
/// <param name="Mode">The mode.</param>
/// <param name="Adapter">The adapter's name; <c>group</c> where each question had the adapter of its group;
/// <see langword="null"/> for the base model.</param>
/// <param name="Questions">Number of questions.</param>
/// <param name="Metrics">Mean per metric, 0 to 1.</param>
/// <param name="Intervals">95 % interval per metric.</param>
/// <param name="DecoderTokens">Positions that summary prefix and prompt took in the decoder.</param>
/// <param name="RawTokens">Tokens of the document.</param>
/// <param name="Ratio">Document tokens per summary embedding; 1 without summaries.</param>
/// <param name="SecondsFirstToken">Seconds to the first token.</param>
/// <param name="SecondsPerToken">Seconds for each token after it.</param>
public sealed record EvaluationReport(
    EvaluationMode Mode,
    string? Adapter,
    int Questions,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyDictionary<string, BootstrapInterval> Intervals,
    double DecoderTokens,
    double RawTokens,
    double Ratio,
    double SecondsFirstToken,
    double SecondsPerToken);

/// <summary>One question of an evaluation.</summary>
/// <param name="Item">The question.</param>
/// <param name="Answer">What the model answered.</param>
/// <param name="Scores">Score per metric, 0 to 1.</param>
public sealed record EvaluatedQuestion(QuestionItem Item, LlocoAnswer Answer, IReadOnlyDictionary<string, double> Scores);
