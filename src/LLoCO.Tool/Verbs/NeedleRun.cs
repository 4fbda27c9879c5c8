using System.CommandLine;
using LLoCO.Core;
using LLoCO.Evaluation;
using LLoCO.Evaluation.DataSets;
using LLoCO.Evaluation.Needles;
using LLoCO.Tool.Reports;

namespace LLoCO.Tool.Verbs;

/// <summary>One run of <c>lloco needle</c>: asks the questions of the grid, or writes training documents.</summary>
internal sealed class NeedleRun(ParseResult parsed, NeedleArguments needles, LlocoPipeline pipeline, ToolConsole console)
{
    /// <summary>Gets the model.</summary>
    public required ModelPackage Model { get; init; }

    /// <summary>Gets the ways in which the questions are asked.</summary>
    public required IReadOnlyList<EvaluationRow> Rows { get; init; }

    /// <summary>Gets the adapters that were named by their folder.</summary>
    public required IReadOnlyDictionary<string, string> AdapterFolders { get; init; }

    /// <summary>Gets the most tokens of an answer.</summary>
    public required int MaxNewTokens { get; init; }

    /// <summary>Writes documents with needles that no test has, and their questions.</summary>
    /// <param name="folder">The folder to make.</param>
    /// <param name="cancellationToken">Checked before each document.</param>
    public Task WriteTrainingAsync(string folder, CancellationToken cancellationToken)
    {
        QuestionFolder.Write(folder, Grid().Questions(training: true), cancellationToken);
        return Task.CompletedTask;
    }

    /// <summary>Asks for every needle in every row.</summary>
    /// <param name="folder">Where pictures and answers are kept; <see langword="null"/> for nowhere.</param>
    /// <param name="cancellationToken">Ends the work; answers stay in the folder.</param>
    public async Task MeasureAsync(string? folder, CancellationToken cancellationToken)
    {
        NeedleGrid grid = Grid();
        using EvaluationResultsFile? results = folder is null ? null : Open(folder, grid);
        var evaluator = new Evaluator(pipeline, Rows, results: results);
        IReadOnlyList<NeedleTable> tables = await AskAsync(evaluator, grid, cancellationToken).ConfigureAwait(false);
        foreach (NeedleTable table in tables)
        {
            console.Result(NeedleText.ToJson(grid, table), NeedleText.Describe(grid, table));
        }

        if (folder is not null)
        {
            NeedleFiles.Write(folder, grid, tables, pipeline.NativeWindow, console);
        }
    }

    private NeedleGrid Grid() => Rows.Any(row => row.ReadsSummaries)
        ? needles.FittingGrid(parsed, pipeline, MaxNewTokens, console)
        : needles.Grid(parsed, pipeline.Tokenizer, pipeline.NativeWindow);

    private EvaluationResultsFile Open(string folder, NeedleGrid grid)
    {
        Directory.CreateDirectory(folder);
        var settings = new Dictionary<string, string>(EvaluationSettings.Create(
            pipeline, Model, AdapterFolders, Rows, null, MaxNewTokens, DataSetFormats.ByName("jsonl"),
            parsed.GetValue<string?>("--template"), memory: null))
        {
            ["lengths"] = string.Join(' ', grid.Lengths),
            ["depths"] = string.Join(' ', grid.Depths),
        };
        return EvaluationResultsFile.Open(Path.Combine(folder, "results.jsonl"), settings);
    }

    private async Task<IReadOnlyList<NeedleTable>> AskAsync(
        Evaluator evaluator, NeedleGrid grid, CancellationToken cancellationToken)
    {
        var progress = new EvaluationProgress(
            console.Error, grid.Lengths.Count * grid.Depths.Count * grid.Repeats * Rows.Count, console.Clock);
        var answers = new List<EvaluatedQuestion>();
        await foreach (EvaluatedQuestion answer in
            evaluator.AskAsync(grid.Questions(), ingest: progress, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            answers.Add(answer);
            progress.Report(answer);
            if (console.Verbose)
            {
                console.Error.WriteLine($"{answer.Row} {answer.Id}: {answer.Question} -> {answer.Prediction}");
            }
        }

        progress.Clear();
        return [.. Rows.Select(row => new NeedleTable([.. answers.Where(answer => answer.Row == row.Name)], "em"))];
    }
}
