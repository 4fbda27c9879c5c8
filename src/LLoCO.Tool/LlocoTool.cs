using System.CommandLine;
using LLoCO.Core;
using LLoCO.Postgres;
using LLoCO.Tool.Help;
using LLoCO.Tool.Verbs;
using LLoCO.Tool.Verbs.Cluster;
using LLoCO.Tool.Verbs.Train;
using LLoCO.Tool.Verbs.Bench;

namespace LLoCO.Tool;

/// <summary>The <c>lloco</c> command: reads the verb and runs it.</summary>
internal static class LlocoTool
{
    private const int Failed = 1;
    private const int WrongUsage = 2;

    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="console">The input and output.</param>
    /// <param name="cancellationToken">Cancels; finished work is kept.</param>
    /// <returns>0 done, 1 failed, 2 wrong usage, 130 interrupted.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, ToolConsole console, CancellationToken cancellationToken = default)
    {
        var common = new CommonArguments();
        ParseResult parsed = Parse(args, common, console);
        console.Json = parsed.GetValue(common.Json);
        console.Verbose = parsed.GetValue(common.Verbose);
        if (parsed.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
        {
            console.Fail(new ToolUsageException("An argument is empty. An unset variable of a script is a common cause."));
            return WrongUsage;
        }

        return await InvokeAsync(parsed, console, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a command line and runs nothing.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="common">The options that verbs share.</param>
    /// <param name="console">Where a run would read and write.</param>
    /// <returns>The verb with its options, or what is wrong with them.</returns>
    internal static ParseResult Parse(IReadOnlyList<string> args, CommonArguments common, ToolConsole console) =>
        Root(common, console, args).Parse(args);

    private static RootCommand Root(CommonArguments common, ToolConsole console, IReadOnlyList<string> args)
    {
        var root = new RootCommand("Compresses long documents into summary embeddings and answers questions from them.")
        {
            common.Json,
            common.Verbose,
        };
        foreach (Command verb in Verbs(common, console, args))
        {
            root.Subcommands.Add(verb);
        }

        GroupedHelp.AddTo(root);
        return root;
    }

    /// <summary>Says what is wrong with a command line. Standard output is for results only, so help goes to standard error; and an address
    /// that stands in the wrong place is not repeated with its password.</summary>
    private static async Task<int> ExplainAsync(ParseResult parsed, ToolConsole console)
    {
        using var said = new StringWriter { NewLine = console.Error.NewLine };
        await parsed.InvokeAsync(new InvocationConfiguration { Output = said, Error = said, EnableDefaultExceptionHandler = false })
            .ConfigureAwait(false);
        string text = said.ToString();
        foreach (string address in parsed.Tokens.Select(token => token.Value).Where(PostgresAddress.IsAddress))
        {
            text = text.Replace(address, "postgres://…", StringComparison.Ordinal);
        }

        console.Error.Write(text);
        return WrongUsage;
    }

    private static async Task<int> InvokeAsync(ParseResult parsed, ToolConsole console, CancellationToken cancellationToken)
    {
        var invocation = new InvocationConfiguration
        {
            Output = console.Out,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return parsed.Errors.Count > 0
                ? await ExplainAsync(parsed, console).ConfigureAwait(false)
                : await parsed.InvokeAsync(invocation, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            console.Error.WriteLine($"lloco: interrupted. {Interruption.Explain(parsed.CommandResult.Command.Name)}");
            return Interruption.Code;
        }
        catch (ToolUsageException failure)
        {
            console.Fail(failure);
            return WrongUsage;
        }
        catch (Exception failure) when (failure is LlocoException or IOException or UnauthorizedAccessException)
        {
            console.Fail(failure);
            return Failed;
        }
        catch (Exception failure)
        {
            console.Error.WriteLine("lloco: an error that this program did not expect:");
            console.Fail(failure);
            return Failed;
        }
    }

    /// <summary>The verb at the start of the command line; all verbs if there is none, for help and suggestions. Creating all takes
    /// longer than some verbs run.</summary>
    private static IEnumerable<Command> Verbs(CommonArguments common, ToolConsole console, IReadOnlyList<string> args)
    {
        (string Name, Func<Command> Create)[] verbs = Verbs(common, console);
        (string Name, Func<Command> Create)[] named = [.. verbs.Where(verb => args.Count > 0 && verb.Name == args[0])];
        return (named.Length > 0 ? named : verbs).Select(verb => verb.Create());
    }

    private static (string Name, Func<Command> Create)[] Verbs(CommonArguments common, ToolConsole console) =>
    [
        ("ask", () => AskVerb.Create(common, console)),
        ("bench", () => BenchVerb.Create(common, console)),
        ("calibrate", () => CalibrateVerb.Create(common, console)),
        ("chat", () => ChatVerb.Create(common, console)),
        ("completion", () => CompletionVerb.Create(console)),
        ("compress", () => CompressVerb.Create(common, console)),
        ("copy", () => CopyVerb.Create(console)),
        ("eval", () => EvalVerb.Create(common, console)),
        ("export", () => ExportVerb.Create(common, console)),
        ("finetune", () => FinetuneVerb.Create(common, console)),
        ("group", () => GroupVerb.Create(common, console)),
        ("inspect", () => InspectVerb.Create(console)),
        ("learn", () => LearnVerb.Create(common, console)),
        ("jobs", () => JobsVerb.Create(console)),
        ("list", () => ListVerb.Create(console)),
        ("mcp", () => McpVerb.Create(common, console)),
        ("plan", () => PlanVerb.Create(common, console)),
        ("pretrain", () => PretrainVerb.Create(common, console)),
        ("needle", () => NeedleVerb.Create(common, console)),
        ("reference", () => ReferenceVerb.Create(common, console)),
        ("remove", () => RemoveVerb.Create(console)),
        ("score", () => ScoreVerb.Create(console)),
        ("serve", () => ServeVerb.Create(common, console)),
        ("show", () => ShowVerb.Create(console)),
        ("synth", () => SynthVerb.Create(console)),
        ("tenant", () => TenantVerb.Create(console)),
        ("tokenize", () => TokenizeVerb.Create(console)),
        ("verify", () => VerifyVerb.Create(common, console)),
        ("watch", () => WatchVerb.Create(common, console)),
        ("work", () => WorkVerb.Create(common, console)),
    ];
}
