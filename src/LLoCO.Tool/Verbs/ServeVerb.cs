using System.CommandLine;
using System.Net;
using LLoCO.Core;
using LLoCO.Server;
using LLoCO.Tenants;

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
                arguments.EnsureKey(parsed);
                WriteKey(name, parsed.GetValue(arguments.Group) ?? [], parsed.GetValue(arguments.Tenant), console);
                return 0;
            }

            arguments.EnsureNoKey(parsed);

            await ServeAsync(parsed, common, arguments, console, cancellationToken).ConfigureAwait(false);
            return 0;
        });
        return verb;
    }

    /// <summary>Loads the model and serves over HTTP until it is interrupted.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="common">The options of the model.</param>
    /// <param name="arguments">The options of the server.</param>
    /// <param name="console">Where the address is written.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task ServeAsync(
        ParseResult parsed, CommonArguments common, ServeArguments arguments, ToolConsole console, CancellationToken cancellationToken)
    {
        LlocoServerOptions options = arguments.Read(parsed);
        IPEndPoint address = arguments.FindAddress(parsed, options);
        TenantStore? tenants = arguments.FindTenants(parsed);
        LlocoPipelineBuilder builder = common.Describe(parsed, console);
        if (tenants is null)
        {
            builder.UseIndex(arguments.FindIndex(parsed));
        }

        options = options with
        {
            Chat = options.Chat with { Ask = options.Chat.Ask with { Adapter = common.AddAdapter(parsed, builder) } },
            FullContext = parsed.GetValue(arguments.Plan)
                ? await FullContextPlan.MeasureAsync(common, parsed).ConfigureAwait(false)
                : null,
        };
        await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
        await new ServeRun(pipeline, tenants, options, console).RunAsync(address, cancellationToken).ConfigureAwait(false);
    }

    private static void WriteKey(string name, IReadOnlyList<string> groups, string? tenant, ToolConsole console)
    {
        (LlocoApiKey kept, string key) = LlocoApiKey.Create(name, groups);
        console.Result(
            new { key, kept = new { name = kept.Name, hash = kept.Hash, groups = kept.Groups, tenant = tenant is null ? null : new TenantId(tenant).Name } },
            $"key, for whoever asks: {key}\nhash, for the file of --keys: {kept.Hash}");
    }
}
