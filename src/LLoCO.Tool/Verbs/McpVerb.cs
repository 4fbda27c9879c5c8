using System.CommandLine;
using LLoCO.Core;
using LLoCO.Extensions.AI;
using LLoCO.Server;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco mcp</c>: an index as tools of agents.</summary>
internal static class McpVerb
{
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var arguments = new ServeArguments();
        var http = new Option<bool>("--http") { Description = "Serves over HTTP, as 'lloco serve' does, at /mcp; --port, --host and --keys are for this." };
        var verb = new Command("mcp", "Offers an index to agents (Model Context Protocol): tools ask, search, ingest, list; documents as resources.")
        {
            http, common.Adapter, common.PrefixFolder,
        };
        arguments.AddServerTo(verb);
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            if (!parsed.GetValue(http))
            {
                arguments.EnsureNoHttp(parsed);
            }

            await (parsed.GetValue(http)
                ? ServeVerb.ServeAsync(parsed, common, arguments, console, cancellationToken)
                : RunAsync(parsed, common, arguments.FindIndex(parsed), console, cancellationToken)).ConfigureAwait(false);
            return 0;
        });
        return verb;
    }

    /// <summary>Serves the program that started this one, over standard input and output.</summary>
    private static async Task RunAsync(
        ParseResult parsed, CommonArguments common, string index, ToolConsole console, CancellationToken cancellationToken)
    {
        LlocoPipelineBuilder builder = common.Describe(parsed, console).UseIndex(index);
        var options = new LlocoChatOptions();
        options = options with { Ask = options.Ask with { Adapter = common.AddAdapter(parsed, builder) } };
        await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
        using var loggers = new WriterLoggerFactory(console.Error, console.Verbose);
        await using Stream input = Console.OpenStandardInput();
        await using Stream output = Console.OpenStandardOutput();
        await LlocoMcpServer.RunAsync(pipeline, input, output, options, loggers, cancellationToken).ConfigureAwait(false);
    }
}
