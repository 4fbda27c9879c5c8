using System.CommandLine;
using LLoCO.Core;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco ask</c>: one question to an index.</summary>
internal static class AskVerb
{
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var arguments = new AskArguments();
        var verb = new Command("ask", "Answers a question: answer, sources, tokens used and saved, times.")
        {
            common.Adapter, common.Adapters, common.PrefixFolder,
        };
        arguments.AddTo(verb);
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            arguments.Ensure(parsed, common);
            LlocoPipelineBuilder builder = common.Describe(parsed, console);
            if (parsed.GetValue(arguments.Index) is { } file)
            {
                await IndexArguments.EnsureThereAsync(file, cancellationToken).ConfigureAwait(false);
                builder.UseIndex(file);
            }
            else if (parsed.GetValue(common.Adapter) is null)
            {
                throw new ToolUsageException("Option '--index' is required, unless --adapter names a key/value prefix.");
            }

            await arguments.ApplySlotsAsync(parsed, builder, cancellationToken).ConfigureAwait(false);

            AskOptions options = arguments.Read(parsed, common.AddAdapter(parsed, builder));
            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            var run = new AskRun(pipeline, console);
            string question = parsed.GetValue(arguments.Question)!;
            await (parsed.GetValue(arguments.Groups) is > 1 and var groups
                ? run.RouteAsync(question, options, groups, cancellationToken)
                : run.RunAsync(question, options, cancellationToken)).ConfigureAwait(false);
            return 0;
        });
        return verb;
    }
}
