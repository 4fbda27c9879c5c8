using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using LLoCO.Evaluation.DataSets;
using LLoCO.Tool;
using Xunit;

namespace LLoCO.Core.Tests.Documentation;

/// <summary>The commands that pages and samples show are commands that there are, and need nothing that a newcomer lacks.</summary>
public sealed partial class CommandTests
{
    /// <summary>Options whose values are files that the tool reads.</summary>
    private static readonly string[] Inputs =
        ["--data", "--except", "--corpus", "--books", "--books-only", "--books-except", "--haystack", "--needles", "--probes", "--tokenizer"];

    /// <summary>Names by which pages speak of the reader's own files.</summary>
    private static readonly string[] OwnFiles = ["questions.jsonl", "held-out.jsonl", "reports", "texts"];

    private static IEnumerable<string> Pages =>
        [.. MarkdownBlocks.Pages(), "CONTRIBUTING.md", .. RepositoryFiles.Sources("samples")];

    private static IEnumerable<CommandLine> Blocks =>
        Pages.SelectMany(MarkdownBlocks.Of).Where(block => block.IsShell).SelectMany(CommandLine.Of);

    [Fact]
    public void CommandsInBlocks_AreAcceptedByTheTool()
    {
        CommandLine[] commands = [.. Blocks.Where(command => command.ToolArguments is not null)];

        AssertNone(commands.SelectMany(command => Parse(command.ToolArguments!).Errors.Select(error => $"{command.Place}: {error.Message}")));
        Assert.True(commands.Length > 10, "The commands of the pages were not found.");
    }

    /// <summary>In text a command may be shortened, so what it must have may be missing; what it names must exist.</summary>
    [Fact]
    public void CommandsInText_NameVerbsAndOptionsOfTheTool()
    {
        CommandLine[] commands = [.. Pages.SelectMany(CommandLine.Inline)];

        AssertNone(commands.SelectMany(Unknown));
        Assert.True(commands.Length > 10, "The commands of the pages were not found.");
    }

    [Theory]
    [InlineData("lloco compres notes")]
    [InlineData("lloco compress notes --indx notes.db")]
    public void Command_ThatTheToolDoesNotHave_IsNoticed(string text)
    {
        CommandLine command = Assert.Single(CommandLine.Of(new MarkdownBlock("page.md", "bash", 1, text)));

        Assert.NotEmpty(Parse(command.ToolArguments!).Errors);
        Assert.NotEmpty(Unknown(command));
    }

    [Fact]
    public void CommandsOfTheBuildScript_AreItsVerbs()
    {
        HashSet<string> verbs = [.. ScriptVerb().Matches(RepositoryFiles.Read("build.sh")).Select(match => match.Groups[1].Value)];

        AssertNone(Blocks.Concat(Pages.SelectMany(CommandLine.Inline))
            .Where(command => command.Words[0] == "./build.sh" && (command.Words.Count < 2 || !verbs.Contains(command.Words[1])))
            .Select(command => command.Place));
        Assert.Contains("demo", verbs);
    }

    /// <summary>What a command of the tool reads is in the repository, was written by an earlier command of the page, is plainly
    /// the reader's own, or belongs in <c>data/</c>, of which docs/evaluation.md says what comes there from where.</summary>
    [Fact]
    public void Commands_NeedNoDataThatANewcomerLacks()
    {
        string[] described = [.. DescribedData().Matches(RepositoryFiles.Read("docs/evaluation.md")).Select(match => match.Groups[1].Value)];

        AssertNone(Pages.SelectMany(page => Lacking(Blocks.Where(command => command.Page == page), described)));
        Assert.Contains("data/babi", described);
        Assert.Single(Lacking(CommandLine.Of(new("page.md", "bash", 1, "lloco synth --out a\nlloco eval --data b/questions.csv a/x")), []));
        Assert.Single(Lacking(CommandLine.Of(new("page.md", "bash", 1, "lloco eval --data ../a/b.json")), ["data/babi"]));
    }

