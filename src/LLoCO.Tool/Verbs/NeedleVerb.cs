using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Evaluation;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco needle</c>: facts hidden at every length and depth, and which are found.</summary>
internal static class NeedleVerb
{
    // One word, and what a name may add to it.
    private const int DefaultNewTokens = 16;

    private static readonly string[] DefaultModes = ["truncate", "retrieve", "compressed", "lloco"];

    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var needles = new NeedleArguments();
        var options = new EvalArguments();
        Option<string[]> modes = Modes();
        var output = new Option<string?>("--out")
        {
            Description = "Folder for needle.png, needle.svg, needle.html and needle.json, and for the answers so far: the same "
                + "command continues there.",
            HelpName = "DIR",
        };
        var training = new Option<string?>("--training")
        {
            Description = "Does not measure: writes documents with needles that no test has, and their questions, to this folder, for "
                + "lloco finetune.",
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
            needles.Ensure(parsed);
            parsed.EnsureNoneBeside(
                parsed.GetValue(training) is not null, training.Name, output, options.Index, options.Adapters, options.RawAdapter);
            int maxNewTokens = parsed.GetValue(options.MaxNewTokens) ?? DefaultNewTokens;
            LlocoPipelineBuilder builder = common.Describe(parsed, console)
                .UseGeneration(new GenerationOptions { MaxNewTokens = maxNewTokens });
            (IReadOnlyList<string> adapters, IReadOnlyDictionary<string, string> folders) =
                EvaluationRows.AddAdapters(parsed.GetValue(options.Adapters) ?? [], builder);
            IReadOnlyList<EvaluationRow> rows = EvaluationRows.Create(parsed.GetValue(modes)!, adapters, parsed.GetValue(options.RawAdapter), []);
            options.EnsureRead(parsed, rows);
            if (parsed.GetValue(options.Index) is { } index)
            {
                builder.UseIndex(index);
            }

            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            var run = new NeedleRun(parsed, needles, pipeline, console)
            {
                Model = common.Package(parsed),
                Rows = rows,
                AdapterFolders = folders,
                MaxNewTokens = maxNewTokens,
            };
            await (parsed.GetValue(training) is { } folder
                ? run.WriteTrainingAsync(folder, cancellationToken)
                : run.MeasureAsync(parsed.GetValue(output), cancellationToken)).ConfigureAwait(false);
            return 0;
        });
        return verb;
    }

    private static Option<string[]> Modes()
    {
        var modes = new Option<string[]>("--mode")
        {
            Description = $"Context in front of a question: {string.Join(", ", EvaluationRows.ModeNames)}. May be repeated: "
                + "the picture shows the modes side by side.",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "MODE",
            DefaultValueFactory = _ => DefaultModes,
        };
        modes.AcceptOnlyFromAmong([.. EvaluationRows.ModeNames]);
        return modes;
    }
}
