using LLoCO.Core;

namespace LLoCO.Evaluation;

/// <summary>Summarizes the answers of an evaluation: by data set and row, by document length, and row against row.</summary>
/// <remarks>Safe for concurrent use.</remarks>
public sealed class EvaluationTable
{
    // Documents within a factor of the square root of two are one point of a curve.
    private const double BinsPerOctave = 2;

    private readonly ILookup<string, EvaluatedQuestion> _byRow;
    private readonly Dictionary<(string Data, string Id), int> _rawTokens = [];

    /// <summary>Takes the answers.</summary>
    /// <param name="questions">The answers of all data sets and rows; at least one.</param>
    /// <exception cref="LlocoException">There is none.</exception>
    public EvaluationTable(IReadOnlyList<EvaluatedQuestion> questions)
    {
        ArgumentNullException.ThrowIfNull(questions);
        if (questions.Count == 0)
        {
            throw new LlocoException("There is no question to sum up. Give a question file that holds some.");
        }

        _byRow = questions.ToLookup(question => question.Row);
        Rows = [.. _byRow.Select(row => row.Key)];
        DataSets = [.. questions.Select(question => question.Data).Distinct()];
        Metrics = [.. questions.SelectMany(question => question.Scores.Keys).Distinct()];
        foreach (EvaluatedQuestion question in questions)
        {
            // A mode without a document does not count its tokens, so they come from the other modes.
            (string, string) key = (question.Data, question.Id);
            _rawTokens[key] = Math.Max(_rawTokens.GetValueOrDefault(key), question.Tokens.Raw);
        }
    }

    /// <summary>Gets the names of the rows in the order of their first answers.</summary>
    public IReadOnlyList<string> Rows { get; }

    /// <summary>Gets the names of the data sets in the order of their first answers.</summary>
    public IReadOnlyList<string> DataSets { get; }

    /// <summary>Gets the names of the metrics.</summary>
    public IReadOnlyList<string> Metrics { get; }

    /// <summary>Sums up a row.</summary>
    /// <param name="row">One of <see cref="Rows"/>.</param>
    /// <param name="data">One of <see cref="DataSets"/>; all together with <see langword="null"/>.</param>
    /// <returns>The figures, or <see langword="null"/> where the row has no question of that data set.</returns>
    public EvaluationReport? Find(string row, string? data = null)
    {
        EvaluatedQuestion[] questions = [.. SelectQuestions(row, data)];
        return questions.Length == 0 ? null : EvaluationReport.Create(questions);
    }

    /// <summary>Compares two rows over their common questions.</summary>
    /// <param name="row">One of <see cref="Rows"/>.</param>
    /// <param name="against">Another.</param>
    /// <param name="data">One of <see cref="DataSets"/>; all together with <see langword="null"/>.</param>
    /// <returns>The row minus the other, or <see langword="null"/> where they share no question.</returns>
    public EvaluationDifference? Compare(string row, string against, string? data = null)
    {
        Dictionary<(string, string), EvaluatedQuestion> others = SelectQuestions(against, data).Where(IsAsked).ToDictionary(Key);
        (EvaluatedQuestion One, EvaluatedQuestion Other)[] pairs =
        [
            .. SelectQuestions(row, data).Where(question => IsAsked(question) && others.ContainsKey(Key(question)))
                .Select(question => (question, others[Key(question)])),
        ];
        return pairs.Length == 0 ? null : new EvaluationDifference(
            row, against, data ?? string.Empty, pairs.Length, Metrics.ToDictionary(
                metric => metric,
                metric => PairedDifference.Create(
                    [.. pairs.Select(pair => pair.One.Scores[metric])], [.. pairs.Select(pair => pair.Other.Scores[metric])])));
    }

    /// <summary>Sums up a row by the length of the documents.</summary>
    /// <param name="row">One of <see cref="Rows"/>.</param>
    /// <returns>Documents of about one length each, the shortest first; <see cref="EvaluationReport.RawTokens"/> is the length,
    /// also in the mode that reads no document. Questions without a document are not in it.</returns>
    public IReadOnlyList<EvaluationReport> ByLength(string row) =>
    [
        .. SelectQuestions(row, null).Where(question => IsAsked(question) && _rawTokens[Key(question)] > 0)
            .GroupBy(question => (int)Math.Round(BinsPerOctave * Math.Log2(_rawTokens[Key(question)])))
            .OrderBy(bin => bin.Key)
            .Select(bin => EvaluationReport.Create([.. bin]) with
            {
                RawTokens = bin.Average(question => _rawTokens[Key(question)]),
            }),
    ];

    private static (string Data, string Id) Key(EvaluatedQuestion question) => (question.Data, question.Id);

    private static bool IsAsked(EvaluatedQuestion question) => question.LeftOut is null;

    private IEnumerable<EvaluatedQuestion> SelectQuestions(string row, string? data) =>
        _byRow[row].Where(question => data is null || question.Data == data);
}

/// <summary>The difference between two rows.</summary>
/// <param name="Row">The row.</param>
/// <param name="Against">The other one.</param>
/// <param name="Data">The data set; empty for all of them together.</param>
/// <param name="Questions">Common questions of both rows.</param>
/// <param name="Metrics">The row minus the other, per metric.</param>
public sealed record EvaluationDifference(
    string Row, string Against, string Data, int Questions, IReadOnlyDictionary<string, PairedDifference> Metrics);
