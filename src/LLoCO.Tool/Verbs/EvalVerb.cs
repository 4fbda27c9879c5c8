using System.CommandLine;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Core.Evaluation;
using LLoCO.Core.Evaluation.DataSets;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco eval</c>: metrics of modes over a data set.</summary>
internal static class EvalVerb
{
    private const string Auto = "auto";
    private const string DataSetPrompt = "dataset";

    public static Command Create(CommonOptions common, ToolConsole console)
    {
        var dataSet = new DataSetOptions();
        var modes = new Option<EvaluationMode[]>("--mode")
        {
            Description = "What stands in front of a question; may be repeated.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var against = new Option<EvaluationMode?>("--against")
        {
            Description = "One of the modes: the others' paired difference to it, with its 95 % interval, comes last.",
        };
        var index = new Option<string?>("--index")
        {
            Description = "Index file; in memory where it is left out.", HelpName = "FILE",
        };
        Option<int?> tokens = CommonOptions.AtLeast(1, new Option<int?>("--max-new-tokens")
        {
            Description = "Most tokens to generate; the data set's own where it is left out.",
        });
        var prompt = new Option<string>("--prompt")
        {
            Description = "Whose prompt is used: the model's, the data set's, or (auto) the model's where it brings one.",
            DefaultValueFactory = _ => Auto,
        };
        prompt.AcceptOnlyFromAmong(Auto, "model", DataSetPrompt);
        var details = new Option<string?>("--details")
        {
            Description = "Writes every answer with its scores to this file, JSON lines.", HelpName = "FILE",
        };
        var predictions = new Option<string?>("--predictions")
        {
            Description = "Writes the answers to this file, one JSON object of question id to answer, which the evaluators of "
                + "the original and of SCROLLS read; with several modes the mode's name goes into the file's.",
            HelpName = "FILE",
        };
        Option<int> distractors = CommonOptions.AtLeast(0, new Option<int>("--distractors")
        {
            Description = "Other documents of the group in the prefix beside the right one, in modes that read summaries.",
            HelpName = "N",
        });
        var verb = new Command("eval", "Measures modes over a data set: metrics with their 95 % interval, tokens, times.")
        {
            modes, against, index, tokens, prompt, details, predictions, distractors, common.Adapter,
        };
        dataSet.AddTo(verb);
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            EvaluationMode[] asked = [.. parsed.GetValue(modes)!.Distinct()];
            EvaluationMode? baseline = parsed.GetValue(against);
            if (baseline is { } named && !asked.Contains(named))
            {
                throw new ToolUsageException("--against must be one of the modes given with --mode.");
            }

            ModelPackage model = common.Package(parsed);
            DataSetFormat format = dataSet.Format(parsed, model);
            IReadOnlyList<QuestionItem> items = dataSet.Read(parsed, format, console);
            LlocoPipelineBuilder builder = common.Describe(parsed, console)
                .UseGeneration(new GenerationOptions { MaxNewTokens = parsed.GetValue(tokens) ?? format.MaxNewTokens });
            if (format.Prompt is { } own && UsesDataSetPrompt(parsed.GetValue(prompt)!, model))
            {
                builder.UsePrompt(own.Text);
            }

            string? adapter = common.AddAdapter(parsed, builder);
            if (parsed.GetValue(index) is { } file)
            {
                builder.UseIndex(file);
            }

            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            await using var log = new EvaluationLog(parsed.GetValue(details));
            var results = new Dictionary<EvaluationMode, IReadOnlyList<EvaluatedQuestion>>();
            foreach (EvaluationMode mode in asked)
            {
                // The mode without an adapter has none, whatever the others are measured with.
                var evaluator = new Evaluator(
                    pipeline, mode, mode == EvaluationMode.Compressed ? null : adapter, scoring: format.Scoring)
                {
                    Distractors = parsed.GetValue(distractors),
                };
                results[mode] = await RunAsync(evaluator, mode, items, log, console, cancellationToken).ConfigureAwait(false);
                if (parsed.GetValue(predictions) is { } target)
                {
                    PredictionFile.Write(
                        asked.Length == 1 ? target : WithMode(target, mode),
                        results[mode].Select(one => KeyValuePair.Create(one.Item.Id, one.Answer.Text)));
                }
            }

            if (baseline is { } other)
            {
                Compare(results, other, format.Scoring, console);
            }

            return 0;
        });
        return verb;
    }

    private static bool UsesDataSetPrompt(string choice, ModelPackage model) =>
        choice == DataSetPrompt
        || (choice == Auto && !File.Exists(Path.Combine(model.Folder, PromptSettings.FileName)));

    private static string WithMode(string file, EvaluationMode mode) => Path.Combine(
        Path.GetDirectoryName(file) ?? string.Empty,
        $"{Path.GetFileNameWithoutExtension(file)}-{mode.ToString().ToLowerInvariant()}{Path.GetExtension(file)}");

    private static void Compare(
        Dictionary<EvaluationMode, IReadOnlyList<EvaluatedQuestion>> results, EvaluationMode against, AnswerScoring scoring,
        ToolConsole console)
    {
        foreach ((EvaluationMode mode, IReadOnlyList<EvaluatedQuestion> questions) in results.Where(pair => pair.Key != against))
        {
            Dictionary<string, PairedDifference> differences = scoring.Metrics.ToDictionary(
                metric => metric.Name,
                metric => PairedDifference.Of(
                    [.. questions.Select(question => question.Scores[metric.Name])],
                    [.. results[against].Select(question => question.Scores[metric.Name])]));
            console.Result(
                new
                {
                    difference = mode,
                    against,
                    questions = questions.Count,
                    metrics = differences.ToDictionary(pair => pair.Key, pair => pair.Value.Mean),
                    interval = differences.ToDictionary(
                        pair => pair.Key, pair => new[] { pair.Value.Interval.Low, pair.Value.Interval.High }),
                },
                $"{mode.ToString().ToLowerInvariant()} - {against.ToString().ToLowerInvariant()}: "
                + string.Join(", ", differences.Select(pair => string.Create(
                    CultureInfo.InvariantCulture,
                    $"{pair.Key} {pair.Value.Mean:+0.000;-0.000} "
                    + $"[{pair.Value.Interval.Low:+0.000;-0.000}, {pair.Value.Interval.High:+0.000;-0.000}]"))));
        }
    }

    private static async Task<IReadOnlyList<EvaluatedQuestion>> RunAsync(
        Evaluator evaluator, EvaluationMode mode, IReadOnlyList<QuestionItem> items, EvaluationLog log, ToolConsole console,
        CancellationToken cancellationToken)
    {
        var asked = new List<EvaluatedQuestion>();
        await foreach (EvaluatedQuestion question in evaluator.AskAsync(items, cancellationToken).ConfigureAwait(false))
        {
            asked.Add(question);
            log.Write(mode, question);
            if (console.Verbose)
            {
                console.Error.WriteLine(
                    $"{mode} {asked.Count}/{items.Count}: {question.Item.Question} -> {question.Answer.Text}");
            }
        }

        EvaluationReport report = evaluator.Report(asked);
        console.Result(ToJson(report), Describe(report));
        return asked;
    }

    private static object ToJson(EvaluationReport report) => new
    {
        mode = report.Mode,
        adapter = report.Adapter,
        questions = report.Questions,
        metrics = report.Metrics,
        interval = report.Intervals.ToDictionary(
            entry => entry.Key, entry => new[] { entry.Value.Low, entry.Value.High }),
        decoder_tokens = report.DecoderTokens,
        raw_tokens = report.RawTokens,
        ratio = report.Ratio,
        seconds_first_token = report.SecondsFirstToken,
        seconds_per_token = report.SecondsPerToken,
    };

    private static string Describe(EvaluationReport report)
    {
        string metrics = string.Join(", ", report.Metrics.Select(metric => string.Create(
            CultureInfo.InvariantCulture,
            $"{metric.Key} {metric.Value:P1} [{report.Intervals[metric.Key].Low:P1}, {report.Intervals[metric.Key].High:P1}]")));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Mode.ToString().ToLowerInvariant(),-10} adapter {report.Adapter ?? "none"}, {report.Questions} questions: "
            + $"{metrics}; {report.DecoderTokens:F0} tokens in the decoder for {report.RawTokens:F0} of text "
            + $"({report.Ratio:F1}x); first token {report.SecondsFirstToken:F3} s, then {report.SecondsPerToken:F4} s each");
    }
}
