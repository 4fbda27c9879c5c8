using System.CommandLine;
using LLoCO.Core;
using LLoCO.Training;

namespace LLoCO.Tool.Verbs.Train;

/// <summary><c>lloco finetune</c>: trains adapters from questions about documents.</summary>
internal static class FinetuneVerb
{
    /// <summary>Describes the verb.</summary>
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var index = new Option<string>("--index")
        {
            Description = "Index file, or postgres://… address; missing documents are compressed into it.", Required = true,
            HelpName = IndexArguments.HelpName,
        };
        var output = new Option<string>("--out")
        {
            Description = "Folder of the adapter; an interrupted run in it is continued.", Required = true, HelpName = "DIR",
        };
        var group = new Option<string?>("--group") { Description = "Only questions of this group." };
        var each = new Option<bool>("--each-group")
        {
            Description = "One adapter per group, in folders of --out named as the groups; otherwise one for all.",
        };
        var options = new FinetuneArguments();
        var verb = new Command("finetune", "Trains an adapter: from questions about documents to a PEFT folder.")
        {
            index, output, group, each,
        };
        options.AddTo(verb);
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            options.Ensure(parsed);
            if (parsed.GetValue(options.Base))
            {
                parsed.EnsureNoneBeside(true, options.Base.Name, each);
                await new FinetuneBase(parsed, options, common, console).RunAsync(
                    parsed.GetValue(group), parsed.GetValue(index)!, parsed.GetValue(output)!, cancellationToken).ConfigureAwait(false);
                return 0;
            }

            AdapterTrainingOptions training = options.Read(parsed, common.Package(parsed));
            FinetuneQuestions? questions = Questions(parsed, options, parsed.GetValue(group), parsed.GetValue(each), training);
            await using LlocoPipeline pipeline = await common.Describe(parsed, console)
                .UseIndex(parsed.GetValue(index)!)
                .BuildAsync(cancellationToken)
                .ConfigureAwait(false);
            string folder = parsed.GetValue(output)!;
            var run = new FinetuneRun(parsed, options, pipeline, training, console);
            if (questions is null)
            {
                await run.SelfStudyAsync(parsed.GetValue(group), folder, cancellationToken).ConfigureAwait(false);
                return 0;
            }

            foreach (FinetuneQuestions part in parsed.GetValue(each) ? questions.ByGroup() : [questions])
            {
                await run.LabelledAsync(
                    part, part.Group is null ? folder : Path.Combine(folder, part.Group), cancellationToken)
                    .ConfigureAwait(false);
            }

            return 0;
        });
        return verb;
    }

    /// <summary>The labelled questions, or <see langword="null"/> where a teacher writes them.</summary>
    private static FinetuneQuestions? Questions(
        ParseResult parsed, FinetuneArguments options, string? group, bool each, AdapterTrainingOptions training)
    {
        if (!parsed.GetValue(options.Study.SelfStudy))
        {
            return FinetuneQuestions.Read(parsed, options, group, training.Seed);
        }

        return each || parsed.GetValue(options.Raw) || parsed.GetValue(options.Data) is not null
            ? throw new ToolUsageException(
                "--self-study trains one adapter, behind summary embeddings, without --data: leave --each-group, --raw and "
                + "--data out, and name a --group.")
            : null;
    }
}
