using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LLoCO.Core.Tests.Documentation;

/// <summary>Compiles the C# blocks of a page as a reader would who copies them one after the other.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>A block has the usings that it shows, those of the page's earlier blocks, and .NET's implicit ones; no others.</item>
/// <item>It sees the variables of the page's earlier blocks, and may declare one of their names anew.</item>
/// <item>What no block of the page declares is something that the reader brings: <see cref="Brought"/> lists all of it.</item>
/// </list>
/// </remarks>
internal static class PageCompiler
{
    private const string ImplicitUsings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    /// <summary>What a reader has before the page begins. Types are written in full, so that this list lends no using to a
    /// block.</summary>
    private const string Brought =
        """
        internal abstract class Brought
        {
            protected static string[] args = [];
            protected static string[] files = [];
            protected static string question = "";
            protected static System.Threading.CancellationToken cancellationToken;
            protected static System.Collections.Generic.IEnumerable<LLoCO.Core.SourceDocument> documents = [];
            protected static LLoCO.Core.LlocoPipeline pipeline = null!;
            protected static LLoCO.Core.LlocoPipelineBuilder builder = null!;
            protected static Microsoft.Extensions.DependencyInjection.IServiceCollection services = null!;
            protected static Microsoft.Extensions.AI.IEmbeddingGenerator<string, Microsoft.Extensions.AI.Embedding<float>> generator = null!;
        }
        """;

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);

    private static readonly Lazy<IReadOnlyList<MetadataReference>> References = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileNameWithoutExtension(path) != typeof(PageCompiler).Assembly.GetName().Name)
            .Select(path => MetadataReference.CreateFromFile(path))]);

    /// <summary>Compiles the blocks of a page together.</summary>
    /// <param name="blocks">The C# blocks of one page, in order.</param>
    /// <returns>The compilation; class <c>BlockN</c> has a method <c>RunAsync</c> that runs blocks 0 to N.</returns>
    public static CSharpCompilation Compile(IReadOnlyList<MarkdownBlock> blocks) => CSharpCompilation.Create(
        "Page",
        [
            CSharpSyntaxTree.ParseText(ImplicitUsings, Parsing),
            CSharpSyntaxTree.ParseText(Brought, Parsing),
            .. blocks.Select((_, last) => CSharpSyntaxTree.ParseText(Program([.. blocks.Take(last + 1)]), Parsing)),
        ],
        References.Value,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>Lists what does not compile, each with page and line.</summary>
    public static IEnumerable<string> Errors(CSharpCompilation compilation) => compilation.GetDiagnostics()
        .Where(found => found.Severity == DiagnosticSeverity.Error)
        .Select(found =>
        {
            FileLinePositionSpan place = found.Location.GetMappedLineSpan();
            return $"{place.Path}:{place.StartLinePosition.Line + 1}: {found.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}";
        })
        .Distinct();

    /// <summary>A class of the last block. Each block is a local function inside the one before it: there it sees the variables of
    /// the earlier blocks and can declare their names anew.</summary>
    private static string Program(IReadOnlyList<MarkdownBlock> blocks)
    {
        StringBuilder usings = new(), types = new(), code = new();
        int last = blocks.Count - 1;
        foreach ((int number, MarkdownBlock block) in blocks.Index())
        {
            CompilationUnitSyntax unit = SyntaxFactory.ParseCompilationUnit(block.Text, options: Parsing);
            foreach (UsingDirectiveSyntax directive in unit.Usings)
            {
                usings.Append(At(block, directive)).Append(directive).Append('\n');
            }

            code.Append(System.Globalization.CultureInfo.InvariantCulture, $"async Task Part{number}() {{ await Task.CompletedTask;\n");
            foreach (MemberDeclarationSyntax member in unit.Members)
            {
                (member is GlobalStatementSyntax ? code : types).Append(At(block, member)).Append(member).Append('\n');
            }
        }

        for (int number = last; number > 0; number--)
        {
            code.Append(System.Globalization.CultureInfo.InvariantCulture, $"}} await Part{number}();\n");
        }

        return $"{usings}\ninternal class Block{last} : Brought {{\n{types}\npublic static async Task RunAsync(string[] given) {{ args = given; await Part0();\n"
            + $"{code}}} }} }}\n";
    }

    /// <summary>Says to the compiler on which line of the page the following text stands.</summary>
    private static string At(MarkdownBlock block, CSharpSyntaxNode node)
    {
        int line = block.Line + node.GetLocation().GetLineSpan().StartLinePosition.Line;
        return $"\n#line {line} \"{block.Page}\"\n";
    }
}
