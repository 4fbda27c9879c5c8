using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Evaluation;
using LLoCO.Core.Training;

namespace LLoCO.Tool.Verbs.Train;

/// <summary><c>lloco finetune</c>: trains adapters from questions about documents.</summary>
internal static class FinetuneVerb
{
    /// <summary>Describes the verb.</summary>
    public static Command Create(CommonOptions common, ToolConsole console)
    {
        var index = new Option<string>("--index")
        {
            Description = "Index file; documents that it lacks are compressed into it.", Required = true, HelpName = "FILE",
        };
        var output = new Option<string>("--out")
        {
            Description = "Folder of the adapter; an interrupted run in it is gone on with.", Required = true, HelpName = "DIR",
        };
        var group = new Option<string?>("--group") { Description = "Only questions of this group." };
        var each = new Option<bool>("--each-group")
        {
            Description = "One adapter per group, in folders of --out named as the groups; otherwise one for all.",
        };
        var options = new FinetuneOptions();
        var verb = new Command("finetune", "Trains an adapter: from questions about documents to a PEFT folder.")
        {
            index, output, group, each,
        };
        options.AddTo(verb);
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            ModelPackage model = common.Package(parsed);
            AdapterTrainingOptions training = options.Read(parsed, model);
            FinetuneQuestions questions = FinetuneQuestions.Read(parsed, options, parsed.GetValue(group), training.Seed);
            await using LlocoPipeline pipeline = await common.Describe(parsed, console)
                .UseIndex(parsed.GetValue(index)!)
                .BuildAsync(cancellationToken)
                .ConfigureAwait(false);
            string folder = parsed.GetValue(output)!;
            IEnumerable<FinetuneQuestions> parts = parsed.GetValue(each) ? questions.ByGroup() : [questions];
            foreach (FinetuneQuestions part in parts)
            {
                AdapterTrainer trainer = pipeline.CreateAdapterTrainer(training);
                if (parsed.GetValue(options.Metric) is { } metric)
                {
                    trainer.Metric = AnswerMetrics.ByName(metric).Score;
                    trainer.MetricQuestions = parsed.GetValue(options.MetricQuestions);
                }

                await TrainAsync(
                    pipeline, trainer, part, part.Group is null ? folder : Path.Combine(folder, part.Group),
                    parsed.GetValue(options.Raw), console, cancellationToken).ConfigureAwait(false);
            }

            return 0;
        });
        return verb;
    }

    private static async Task TrainAsync(
        LlocoPipeline pipeline, AdapterTrainer trainer, FinetuneQuestions questions, string folder, bool raw, ToolConsole console,
        CancellationToken cancellationToken)
    {
        string name = questions.Group ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        IReadOnlyList<AdapterExample> learned = await pipeline
            .LoadExamplesAsync(questions.Learned, null, raw, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<AdapterExample> held = await pipeline
            .LoadExamplesAsync(questions.HeldOut, null, raw, cancellationToken).ConfigureAwait(false);
        try
        {
            TrainingResult result = await trainer.TrainAsync(
                new AdapterExampleList(learned), folder, held, new TrainingDisplay(console.Error, name), cancellationToken)
                .ConfigureAwait(false);
            TrainingReport.Write(console, name, learned.Count, held.Count, result);
        }
        catch (OperationCanceledException)
        {
            LossChart.Draw(folder);
            throw;
        }
    }
}
