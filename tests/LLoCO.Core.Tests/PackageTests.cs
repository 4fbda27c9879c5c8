using System.Xml.Linq;
using LLoCO.Core.Tests.Documentation;
using LLoCO.Models.Tiny;
using Xunit;

namespace LLoCO.Core.Tests;

/// <summary>What a user of the packages gets: <c>./build.sh pack</c>, then fresh applications that know only its feed.</summary>
[Trait("Category", "Slow")]
public sealed class PackageTests : IDisposable
{
    private const string LibraryProgram =
        """
        using LLoCO.Core;
        try
        {
            LlocoRuntime.EnsureAvailable();
            Console.WriteLine("ready");
        }
        catch (LlocoRuntimeException error)
        {
            Console.WriteLine($"{error.Fault}: {error.Message}");
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("lloco-package-").FullName;

    // Handed to builds as environment variables, which are properties there.
    private readonly Dictionary<string, string> _properties = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Pack_FreshApplicationWithABackend_LoadsLibtorch()
    {
        await PackAsync();

        Assert.Equal("ready", await RunAsync(LibraryProgram, ["LLoCO.Core", "LLoCO.Models.Tiny", "TorchSharp-cpu"]));
    }

    [Fact]
    public async Task Pack_FreshApplicationWithTheEmbedder_HasItByDefaultWithThePublishedNumbers()
    {
        const string Program =
            """
            using System.Linq;
            var vectors = await new LLoCO.Embeddings.MiniLM.MiniLMEmbedder().EmbedAsync(["The weather is lovely today.", "It's so sunny outside!"]);
            double similarity = vectors[0].ToArray().Zip(vectors[1].ToArray(), (a, b) => (double)a * b).Sum();
            Console.WriteLine(FormattableString.Invariant($"{AppContext.GetData("LLoCO.DefaultEmbedder")} {similarity:F4}"));
            """;
        await PackAsync();

        string said = await RunAsync(Program, ["LLoCO.Core", "LLoCO.Embeddings.MiniLM", "TorchSharp-cpu"]);

        Assert.Equal("LLoCO.Embeddings.MiniLM.MiniLMEmbedder, LLoCO.Embeddings.MiniLM 0.6660", said);
    }

    [Fact]
    public async Task Pack_FreshApplicationWithoutABackend_IsToldWhichPackageToAdd()
    {
        await PackAsync();

        string said = await RunAsync(LibraryProgram, ["LLoCO.Core"]);

        Assert.StartsWith("MissingBackend: libtorch was not found", said);
        Assert.Contains($"TorchSharp-cpu {VersionOf("TorchSharp-cpu")}", said);
    }

    [Fact]
    public async Task Pack_FreshApplicationWithTheTenLinesOfTheReadme_AnswersFromItsDocument()
    {
        Assert.SkipUnless(
            typeof(TinyModel).Assembly.GetManifestResourceNames().Contains("model/config.json"), "This build embeds no model.");
        await PackAsync();
        string lines = MarkdownBlocks.Of("README.md").First(block => block.IsCSharp).Text;
        string document = Path.Combine(_folder, "logbook.txt");
        File.WriteAllText(document, DocumentationTests.Logbook);

        string said = await RunAsync(
            lines, ["LLoCO.Core", "LLoCO.Models.Tiny", "TorchSharp-cpu"], document, "Where did the wind stand?");

        Assert.Matches(@"^logbook\.txt: \d+ tokens are now \d+ vectors\n.*\(from logbook\.txt, ", said);
    }

    [Fact]
    public async Task Pack_FreshApplication_CarriesThisPlatformsNativesOnlyUnlessItOptsOut()
    {
        await PackAsync();
        string[] packages = ["LLoCO.Core", "TorchSharp-cpu"];

        Assert.Equal("ready", await RunAsync(LibraryProgram, packages));
        string[] usual = Natives();
        _properties["LlocoNativePlatforms"] = "all";
        _properties["LlocoKeepUnusedNatives"] = "true";
        Directory.Delete(Path.Combine(_folder, "out"), recursive: true);
        Assert.Equal("ready", await RunAsync(LibraryProgram, packages));

        Assert.Contains(usual, name => name.Contains("torch_cpu", StringComparison.Ordinal));
        Assert.DoesNotContain(usual, name => name.Contains("torch_python", StringComparison.Ordinal));
        Assert.Single(usual, name => name.Contains("torch_cpu", StringComparison.Ordinal));
        Assert.Contains(Natives(), name => name.Contains("torch_python", StringComparison.Ordinal));
        Assert.True(Natives().Count(name => name.Contains("torch_cpu", StringComparison.Ordinal)) > 1, string.Join(' ', Natives()));

        string[] Natives() =>
            [.. Directory.EnumerateFiles(Path.Combine(_folder, "out", "runtimes"), "*", SearchOption.AllDirectories)];
    }

    [Fact]
    public async Task Pack_ToolInstalledFromTheFeed_AnswersFromItsDocument()
    {
        await PackAsync();
        string feed = Path.Combine(RepositoryFiles.Root, "packages");
        File.WriteAllText(
            Path.Combine(_folder, "nuget.config"),
            $"""<configuration><packageSources><clear /><add key="local" value="{feed}" /></packageSources></configuration>""");
        Dictionary<string, string> environment = new() { ["NUGET_PACKAGES"] = Path.Combine(_folder, "unpacked") };
        string text = Path.Combine(_folder, "logbook.txt");
        File.WriteAllText(text, DocumentationTests.Logbook);
        string tool = Path.Combine(_folder, "tool", "lloco");

        (int installed, string log, _) = await ChildProcess.RunAsync(
            _folder, environment, ChildProcess.DotNet,
            "tool", "install", "LLoCO.Tool", "--version", VersionOf("LLoCO.Tool"), "--tool-path", "tool", "--configfile", "nuget.config");
        Assert.True(installed == 0, log);
        (int compressed, _, string errors) = await ChildProcess.RunAsync(_folder, environment, tool, "compress", text, "--index", "notes.db");
        Assert.True(compressed == 0, errors);
        (int asked, string output, _) = await ChildProcess.RunAsync(
            _folder, environment, tool, "ask", "Where did the wind stand?", "--index", "notes.db", "--json");

        Assert.Equal(0, asked);
        Assert.Contains("logbook.txt", output, StringComparison.Ordinal);
    }

    private static async Task PackAsync()
    {
        (int code, string output, string errors) = await ChildProcess.RunAsync(
            RepositoryFiles.Root, new Dictionary<string, string>(), Path.Combine(RepositoryFiles.Root, "build.sh"), "pack");

        Assert.True(code == 0, errors);
        Assert.Contains("packages/LLoCO.Core.", output);
    }

    /// <summary>Makes a console application that references the packages, builds it and runs it.</summary>
    /// <returns>What it wrote to standard output.</returns>
    private async Task<string> RunAsync(string program, string[] packages, params string[] arguments)
    {
        File.WriteAllText(Path.Combine(_folder, "Program.cs"), program);
        ProjectFile(packages).Save(Path.Combine(_folder, "App.csproj"));
        string feed = Path.Combine(RepositoryFiles.Root, "packages");
        File.WriteAllText(
            Path.Combine(_folder, "nuget.config"),
            RepositoryFiles.Read("nuget.config").Replace("value=\"packages\"", $"value=\"{feed}\"", StringComparison.Ordinal));

        // This repository's packages are unpacked into the application's own folder: the user's cache may hold an earlier
        // build of the same version. Everything else may come from that cache.
        Dictionary<string, string> environment = new(_properties) { ["NUGET_PACKAGES"] = Path.Combine(_folder, "unpacked") };
        (int built, string log, _) = await ChildProcess.RunAsync(
            _folder, environment, ChildProcess.DotNet,
            "build", "-c", "Release", "-o", "out", $"-p:RestoreFallbackFolders={Cache()}");
        Assert.True(built == 0, log);
        Assert.DoesNotContain("warning", log, StringComparison.Ordinal);

        (int code, string output, string errors) = await ChildProcess.RunAsync(
            _folder, environment, ChildProcess.DotNet, [Path.Combine("out", "App.dll"), .. arguments]);
        Assert.True(code == 0, errors);
        return output.Trim();
    }

    private static XDocument ProjectFile(IEnumerable<string> packages) => new(
        new XElement(
            "Project",
            new XAttribute("Sdk", "Microsoft.NET.Sdk"),
            new XElement(
                "PropertyGroup",
                new XElement("OutputType", "Exe"),
                new XElement("TargetFramework", "net10.0"),
                new XElement("Nullable", "enable"),
                new XElement("ImplicitUsings", "enable"),
                new XElement("InvariantGlobalization", "true")),
            new XElement(
                "ItemGroup",
                packages.Select(package => new XElement(
                    "PackageReference", new XAttribute("Include", package), new XAttribute("Version", VersionOf(package)))))));

    private static string VersionOf(string package)
    {
        bool own = package.StartsWith("LLoCO", StringComparison.Ordinal);
        var properties = XDocument.Parse(RepositoryFiles.Read(own ? "Directory.Build.props" : "Directory.Packages.props"));
        return own
            ? properties.Descendants("Version").Single().Value
            : properties.Descendants("PackageVersion").Single(item => (string?)item.Attribute("Include") == package)
                .Attribute("Version")!.Value;
    }

    /// <summary>Where NuGet has unpacked what this build needed.</summary>
    private static string Cache() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
