namespace LLoCO.Evaluation.Reports;

/// <summary>What a report shows.</summary>
/// <param name="Table">The answers.</param>
/// <param name="Settings">What they depend on.</param>
/// <param name="Metric">The metric of charts and of the short table.</param>
/// <param name="NativeWindow">The model's native window.</param>
/// <param name="Against">The row that the others are compared with.</param>
internal sealed record ReportContent(
    EvaluationTable Table, IReadOnlyDictionary<string, string> Settings, string Metric, int NativeWindow, string Against)
{
    /// <summary>Gets the rows of all data sets.</summary>
    public IEnumerable<EvaluationReport> Cells() =>
        from data in Table.DataSets
        from row in Table.Rows
        let cell = Table.Find(row, data)
        where cell is not null
        select cell;

    /// <summary>Gets the differences of all rows to <see cref="Against"/>, in each data set, and in all together where there are
    /// several.</summary>
    public IEnumerable<EvaluationDifference> Differences() =>
        from data in Table.DataSets.Count == 1 ? Table.DataSets : [.. Table.DataSets, null!]
        from row in Table.Rows
        where row != Against
        let difference = Table.Compare(row, Against, data)
        where difference is not null
        select difference;

    /// <summary>Gets whether the short table has a line for each data set rather than for each row: the more numerous are the
    /// lines.</summary>
    private bool DataSetsGoDown => Table.DataSets.Count > Table.Rows.Count;

    /// <summary>Gets the lines of the short table: the score of every row in every data set.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="empty">The text of a cell without a value.</param>
    public IEnumerable<IReadOnlyList<string>> Scores(string metric, string empty) => DataSetsGoDown
        ? Table.DataSets.Select(data =>
            (IReadOnlyList<string>)[data, .. Table.Rows.Select(row => Score(Table.Find(row, data), metric, empty))])
        : Table.Rows.Select(row =>
            (IReadOnlyList<string>)[row, .. Table.DataSets.Select(data => Score(Table.Find(row, data), metric, empty))]);

    /// <summary>Gets the heads of the short table.</summary>
    /// <param name="metric">The metric, which heads the column of a data set without a name.</param>
    public IReadOnlyList<string> Heads(string metric) => DataSetsGoDown
        ? ["data", .. Table.Rows]
        : ["mode", .. Table.DataSets.Select(data => data.Length == 0 ? metric : data)];

    private static string Score(EvaluationReport? report, string metric, string empty) => report switch
    {
        null => empty,
        { Questions: 0 } => "none fits",
        { LeftOut: > 0 } => $"{ReportText.Score(report, metric)} ({report.Questions} of {report.Questions + report.LeftOut} fit)",
        _ => ReportText.Score(report, metric),
    };
}
