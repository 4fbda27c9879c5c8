using System.CommandLine;
using LLoCO.Core;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco watch</c>: keeps an index like a folder.</summary>
internal static class WatchVerb
{
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var arguments = new IndexArguments();
        var folder = new Argument<string>("folder") { Description = "The folder." };
        var group = new Option<string>("--group")
        {
            Description = "Group of the documents, which selects the adapter.", DefaultValueFactory = _ => SourceDocument.DefaultGroup,
        };
        Option<int> every = CommonArguments.Number("--every", 1, 2, "Seconds between two looks at the folder.");
        var verb = new Command("watch", "Compresses the files of a folder, and again whenever one changes, until it is interrupted.")
        {
            folder, arguments.Index, group, every,
        };
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            string named = AutoGroup.Refuse(parsed.GetValue(group)!);
            string path = parsed.GetValue(folder)!;
            if (!Directory.Exists(path))
            {
                // Before the index is made.
                throw new LlocoException($"The folder '{path}' does not exist.");
            }

            LlocoPipelineBuilder builder = common.Describe(parsed, console).UseIndex(parsed.GetValue(arguments.Index)!);
            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            await new WatchRun(pipeline, console, path, named)
                .RunAsync(TimeSpan.FromSeconds(parsed.GetValue(every)), cancellationToken).ConfigureAwait(false);
            return 0;
        });
        return verb;
    }
}
