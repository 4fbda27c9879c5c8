using System.CommandLine;
using LLoCO.Core;
using LLoCO.Tool.Verbs;
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
    /// <returns>0 done, 1 failed, 2 wrong usage.</returns>
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
        Root(common, console).Parse(args);

    private static RootCommand Root(CommonArguments common, ToolConsole console)
    {
        var root = new RootCommand("Compresses long documents into summary embeddings and answers questions from them.")
        {
            common.Json,
            common.Verbose,
        };
        foreach (Command verb in Verbs(common, console))
        {
            root.Subcommands.Add(verb);
        }

        return root;
    }

    private static async Task<int> InvokeAsync(ParseResult parsed, ToolConsole console, CancellationToken cancellationToken)
    {
        var invocation = new InvocationConfiguration
        {
            // Standard output is for results only, so help after wrong usage goes to standard error.
            Output = parsed.Errors.Count > 0 ? console.Error : console.Out,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            int code = await parsed.InvokeAsync(invocation, cancellationToken).ConfigureAwait(false);
            return parsed.Errors.Count > 0 ? WrongUsage : code;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            console.Error.WriteLine("lloco: interrupted. Run the same command again to go on.");
            return Failed;
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

    private static IEnumerable<Command> Verbs(CommonArguments common, ToolConsole console) =>
    [
        AskVerb.Create(common, console),
        BenchVerb.Create(common, console),
        CalibrateVerb.Create(common, console),
        CompressVerb.Create(common, console),
        EvalVerb.Create(common, console),
        FinetuneVerb.Create(common, console),
        InspectVerb.Create(console),
        PlanVerb.Create(common, console),
        PretrainVerb.Create(common, console),
        NeedleVerb.Create(common, console),
        ReferenceVerb.Create(common, console),
        ScoreVerb.Create(console),
        SynthVerb.Create(console),
        TokenizeVerb.Create(console),
        VerifyVerb.Create(common, console),
    ];
}