    [Fact]
    public void DataSetsThatTheToolReads_HaveAFolderAndASourceInThePage()
    {
        string page = RepositoryFiles.Read("docs/evaluation.md");
        string[] names = [.. DataSetFormats.All.Select(format => format.Name.Split('-')[0]).Where(name => name != "jsonl").Distinct()];

        AssertNone(names.Where(name => !Regex.IsMatch(page, $@"^\| `data/{name}` \|[^|]+\|[^|]*\w[^|]*\|$", RegexOptions.Multiline)));
        Assert.True(names.Length > 5);
    }

    /// <summary>Their values are variables of the shell; the names of verbs and options are checked.</summary>
    [Fact]
    public void CommandsOfTrainingScripts_NameVerbsAndOptionsOfTheTool()
    {
        CommandLine[] commands = [.. RepositoryFiles.Text().Where(path => path.StartsWith("training/", StringComparison.Ordinal))
            .Where(path => path.EndsWith(".sh", StringComparison.Ordinal))
            .SelectMany(path => CommandLine.Of(new MarkdownBlock(path, "bash", 1, RepositoryFiles.Read(path))))
            .Where(command => command.ToolArguments is { Count: > 0 })];

        AssertNone(commands.SelectMany(Unknown));
        Assert.True(commands.Length > 10, "The commands of the scripts were not found.");
    }

    private static IEnumerable<string> Lacking(IEnumerable<CommandLine> commands, string[] described)
    {
        HashSet<string> there = [.. OwnFiles, .. described];
        foreach (CommandLine command in commands.Where(command => command.ToolArguments is not null))
        {
            foreach (string input in Values(command, Inputs).Select(value => value.Split('=')[^1].TrimEnd('/')))
            {
                bool isPlaceholder = input.All(char.IsAsciiLetterUpper);
                if (!isPlaceholder && !Prefixes(input).Any(there.Contains)
                    && (input.StartsWith('.') || !Path.Exists(Path.Combine(RepositoryFiles.Root, input))))
                {
                    yield return $"{command.Place}: {input}";
                }
            }

            there.UnionWith(Values(command, ["--out"]));
        }
    }

    /// <summary>The path and the folders above it.</summary>
    private static IEnumerable<string> Prefixes(string path)
    {
        for (string? at = path; !string.IsNullOrEmpty(at); at = Path.GetDirectoryName(at))
        {
            yield return at;
        }
    }

    /// <summary>What stands behind any of the options.</summary>
    private static IEnumerable<string> Values(CommandLine command, IReadOnlyCollection<string> options)
    {
        bool wanted = false;
        foreach (string word in command.ToolArguments!)
        {
            wanted = word.StartsWith("--", StringComparison.Ordinal) ? options.Contains(word) : wanted;
            if (wanted && word[0] != '-')
            {
                yield return word;
            }
        }
    }

    private static ParseResult Parse(IReadOnlyList<string> arguments)
    {
        using var console = new ToolConsole(TextReader.Null, TextWriter.Null, TextWriter.Null);
        return LlocoTool.Parse(arguments, new CommonArguments(), console);
    }

    private static IEnumerable<string> Unknown(CommandLine command)
    {
        CommandResult verb = Parse(command.ToolArguments!).CommandResult;
        if (verb.Command is RootCommand && !command.ToolArguments![0].StartsWith('-'))
        {
            return [$"{command.Place}: there is no verb '{command.ToolArguments[0]}'"];
        }

        HashSet<string> known = [];
        for (SymbolResult? level = verb; level is CommandResult { Command: { } at }; level = level.Parent)
        {
            known.UnionWith(at.Options.SelectMany(option => option.Aliases.Append(option.Name)));
        }

        return command.ToolArguments!.Where(word => word.StartsWith("--", StringComparison.Ordinal) && !known.Contains(word))
            .Select(word => $"{command.Place}: '{verb.Command.Name}' has no option {word}");
    }

    private static void AssertNone(IEnumerable<string> found) => Assert.True(!found.Any(), string.Join("\n", found));

    [GeneratedRegex(@"^  (\w+)\)", RegexOptions.Multiline)]
    private static partial Regex ScriptVerb();

    [GeneratedRegex(@"^\| `(data/\w+)`", RegexOptions.Multiline)]
    private static partial Regex DescribedData();
}
