using System.CommandLine;
using LLoCO.Core;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco chat</c>: questions one after the other, with the model kept loaded.</summary>
internal static class ChatVerb
{
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var arguments = new AskArguments();
        var verb = new Command("chat", "Answers questions from standard input; earlier ones are remembered, the model stays loaded.")
        {
            common.Adapter, common.Adapters, common.PrefixFolder,
        };
        arguments.AddOptionsTo(verb);
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            string file = parsed.GetValue(arguments.Index) ?? throw new ToolUsageException("Option '--index' is required.");
            arguments.Ensure(parsed, common);
            await IndexArguments.EnsureThereAsync(file, cancellationToken).ConfigureAwait(false);
            LlocoPipelineBuilder builder = common.Describe(parsed, console).UseIndex(file);
            await arguments.ApplySlotsAsync(parsed, builder, cancellationToken).ConfigureAwait(false);
            AskOptions options = arguments.Read(parsed, common.AddAdapter(parsed, builder));
            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            return await new ChatRun(pipeline, console, options).RunAsync(cancellationToken).ConfigureAwait(false) ? 0 : 1;
        });
        return verb;
    }
}
