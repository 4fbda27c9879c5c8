using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Evaluation;
using LLoCO.Evaluation.DataSets;
using LLoCO.Evaluation.Needles;
using LLoCO.Tool.Reports;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco needle</c>: facts hidden at every length and depth, and which are found.</summary>
internal static class NeedleVerb
{
    // One word, and what a name may add to it.
    private const int DefaultNewTokens = 16;

    private static readonly string[] DefaultModes = ["truncate", "retrieve", "compressed", "lloco"];

    public static Command Create(CommonOptions common, ToolConsole console)
    {
        var needles = new NeedleOptions();
        var options = new EvalOptions();
        var modes = new Option<string[]>("--mode")
        {
            Description = $"What stands in front of a question: {string.Join(", ", EvaluationRows.ModeNames)}. May be repeated: "
                + "the modes stand side by side in the picture.",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "MODE",
            DefaultValueFactory = _ => DefaultModes,
        };
        modes.AcceptOnlyFromAmong([.. EvaluationRows.ModeNames]);
        var output = new Option<string?>("--out")
        {
            Description = "Folder for needle.png, needle.svg, needle.html and needle.json, and for the answers so far: the same "
                + "command goes on there.",
            HelpName = "DIR",
        };
        var training = new Option<string?>("--training")
        {
            Description = "Measures nothing: writes documents with needles that no test has, and their questions, to this "
                + "folder, "
                + "for lloco finetune.",
            HelpName = "DIR",
        };
        var verb = new Command("needle", "Hides facts in documents of growing length at growing depth and asks for them.")
        {
            modes, output, training, options.Adapters, options.RawAdapter, options.Index, options.MaxNewTokens,
        };
        needles.AddTo(verb);
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            ModelPackage model = common.Package(parsed);
            int maxNewTokens = parsed.GetValue(options.MaxNewTokens) ?? DefaultNewTokens;
            LlocoPipelineBuilder builder = common.Describe(parsed, console)
                .UseGeneration(new GenerationOptions { MaxNewTokens = maxNewTokens });
            (IReadOnlyList<string> adapters, IReadOnlyDictionary<string, string> folders) =
                EvaluationRows.AddAdapters(parsed.GetValue(options.Adapters) ?? [], builder);
            IReadOnlyList<EvaluationRow> rows = EvaluationRows.Create(
                parsed.GetValue(modes)!, adapters, parsed.GetValue(options.RawAdapter), []);
            if (parsed.GetValue(options.Index) is { } index)
            {
                builder.UseIndex(index);
            }

            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            NeedleGrid grid = rows.Any(row => row.ReadsSummaries)
                ? needles.FittingGrid(parsed, pipeline, maxNewTokens, console)
                : needles.Grid(parsed, pipeline.Tokenizer, pipeline.NativeWindow);
            if (parsed.GetValue(training) is { } folder)
            {
                QuestionFolder.Write(folder, grid.Questions(training: true), cancellationToken);
                return 0;
            }

            string? target = parsed.GetValue(output);
            using EvaluationResultsFile? results =
                target is null ? null : Open(target, pipeline, model, folders, rows, maxNewTokens, grid);
            var evaluator = new Evaluator(pipeline, rows, results: results);
            IReadOnlyList<NeedleTable> tables =
                await AskAsync(evaluator, grid, rows, console, cancellationToken).ConfigureAwait(false);
            foreach (NeedleTable table in tables)
            {
                console.Result(NeedleText.ToJson(grid, table), NeedleText.Describe(grid, table));
            }

            if (target is not null)
            {
                NeedleFiles.Write(target, grid, tables, pipeline.NativeWindow, console);
            }

            return 0;
        });
        return verb;
    }

    private static EvaluationResultsFile Open(
        string folder, LlocoPipeline pipeline, ModelPackage model, IReadOnlyDictionary<string, string> adapters,
        IReadOnlyList<EvaluationRow> rows, int maxNewTokens, NeedleGrid grid)
    {
        Directory.CreateDirectory(folder);
        var settings = new Dictionary<string, string>(EvaluationSettings.Create(
            pipeline, model, adapters, rows, null, maxNewTokens, DataSetFormats.ByName("jsonl")))
        {
            ["lengths"] = string.Join(' ', grid.Lengths),
            ["depths"] = string.Join(' ', grid.Depths),
        };
        return EvaluationResultsFile.Open(Path.Combine(folder, "results.jsonl"), settings);
    }

    private static async Task<IReadOnlyList<NeedleTable>> AskAsync(
        Evaluator evaluator, NeedleGrid grid, IReadOnlyList<EvaluationRow> rows, ToolConsole console,
        CancellationToken cancellationToken)
    {
        var progress = new EvaluationProgress(
            console.Error, grid.Lengths.Count * grid.Depths.Count * grid.Repeats * rows.Count);
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
        return [.. rows.Select(row => new NeedleTable([.. answers.Where(answer => answer.Row == row.Name)], "em"))];
    }
}
