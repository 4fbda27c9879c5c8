using System.CommandLine;
using LLoCO.Core;
using LLoCO.Evaluation;
using LLoCO.Evaluation.Reports;
using LLoCO.Tool.Reports;

namespace LLoCO.Tool.Verbs;

/// <summary>One run of <c>lloco eval</c>: asks the questions in every mode and writes the results.</summary>
internal sealed class EvalRun(ParseResult parsed, EvalArguments options, LlocoPipeline pipeline, ToolConsole console)
{
    private readonly List<EvaluatedQuestion> _asked = [];

    /// <summary>Gets the rows in which the questions are asked.</summary>
    public required IReadOnlyList<EvaluationRow> Rows { get; init; }

    /// <summary>Gets the settings that the answers depend on.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Asks everything, writes results, differences, predictions and the report.</summary>
    /// <param name="sets">The data sets, of one format.</param>
    /// <param name="cancellationToken">Ends the work; answers stay in the results file.</param>
    public async Task RunAsync(IReadOnlyList<NamedDataSet> sets, CancellationToken cancellationToken)
    {
        string? report = parsed.GetValue(options.Report);
        if (report is not null)
        {
            Directory.CreateDirectory(report);
        }

        string? file = parsed.GetValue(options.Results) ?? (report is null ? null : Path.Combine(report, "results.jsonl"));
        using EvaluationResultsFile? results = file is null ? null : EvaluationResultsFile.Open(file, Settings);
        var evaluator = new Evaluator(pipeline, Rows, scoring: sets[0].Format.Scoring, results: results)
        {
            LeavesOut = parsed.GetValue(options.LeaveOut),
        };
        if (parsed.GetValue(options.Index) is not null && Rows.Any(row => row.ReadsSummaries))
        {
            await QuestionDocuments.SayChangedAsync(pipeline.Index, sets.SelectMany(set => set.Read()), console, cancellationToken)
                .ConfigureAwait(false);
        }

        await AskAsync(evaluator, sets, cancellationToken).ConfigureAwait(false);
        if (_asked.Any(question => question.Answers.Any(CharacterTokens.Concern)))
        {
            console.Error.WriteLine($"lloco: {AnswerMetrics.CharactersNote}");
        }

        if (parsed.GetValue(options.Predictions) is { } target)
        {
            WritePredictions(target, _asked);
        }

        Compare(new EvaluationTable(_asked), report);
    }

    private async Task AskAsync(Evaluator evaluator, IReadOnlyList<NamedDataSet> sets, CancellationToken cancellationToken)
    {
        var progress = new EvaluationProgress(console.Error, sets.Sum(set => set.Count) * Rows.Count, console.Clock);
        foreach (NamedDataSet set in sets)
        {
            int before = _asked.Count;
            await foreach (EvaluatedQuestion question in
                evaluator.AskAsync(set.Read(), set.Name, progress, cancellationToken).ConfigureAwait(false))
            {
                _asked.Add(question);
                progress.Report(question);
                if (console.Verbose)
                {
                    console.Error.WriteLine($"{question.Row}: {question.Question} -> {question.Prediction}");
                }
            }

            progress.Clear();
            Show([.. _asked.Skip(before).GroupBy(question => question.Row).Select(row => EvaluationReport.Create([.. row]))]);
        }
    }

    /// <summary>A table on a terminal; otherwise a line for each row, for scripts.</summary>
    private void Show(IReadOnlyList<EvaluationReport> reports)
    {
        if (console is { IsTerminal: true, Json: false })
        {
            EvaluationGrid.Write(reports, console.Out);
            return;
        }

        foreach (EvaluationReport report in reports)
        {
            console.Result(ReportText.ToJson(report), ReportText.Describe(report));
        }
    }

    private void Compare(EvaluationTable table, string? report)
    {
        string? against = parsed.GetValue(options.Against);
        IEnumerable<EvaluationDifference?> differences = against is null
            ? []
            : table.DataSets.SelectMany(data => table.Rows.Where(row => row != against)
                .Select(row => table.Compare(row, against, data)));
        foreach (EvaluationDifference difference in differences.OfType<EvaluationDifference>())
        {
            console.Result(ReportText.ToJson(difference), ReportText.Describe(difference));
        }

        if (report is not null)
        {
            new EvaluationReportFiles(table, pipeline.NativeWindow)
            {
                Settings = Settings,
                Metric = parsed.GetValue(options.Metric),
                Against = against,
            }.Write(report);
            console.Error.WriteLine($"lloco: the report is {Path.Combine(report, EvaluationReportFiles.Page)}");
        }
    }

    private static void WritePredictions(string target, IReadOnlyList<EvaluatedQuestion> questions)
    {
        IGrouping<(string Data, string Row), EvaluatedQuestion>[] parts =
            [.. questions.GroupBy(question => (question.Data, question.Row))];
        foreach (IGrouping<(string Data, string Row), EvaluatedQuestion> part in parts)
        {
            PredictionFile.Write(
                parts.Length == 1 ? target : WithName(target, $"{part.Key.Data}-{part.Key.Row}".TrimStart('-')),
                part.Select(one => KeyValuePair.Create(one.Id, one.Prediction)));
        }
    }

    private static string WithName(string file, string name)
    {
        string plain = string.Join('-', name.Split(':', '=', ',', '/', '\\'));
        return Path.Combine(
            Path.GetDirectoryName(file) ?? string.Empty,
            $"{Path.GetFileNameWithoutExtension(file)}-{plain}{Path.GetExtension(file)}");
    }
}
