using System.Reflection;
using LLoCO.Core.Index;
using LLoCO.Models.Tiny;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace LLoCO.Core.Tests.Documentation;

/// <summary>The working directory and the console belong to the process: this test has them for itself.</summary>
[CollectionDefinition(nameof(DocumentationTests), DisableParallelization = true)]
public sealed class DocumentationCollection;

/// <summary>The C# that pages show compiles as it stands there, and the README's ten lines run.</summary>
[Collection(nameof(DocumentationTests))]
public sealed class DocumentationTests : IDisposable
{
    /// <summary>A document of several segments.</summary>
    internal static readonly string Logbook =
        string.Join(' ', Enumerable.Repeat("The wind stood in the west and the ship held her course.", 60));

    private readonly string _folder = Directory.CreateTempSubdirectory("lloco-readme-").FullName;
    private readonly string _workingDirectory = Environment.CurrentDirectory;
    private readonly TextWriter _console = Console.Out;

    public static TheoryData<string> PagesWithCSharp() =>
        [.. MarkdownBlocks.Pages().Where(page => CSharp(page).Count > 0).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        Console.SetOut(_console);
        Environment.CurrentDirectory = _workingDirectory;
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(PagesWithCSharp))]
    public void CSharpBlocks_WithTheUsingsThatThePageShows_Compile(string page)
    {
        CSharpCompilation compilation = PageCompiler.Compile(CSharp(page));

        string[] errors = [.. PageCompiler.Errors(compilation)];

        Assert.True(errors.Length == 0, string.Join("\n", errors));
    }

    [Theory]
    [InlineData("_ = LlocoPipeline.CreateBuilder();", "page.md:7: The name 'LlocoPipeline' does not exist")]
    [InlineData("using LLoCO.Core;\nusing LLoCO.Absent;", "page.md:8: The type or namespace name 'Absent' does not exist")]
    [InlineData("Console.WriteLine(neverDeclared);", "page.md:7: The name 'neverDeclared' does not exist")]
    public void CSharpBlock_ThatLacksSomething_FailsWithPageAndLine(string text, string expected)
    {
        CSharpCompilation compilation = PageCompiler.Compile([new MarkdownBlock("page.md", "csharp", 7, text)]);

        Assert.StartsWith(expected, Assert.Single(PageCompiler.Errors(compilation)));
    }

    [Fact]
    public void CSharpBlocks_OfOnePage_ShareUsingsAndVariablesInTheirOrderAlone()
    {
        MarkdownBlock shows = new("page.md", "csharp", 1, "using System.Text;\nvar text = new StringBuilder();");
        MarkdownBlock goesOn = new("page.md", "csharp", 9, "text.Append('x');\nvar other = new StringBuilder();");
        MarkdownBlock beginsAnew = new("page.md", "csharp", 20, "string text = \"again\";\nint length = text.Length;");

        Assert.Empty(PageCompiler.Errors(PageCompiler.Compile([shows, goesOn, beginsAnew])));
        Assert.NotEmpty(PageCompiler.Errors(PageCompiler.Compile([goesOn, shows])));
    }

    [Fact]
    public async Task TenLines_RunWithADocumentAndAQuestion_PrintCountsAndAnAnswer()
    {
        Assert.SkipUnless(
            typeof(TinyModel).Assembly.GetManifestResourceNames().Contains("model/config.json"), "This build embeds no model.");
        string document = Path.Combine(_folder, "logbook.txt");
        File.WriteAllText(document, Logbook);
        using var output = new StringWriter();
        Console.SetOut(output);
        Environment.CurrentDirectory = _folder;

        await RunFirstBlockAsync("README.md", [document, "Where did the wind stand?"]);

        string[] lines = output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        await using SqliteRetrievalIndex index = SqliteRetrievalIndex.Open(Path.Combine(_folder, "notes.db"));
        DocumentRecord? stored = await index.FindAsync("logbook.txt", TestContext.Current.CancellationToken);
        Assert.NotNull(stored);
        Assert.Equal($"logbook.txt: {stored.Tokens} tokens are now {stored.SummaryCount} vectors", lines[0]);
        Assert.Contains("(from logbook.txt, ", lines[^1]);
    }

    private static IReadOnlyList<MarkdownBlock> CSharp(string page) =>
        [.. MarkdownBlocks.Of(page).Where(block => block.IsCSharp)];

    private static Task RunFirstBlockAsync(string page, string[] args)
    {
        using var image = new MemoryStream();
        Assert.True(PageCompiler.Compile([CSharp(page)[0]]).Emit(image).Success);
        MethodInfo run = Assembly.Load(image.ToArray()).GetType("Block0")!.GetMethod("RunAsync")!;
        return (Task)run.Invoke(null, [args])!;
    }
}
