using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Evaluation;
using LLoCO.Evaluation.DataSets;
using LLoCO.Evaluation.Reports;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco eval</c>: metrics of modes over data sets.</summary>
internal static class EvalVerb
{
    public static Command Create(CommonOptions common, ToolConsole console)
    {
        var options = new EvalOptions();
        var dataSets = new DataSetOptions();
        var verb = new Command("eval", "Measures modes over data sets: metrics with their 95 % interval, tokens, times.");
        options.AddTo(verb);
        dataSets.AddTo(verb);
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            ModelPackage model = common.Package(parsed);
            LlocoPipelineBuilder builder = common.Describe(parsed, console);
            string[] named = parsed.GetValue(options.Adapters) ?? [];
            (IReadOnlyList<string> adapters, IReadOnlyDictionary<string, string> folders) =
                EvaluationRows.AddAdapters(named, builder);
            IReadOnlyList<EvaluationRow> rows = EvaluationRows.Create(
                parsed.GetValue(options.Modes)!, adapters, parsed.GetValue(options.RawAdapter),
                parsed.GetValue(options.Distractors) ?? []);
            if (rows.Any(row => row.Distractors < 0))
            {
                throw new ToolUsageException("--distractors must be at least 0.");
            }

            string? against = parsed.GetValue(options.Against);
            if (against is not null && rows.All(row => row.Name != against))
            {
                throw new ToolUsageException(
                    $"--against must be one of the rows of this run: {string.Join(", ", rows.Select(row => row.Name))}.");
            }

            IReadOnlyList<NamedDataSet> sets = dataSets.Find(parsed, model, console);
            DataSetFormat format = sets[0].Format;
            string? prompt = UsesDataSetPrompt(parsed.GetValue(options.Prompt)!, model) ? format.Prompt?.Text : null;
            int maxNewTokens = parsed.GetValue(options.MaxNewTokens) ?? format.MaxNewTokens;
            builder.UseGeneration(new GenerationOptions { MaxNewTokens = maxNewTokens });
            if (prompt is not null)
            {
                builder.UsePrompt(prompt);
            }

            if (parsed.GetValue(options.Index) is { } index)
            {
                builder.UseIndex(index);
            }

            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            IReadOnlyDictionary<string, string> settings =
                EvaluationSettings.Create(pipeline, model, folders, rows, prompt, maxNewTokens, format);
            string? report = parsed.GetValue(options.Report);
            if (report is not null)
            {
                Directory.CreateDirectory(report);
            }

            string? file = parsed.GetValue(options.Results) ?? (report is null ? null : Path.Combine(report, "results.jsonl"));
            using EvaluationResultsFile? results = file is null ? null : EvaluationResultsFile.Open(file, settings);
            var evaluator = new Evaluator(pipeline, rows, scoring: format.Scoring, results: results)
            {
                LeavesOut = parsed.GetValue(options.LeaveOut),
            };
            IReadOnlyList<EvaluatedQuestion> questions =
                await AskAsync(evaluator, sets, rows, console, cancellationToken).ConfigureAwait(false);
            if (questions.Any(question => question.Answers.Any(CharacterTokens.Concern)))
            {
                console.Error.WriteLine($"lloco: {AnswerMetrics.CharactersNote}");
            }

            if (parsed.GetValue(options.Predictions) is { } target)
            {
                WritePredictions(target, questions);
            }

            var table = new EvaluationTable(questions);
            if (against is not null)
            {
                Compare(table, against, console);
            }

            if (report is not null)
            {
                new EvaluationReportFiles(table, pipeline.NativeWindow)
                {
                    Settings = settings,
                    Metric = parsed.GetValue(options.Metric),
                    Against = against,
                }.Write(report);
                console.Error.WriteLine($"lloco: the report is {Path.Combine(report, EvaluationReportFiles.Page)}");
            }

            return 0;
        });
        return verb;
    }

    private static bool UsesDataSetPrompt(string choice, ModelPackage model) =>
        choice == EvalOptions.DataSetPrompt
        || (choice == EvalOptions.AutoPrompt && !File.Exists(Path.Combine(model.Folder, PromptSettings.FileName)));

    private static async Task<IReadOnlyList<EvaluatedQuestion>> AskAsync(
        Evaluator evaluator, IReadOnlyList<NamedDataSet> sets, IReadOnlyList<EvaluationRow> rows, ToolConsole console,
        CancellationToken cancellationToken)
    {
        var progress = new EvaluationProgress(console.Error, sets.Sum(set => set.Count) * rows.Count);
        var all = new List<EvaluatedQuestion>();
        foreach (NamedDataSet set in sets)
        {
            int before = all.Count;
            await foreach (EvaluatedQuestion question in
                evaluator.AskAsync(set.Read(), set.Name, progress, cancellationToken).ConfigureAwait(false))
            {
                all.Add(question);
                progress.Report(question);
                if (console.Verbose)
                {
                    console.Error.WriteLine($"{question.Row}: {question.Question} -> {question.Prediction}");
                }
            }

            progress.Clear();
            foreach (IGrouping<string, EvaluatedQuestion> row in all.Skip(before).GroupBy(question => question.Row))
            {
                EvaluationReport report = EvaluationReport.Create([.. row]);
                console.Result(ReportText.ToJson(report), ReportText.Describe(report));
            }
        }

        return all;
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

    private static void Compare(EvaluationTable table, string against, ToolConsole console)
    {
        foreach (string data in table.DataSets)
        {
            foreach (string row in table.Rows.Where(row => row != against))
            {
                if (table.Compare(row, against, data) is { } difference)
                {
                    console.Result(ReportText.ToJson(difference), ReportText.Describe(difference));
                }
            }
        }
    }
}
