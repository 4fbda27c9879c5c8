using System.CommandLine;
using LLoCO.Core;
using LLoCO.Server;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco serve</c>: endpoints and a page over an index.</summary>
internal static class ServeVerb
{
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var arguments = new ServeArguments();
        var verb = new Command("serve", "Serves an index: OpenAI-compatible endpoints, documents, metrics, and a page.")
        {
            common.Adapter, common.PrefixFolder,
        };
        arguments.AddTo(verb);
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(arguments.NewKey) is { } name)
            {
                WriteKey(name, parsed.GetValue(arguments.Group) ?? [], console);
                return 0;
            }

            LlocoServerOptions options = arguments.Read(parsed);
            LlocoPipelineBuilder builder = common.Describe(parsed, console).UseIndex(arguments.FindIndex(parsed));
            options = options with
            {
                Chat = options.Chat with { Ask = options.Chat.Ask with { Adapter = common.AddAdapter(parsed, builder) } },
            };
            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            await new ServeRun(pipeline, options, console).RunAsync(arguments.FindAddress(parsed, options), cancellationToken)
                .ConfigureAwait(false);
            return 0;
        });
        return verb;
    }

    private static void WriteKey(string name, IReadOnlyList<string> groups, ToolConsole console)
    {
        (LlocoApiKey kept, string key) = LlocoApiKey.Create(name, groups);
        console.Result(
            new { key, kept = new { name = kept.Name, hash = kept.Hash, groups = kept.Groups } },
            $"key, for whoever asks: {key}\nhash, for the file of --keys: {kept.Hash}");
    }
}
