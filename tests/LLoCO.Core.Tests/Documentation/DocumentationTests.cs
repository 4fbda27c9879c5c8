using System.Text.RegularExpressions;
using LLoCO.Core.Index;
using LLoCO.Models.Tiny;
using Xunit;

namespace LLoCO.Core.Tests.Documentation;

/// <summary>The working directory and the console belong to the process: this test has them for itself.</summary>
[CollectionDefinition(nameof(DocumentationTests), DisableParallelization = true)]
public sealed class DocumentationCollection;

/// <summary>What README.md and docs/ show is compiled, and the README's ten lines run.</summary>
[Collection(nameof(DocumentationTests))]
public sealed partial class DocumentationTests : IDisposable
{
    private const string Examples = "tests/LLoCO.Core.Tests/Documentation/DocumentationExamples.cs";

    /// <summary>A document of several segments.</summary>
    internal static readonly string Logbook =
        string.Join(' ', Enumerable.Repeat("The wind stood in the west and the ship held her course.", 60));

    private readonly string _folder = Directory.CreateTempSubdirectory("lloco-readme-").FullName;
    private readonly string _workingDirectory = Environment.CurrentDirectory;
    private readonly TextWriter _console = Console.Out;

    public void Dispose()
    {
        Console.SetOut(_console);
        Environment.CurrentDirectory = _workingDirectory;
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void CSharpBlocks_StandInACompiledFile()
    {
        HashSet<string> compiled = [.. CompiledSample().Matches(RepositoryFiles.Read(Examples)).Select(Dedent)];

        string[] strays = [.. RepositoryFiles.Text().Where(path => path.EndsWith(".md", StringComparison.Ordinal))
            .SelectMany(path => Blocks(path).Where(block => !compiled.Contains(block)).Select(block => $"{path}:\n{block}"))];

        Assert.True(strays.Length == 0, string.Join("\n\n", strays));
        Assert.NotEmpty(Blocks("README.md"));
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

        await DocumentationExamples.TenLinesAsync([document, "Where did the wind stand?"]);

        string[] lines = output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        await using SqliteRetrievalIndex index = SqliteRetrievalIndex.Open(Path.Combine(_folder, "notes.db"));
        DocumentRecord? stored = await index.FindAsync("logbook.txt", TestContext.Current.CancellationToken);
        Assert.NotNull(stored);
        Assert.Equal($"logbook.txt: {stored.Tokens} tokens are now {stored.SummaryCount} vectors", lines[0]);
        Assert.Contains("(from logbook.txt, ", lines[^1]);
    }

    private static IEnumerable<string> Blocks(string path) =>
        MarkdownBlock().Matches(RepositoryFiles.Read(path)).Select(match => match.Groups[1].Value.Trim('\n'));

    private static string Dedent(Match match)
    {
        string[] lines = match.Groups[1].Value.Trim('\n').Split('\n');
        int indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart(' ').Length);
        return string.Join('\n', lines.Select(line => line.Length > 0 ? line[indent..] : line));
    }

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex MarkdownBlock();

    [GeneratedRegex("^ *// sample\n(.*?)^ *// end\n", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CompiledSample();
}
