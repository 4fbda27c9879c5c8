using LLoCO.Core;

namespace LLoCO.Evaluation;

/// <summary>Figures of one row over a set of questions; token counts and times are means per question asked.</summary>
/// <param name="Data">Name of the data set; empty where there is one, or for all of them together.</param>
/// <param name="Row">Name of the row.</param>
/// <param name="Mode">The mode.</param>
/// <param name="Adapter">The adapter's name; <c>group</c> where questions had different ones; <see langword="null"/> for the base
/// model.</param>
/// <param name="Questions">Number of questions asked.</param>
/// <param name="LeftOut">Number of questions that were not asked, since their document does not fit.</param>
/// <param name="Metrics">Mean per metric, 0 to 1; empty where no question was asked.</param>
/// <param name="Intervals">95 % interval per metric.</param>
/// <param name="DecoderTokens">Positions that summary prefix and prompt took in the decoder, those of a first answer that was not
/// trusted too.</param>
/// <param name="RawTokens">Tokens of the document.</param>
/// <param name="Ratio">Document tokens per summary embedding; 1 without summaries.</param>
/// <param name="SecondsFirstToken">Seconds to the first token.</param>
/// <param name="SecondsPerToken">Seconds for each token after it.</param>
public sealed record EvaluationReport(
    string Data,
    string Row,
    EvaluationMode Mode,
    string? Adapter,
    int Questions,
    int LeftOut,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyDictionary<string, BootstrapInterval> Intervals,
    double DecoderTokens,
    double RawTokens,
    double Ratio,
    double SecondsFirstToken,
    double SecondsPerToken)
{
    /// <summary>Gets how many answers came with a warning.</summary>
    public int Warned { get; init; }

    /// <summary>Gets how many answers scored less than one half by the first metric.</summary>
    public int Wrong { get; init; }

    /// <summary>Gets how many of the <see cref="Wrong"/> came without a warning.</summary>
    public int WrongUnwarned { get; init; }

    /// <summary>Sums up the answers of one row.</summary>
    /// <param name="questions">The row's questions; at least one, all scored by the same metrics.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="LlocoException">There is no question.</exception>
    public static EvaluationReport Create(IReadOnlyList<EvaluatedQuestion> questions)
    {
        ArgumentNullException.ThrowIfNull(questions);
        if (questions.Count == 0)
        {
            throw new LlocoException("There is no question to sum up. Give a question file that holds some.");
        }

        EvaluatedQuestion[] asked = [.. questions.Where(question => question.LeftOut is null)];
        IReadOnlyList<string> names = [.. asked.SelectMany(question => question.Scores.Keys).Distinct()];
        IReadOnlyList<string> sets = [.. questions.Select(question => question.Data).Distinct()];
        IReadOnlyList<string?> adapters = [.. asked.Select(question => question.Adapter).Distinct()];
        return new EvaluationReport(
            sets.Count == 1 ? sets[0] : string.Empty,
            questions[0].Row,
            questions[0].Mode,
            adapters.Count switch { 0 => null, 1 => adapters[0], _ => "group" },
            asked.Length,
            questions.Count - asked.Length,
            names.ToDictionary(name => name, name => asked.Average(question => question.Scores[name])),
            names.ToDictionary(
                name => name, name => BootstrapInterval.OfMean([.. asked.Select(question => question.Scores[name])])),
            Mean(asked, question => question.Tokens.Summary + question.Tokens.Prompt + question.Tokens.FirstAttempt),
            Mean(asked, question => question.Tokens.Raw),
            Mean(asked, question => question.Tokens.Ratio),
            Mean(asked, question => question.SecondsFirstToken),
            Mean(
                asked.Where(question => question.Tokens.Generated > 1),
                question => (question.SecondsTotal - question.SecondsFirstToken) / (question.Tokens.Generated - 1)))
        {
            Warned = asked.Count(question => question.Warning is not null),
            Wrong = asked.Count(IsWrong),
            WrongUnwarned = asked.Count(question => IsWrong(question) && question.Warning is null),
        };

        bool IsWrong(EvaluatedQuestion question) => question.Scores[names[0]] < 0.5;
    }

    private static double Mean(IEnumerable<EvaluatedQuestion> questions, Func<EvaluatedQuestion, double> figure) =>
        questions.Select(figure).DefaultIfEmpty(0).Average();
}
