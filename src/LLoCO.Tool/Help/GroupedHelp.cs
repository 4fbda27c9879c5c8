using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace LLoCO.Tool.Help;

/// <summary>Help with the verbs in groups, and with examples.</summary>
/// <param name="own">The help of the parser.</param>
internal sealed class GroupedHelp(SynchronousCommandLineAction own) : SynchronousCommandLineAction
{
    private const int NameWidth = 12;

    /// <summary>Gets whether what else is wrong with the command line does not matter: true.</summary>
    public override bool ClearsParseErrors => true;

    /// <summary>Puts it in place of the parser's help.</summary>
    /// <param name="root">The command.</param>
    public static void AddTo(RootCommand root)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new GroupedHelp((SynchronousCommandLineAction)help.Action!);
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        TextWriter output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is RootCommand root)
        {
            WriteGroups(root, output);
            return 0;
        }

        int code = own.Invoke(parseResult);
        if (VerbGroups.Examples.TryGetValue(parseResult.CommandResult.Command.Name, out string[]? examples))
        {
            output.WriteLine("Examples:");
            foreach (string example in examples)
            {
                output.WriteLine("  " + example);
            }

            output.WriteLine();
        }

        return code;
    }

    private static void WriteGroups(RootCommand root, TextWriter output)
    {
        output.WriteLine(root.Description);
        output.WriteLine();
        output.WriteLine("Usage: lloco VERB [options]; lloco VERB --help says more");
        Dictionary<string, string?> verbs = root.Subcommands.ToDictionary(verb => verb.Name, verb => verb.Description);
        foreach ((string title, string[] names) in VerbGroups.All)
        {
            output.WriteLine();
            output.WriteLine(title + ":");
            foreach (string name in names.Where(verbs.ContainsKey))
            {
                output.WriteLine($"  {name.PadRight(NameWidth)} {verbs[name]}");
            }
        }

        output.WriteLine();
        output.WriteLine("For all: --json (one JSON object per result), --verbose (logs, stack of errors), --version, --help");
        output.WriteLine("Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted");
        output.WriteLine();
        output.WriteLine("To begin:");
        output.WriteLine("  lloco compress manuals --index notes.db");
        output.WriteLine("  lloco ask \"Who pays for the return?\" --index notes.db");
    }
}
