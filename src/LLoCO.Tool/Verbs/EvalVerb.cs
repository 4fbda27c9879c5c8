using System.CommandLine;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Core.Evaluation;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco eval</c>: metrics of modes over a data set.</summary>
internal static class EvalVerb
{
    private const string JsonLines = "jsonl";

    public static Command Create(CommonOptions common, ToolConsole console)
    {
        var data = new Option<string>("--data") { Description = "Question file.", Required = true, HelpName = "FILE" };
        var format = new Option<string>("--format") { Description = "Its format.", DefaultValueFactory = _ => JsonLines };
        format.AcceptOnlyFromAmong(JsonLines);
        var modes = new Option<EvaluationMode[]>("--mode")
        {
            Description = "What stands in front of a question; may be repeated.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var index = new Option<string?>("--index")
        {
            Description = "Index file; in memory where it is left out.", HelpName = "FILE",
        };
        var limit = new Option<int?>("--limit") { Description = "Only the first N questions.", HelpName = "N" };
        var tokens = new Option<int>("--max-new-tokens")
        {
            Description = "Most tokens to generate.",
            DefaultValueFactory = _ => new GenerationOptions().MaxNewTokens,
        };
        var details = new Option<string?>("--details")
        {
            Description = "Writes every answer with its scores to this file, JSON lines.", HelpName = "FILE",
        };
        var verb = new Command("eval", "Measures modes over a data set: metrics with their 95 % interval, tokens, times.")
        {
            data, format, modes, index, limit, tokens, details, common.Adapter,
        };
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            IReadOnlyList<QuestionItem> items = QuestionFile.Read(parsed.GetValue(data)!);
            items = [.. items.Take(parsed.GetValue(limit) ?? int.MaxValue)];
            LlocoPipelineBuilder builder = common.Describe(parsed, console)
                .UseGeneration(new GenerationOptions { MaxNewTokens = parsed.GetValue(tokens) });
            string? adapter = common.AddAdapter(parsed, builder);
            if (parsed.GetValue(index) is { } file)
            {
                builder.UseIndex(file);
            }

            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            await using var log = new EvaluationLog(parsed.GetValue(details));
            foreach (EvaluationMode mode in parsed.GetValue(modes)!)
            {
                // The mode without an adapter has none, whatever the others are measured with.
                var evaluator = new Evaluator(pipeline, mode, mode == EvaluationMode.Compressed ? null : adapter);
                await RunAsync(evaluator, mode, items, log, console, cancellationToken).ConfigureAwait(false);
            }

            return 0;
        });
        return verb;
    }

    private static async Task RunAsync(
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
