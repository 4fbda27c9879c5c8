using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Families;
using LLoCO.Core.Index;
using LLoCO.Evaluation.Planning;
using LLoCO.Tool.Verbs.Bench;
using LLoCO.Tool.Verbs.Train;
using LLoCO.Training;
using LLoCO.Training.Grouping;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco group</c>: groups for the documents of an index, and their adapters.</summary>
internal static class GroupVerb
{
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var index = new IndexArguments();
        var arguments = new GroupArguments();
        Option<int> threads = BenchArguments.Threads();
        var verb = new Command(
            "group", "Finds groups among the documents of an index, shows what would change, moves documents and trains adapters.")
        {
            index.Index, threads,
        };
        arguments.AddTo(verb);
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            arguments.Ensure(parsed, threads);
            GroupingPlan plan;
            await using (IRetrievalIndex file = await index.OpenAsync(parsed, cancellationToken).ConfigureAwait(false))
            {
                plan = await DocumentGrouper.PlanAsync(file, arguments.Read(parsed), cancellationToken).ConfigureAwait(false);
                IReadOnlyList<AdapterCost>? costs = parsed.GetValue(arguments.Questions) is { } questions
                    ? await EstimateAsync(parsed, common, arguments, parsed.GetValue(threads), plan, questions).ConfigureAwait(false)
                    : null;
                GroupReport.Write(console, plan, costs);
                if (!parsed.GetValue(arguments.Apply))
                {
                    console.Error.WriteLine("Nothing was changed. With --apply the documents are moved.");
                    return 0;
                }

                int moved = await plan.ApplyAsync(file, cancellationToken).ConfigureAwait(false);
                console.Error.WriteLine($"{moved} documents moved.");
            }

            if (parsed.GetValue(arguments.Train))
            {
                using var limit = new TrainingThreads(parsed.Has(threads) ? parsed.GetValue(threads) : null);
                await TrainAsync(parsed, common, console, parsed.GetValue(index.Index)!, arguments, plan, cancellationToken)
                    .ConfigureAwait(false);
            }

            return 0;
        });
        return verb;
    }

    private static async Task<IReadOnlyList<AdapterCost>> EstimateAsync(
        ParseResult parsed, CommonArguments common, GroupArguments arguments, int threads, GroupingPlan plan, int questions)
    {
        (LlamaConfig config, WeightPrecision precision) = MeasuredModel.Describe(common, parsed, null);
        DeviceFigures device = arguments.Device.Given(parsed) ?? await MeasuredModel.RunAsync(
            common, parsed, null, threads, (meter, _, _) => meter.Measure()).ConfigureAwait(false);
        AdapterTrainingOptions training = arguments.Finetune.Read(parsed, common.Package(parsed));
        return AdapterCost.Estimate(
            plan.Groups, config, device, arguments.Workload(parsed, questions, training.Epochs), parsed.GetValue(arguments.Pairs),
            training.QuestionsPerPrefix, precision);
    }

    private static async Task TrainAsync(
        ParseResult parsed, CommonArguments common, ToolConsole console, string index, GroupArguments arguments, GroupingPlan plan,
        CancellationToken cancellationToken)
    {
        FinetuneArguments options = arguments.Finetune;
        string folder = parsed.GetValue(arguments.Out)!;
        AdapterTrainingOptions training = options.Read(parsed, common.Package(parsed));
        await using LlocoPipeline pipeline = await common.Describe(parsed, console).UseIndex(index)
            .BuildAsync(cancellationToken).ConfigureAwait(false);
        var run = new FinetuneRun(parsed, options, pipeline, training, console);
        if (parsed.GetValue(options.Study.SelfStudy))
        {
            foreach (ProposedGroup group in plan.Groups)
            {
                await run.SelfStudyAsync(group.Name, Path.Combine(folder, group.Name), cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        FinetuneQuestions questions = await FinetuneQuestions.Read(parsed, options, null, training.Seed)
            .InIndexAsync(pipeline.Index, cancellationToken).ConfigureAwait(false);
        foreach (FinetuneQuestions part in questions.ByGroup().Where(part => part.Group != GroupingOptions.Unsure))
        {
            await run.LabelledAsync(part, Path.Combine(folder, part.Group!), cancellationToken).ConfigureAwait(false);
        }
    }
}
