using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Evaluation;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary><c>lloco bench routing</c>: questions without a group, routed in several ways.</summary>
internal static class BenchRoutingVerb
{
    /// <summary>Describes the measurement.</summary>
    /// <param name="common">Options that verbs share.</param>
    /// <param name="console">Where to write.</param>
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var index = new IndexArguments();
        var data = new Option<string>("--data")
        {
            Description = "Question file; only questions whose documents the index holds are asked.", Required = true, HelpName = "FILE",
        };
        Option<int> groups = CommonArguments.Number("--read-groups", 2, 2, "Most groups that answer a question, or documents of one prefix.");
        var all = new Option<string?>("--adapter-for-all")
        {
            Description = "Name of the adapter that reads documents of all groups, such as one of --adapters.", HelpName = "NAME",
        };
        Option<int?> limit = CommonArguments.NumberOrNone("--limit", 1, "Most questions.");
        Option<int> tokens = CommonArguments.Number("--max-new-tokens", 1, 8, "Most tokens of an answer.");
        var results = new Option<string?>("--results") { Description = "Writes every answer to this file.", HelpName = "FILE" };
        var against = new Option<string?>("--against")
        {
            Description = "A results file of the same questions: also prints the paired differences to its row named.", HelpName = "FILE",
        };
        var verb = new Command(
            "routing", "Accuracy and time of questions whose group is named, found, or answered by several groups, and by one adapter for all.")
        {
            index.Index, data, common.Adapters, all, groups, limit, tokens, results, against,
        };
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            string file = parsed.GetValue(index.Index)!;
            await IndexArguments.EnsureThereAsync(file, cancellationToken).ConfigureAwait(false);
            LlocoPipelineBuilder builder = common.Describe(parsed, console).UseIndex(file)
                .UseGeneration(new GenerationOptions { MaxNewTokens = parsed.GetValue(tokens) });
            common.AddAdapters(parsed, builder);
            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            IReadOnlyList<QuestionItem> questions = await IndexedQuestions.FindAsync(
                pipeline.Index, QuestionDocuments.ReadQuestions(parsed.GetValue(data)!), cancellationToken).ConfigureAwait(false);
            var run = new BenchRoutingRun(pipeline, console, parsed.GetValue(all), parsed.GetValue(groups));
            int most = Math.Min(parsed.GetValue(limit) ?? int.MaxValue, questions.Count);

            // At even distances, since questions about one document stand together.
            IReadOnlyList<RoutedQuestion> asked = await run.AskAsync(
                [.. Enumerable.Range(0, most).Select(i => questions[(int)((long)i * questions.Count / most)])], cancellationToken)
                .ConfigureAwait(false);
            if (parsed.GetValue(results) is { } target)
            {
                RoutedQuestion.Write(target, asked);
            }

            run.Report(asked, parsed.GetValue(against) is { } other ? RoutedQuestion.Read(other) : asked);
            return 0;
        });
        return verb;
    }
}
