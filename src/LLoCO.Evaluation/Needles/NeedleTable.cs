namespace LLoCO.Evaluation.Needles;

/// <summary>What one row of an evaluation found in the grid.</summary>
public sealed class NeedleTable
{
    private readonly ILookup<(int Length, int Depth), EvaluatedQuestion> _cells;

    /// <summary>Takes the answers of one row.</summary>
    /// <param name="answers">The answers to questions of a <see cref="NeedleGrid"/>.</param>
    /// <param name="metric">Key of the metric that says how far a needle was found, 0 to 1.</param>
    public NeedleTable(IReadOnlyList<EvaluatedQuestion> answers, string metric)
    {
        _cells = answers.ToLookup(answer => NeedleGrid.CellOf(answer.Id));
        Report = EvaluationReport.Create(answers);
        Metric = metric;
    }

    /// <summary>Gets the row's figures.</summary>
    public EvaluationReport Report { get; }

    /// <summary>Gets the metric.</summary>
    public string Metric { get; }

    /// <summary>Gets the cells that were asked.</summary>
    public int Cells => _cells.Count(cell => cell.Any(IsAsked));

    /// <summary>Gets the cells all of whose needles were found.</summary>
    public int Found =>
        _cells.Count(cell => cell.Any(IsAsked) && cell.All(answer => IsAsked(answer) && answer.Scores[Metric] == 1));

    /// <summary>Gets the mean score of a cell, 0 to 1; <see langword="null"/> where it was not asked.</summary>
    /// <param name="length">Place of the length.</param>
    /// <param name="depth">Place of the depth.</param>
    /// <returns>The mean, or <see langword="null"/>.</returns>
    public double? Score(int length, int depth) => _cells[(length, depth)].Any(IsAsked)
        ? _cells[(length, depth)].Where(IsAsked).Average(answer => answer.Scores[Metric])
        : null;

    private static bool IsAsked(EvaluatedQuestion answer) => answer.LeftOut is null;
}
