using LLoCO.Core.Tests.Index;
using LLoCO.Tool;
using LLoCO.Tool.Help;

namespace LLoCO.Core.Tests.Tool.Verbs;

/// <summary>The verbs around an index, on the embedded model; and what the command says of itself.</summary>
public sealed class IndexVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Index => _folder.PathOf("i.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ListShowRemove_OfFilesOfSeveralFormats_ShowThemAndTakeThemOut()
    {
        Write("d1/readme.md", "# Pumps\n\nThe *captain* is Ada.");
        Write("d2/readme.md", "The harbour is deep.");
        Write("d2/page.html", "<nav>Menu</nav><main><h1>Log</h1><p>Rain fell.</p></main>");
        Write("d2/picture.png", "no document");

        ToolRun compress = await ToolRun.OfAsync("compress", _folder.PathOf("d1"), _folder.PathOf("d2"), "--index", Index, "--json");
        ToolRun list = await ToolRun.OfAsync("list", "--index", Index, "--json");
        ToolRun plain = await ToolRun.OfAsync("list", "--index", Index);
        ToolRun table = await ToolRun.OnTerminalAsync("list", "--index", Index);
        ToolRun show = await ToolRun.OfAsync("show", "d2/page.html", "--index", Index, "--text");
        ToolRun remove = await ToolRun.OfAsync("remove", "d2/page.html", "nothing", "--index", Index);
        ToolRun after = await ToolRun.OfAsync("show", "d2/page.html", "--index", Index);

        string[] ids = ["d1/readme.md", "d2/page.html", "d2/readme.md"];
        Assert.Equal(0, compress.Code);
        Assert.Contains("1 files of other kinds passed over: 1 .png", compress.Error, StringComparison.Ordinal);
        Assert.Equal(ids, list.Json.Select(one => one.GetProperty("document").GetString()));
        Assert.Equal(ids, plain.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[0]));
        Assert.Contains("document", table.Output, StringComparison.Ordinal);
        Assert.Equal("# Log\n\nRain fell.\n\n", show.Output);
        Assert.Equal((1, "d2/page.html: removed\nnothing: not in the index\n"), (remove.Code, remove.Output));
        Assert.Equal(1, after.Code);
        Assert.Contains("lloco list", after.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compress_AFileThatTheIndexHolds_KeepsItsIdWhicheverWayItIsNamed()
    {
        Write("d/a.txt", "The captain is Ada.");
        await ToolRun.OfAsync("compress", _folder.PathOf("d"), "--index", Index);
        Write("d/b.txt", "The harbour is deep.");

        ToolRun again = await ToolRun.OfAsync("compress", _folder.PathOf("d/a.txt"), _folder.PathOf("d"), "--index", Index, "--json");
        ToolRun both = await ToolRun.OfAsync("compress", _folder.PathOf("d/a.txt"), _folder.PathOf("d/b.txt"), "--index", Index, "--json");

        Assert.Contains("a.txt", again.Error, StringComparison.Ordinal);
        Assert.Equal(
            [("a.txt", "unchanged"), ("b.txt", "added")],
            both.Json.Select(one => (one.GetProperty("document").GetString()!, one.GetProperty("outcome").GetString()!)));
    }

    [Fact]
    public async Task Chat_KeepsTheConversationAndShowsSources()
    {
        Write("log.txt", "Ada is captain of the Heron. She lives in Lund.");
        await ToolRun.OfAsync("compress", _folder.PathOf("log.txt"), "--index", Index);

        ToolRun run = await ToolRun.WithInputAsync(
            "/sources\nWho is captain of the Heron?\n/sources\n/nonsense\n/quit\nnever asked\n", "chat", "--index", Index, "--json");

        Assert.Equal(0, run.Code);
        Assert.Equal(2, run.Json.Count);
        Assert.Equal("log.txt", run.Json[1].GetProperty("document").GetString());
        Assert.Contains("Nothing was asked yet.", run.Error, StringComparison.Ordinal);
        Assert.Contains("There is no /nonsense", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_AnAdapterThatIsNotThere_SpeaksOfOptions()
    {
        Write("log.txt", "Ada is captain of the Heron.");
        await ToolRun.OfAsync("compress", _folder.PathOf("log.txt"), "--index", Index);

        ToolRun run = await ToolRun.OfAsync("ask", "Who?", "--index", Index, "--adapter", "nowhere");

        Assert.Equal(1, run.Code);
        Assert.Contains("--adapter DIR", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("AddAdapter", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Wrong (UseChatTemplate).", "Wrong (--template).")]
    [InlineData("Wrong (SourceDocument.Replaces, --replace).", "Wrong (--replace).")]
    [InlineData("Wrong (AskOptions.Context). Fix (it).", "Wrong. Fix (it).")]
    [InlineData("Wrong (UseDecoder with AddAdapter or MergeAdapter).", "Wrong.")]
    public void Translate_NamesOptionsAndNoMembers(string message, string expected) =>
        Assert.Equal(expected, CommandWords.Translate(message));

    [Fact]
    public async Task Help_HasEachVerbInOneGroupAndExamplesThatAreCommands()
    {
        ToolRun help = await ToolRun.OfAsync("--help");
        ToolRun verb = await ToolRun.OfAsync("compress", "--help");
        using var console = new ToolConsole(TextReader.Null, TextWriter.Null, TextWriter.Null);
        IEnumerable<string> verbs = LlocoTool.Parse([], new CommonArguments(), console).RootCommandResult.Command.Subcommands
            .Select(one => one.Name);

        Assert.Equal(verbs.Order(), VerbGroups.All.SelectMany(group => group.Verbs).Order());
        Assert.All(VerbGroups.All, group => Assert.Contains(group.Title + ":", help.Output, StringComparison.Ordinal));
        Assert.Contains("Examples:\n  lloco compress", verb.Output, StringComparison.Ordinal);
        Assert.All(
            VerbGroups.Examples.Values.SelectMany(examples => examples),
            example => Assert.Empty(LlocoTool.Parse(
                [.. System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(example.Split(" > ")[0]).Skip(1)], new CommonArguments(), console).Errors));
    }

    [Fact]
    public async Task Run_Interrupted_EndsWith130AndSaysWhatIsKept()
    {
        Write("log.txt", "Ada is captain of the Heron.");
        var error = new StringWriter();
        using var console = new ToolConsole(TextReader.Null, TextWriter.Null, error);

        int code = await LlocoTool.RunAsync(
            ["compress", _folder.PathOf(""), "--index", Index], console, new CancellationToken(canceled: true));

        Assert.Equal(130, code);
        Assert.Contains("Finished segments are kept", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_SuggestsVerbsAndOptions()
    {
        ToolRun verbs = await ToolRun.OfAsync("[suggest:8]", "lloco co");
        ToolRun options = await ToolRun.OfAsync("[suggest:14]", "lloco list --i");
        ToolRun script = await ToolRun.OfAsync("completion", "bash");

        Assert.Contains("compress", verbs.Output.Split('\n'));
        Assert.Contains("--index", options.Output.Split('\n'));
        Assert.Contains("complete -o default -F _lloco lloco", script.Output, StringComparison.Ordinal);
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.PathOf(name))!);
        File.WriteAllText(_folder.PathOf(name), text);
    }
}
