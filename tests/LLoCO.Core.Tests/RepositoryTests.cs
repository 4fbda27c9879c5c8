using System.Text.RegularExpressions;
using Xunit;

namespace LLoCO.Core.Tests;

/// <summary>Rules for the files of the repository, as opposed to the behaviour of the code.</summary>
public sealed partial class RepositoryTests
{
    private const int LongestSource = 250;

    [Theory]
    [InlineData("LICENSE")]
    [InlineData("README.md")]
    [InlineData("CHANGELOG.md")]
    [InlineData("build.sh")]
    [InlineData(".ci/run")]
    [InlineData("nuget.config")]
    [InlineData("global.json")]
    [InlineData("docs/getting-started.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/checkpoints.md")]
    [InlineData("docs/troubleshooting.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("SECURITY.md")]
    [InlineData(".github/PULL_REQUEST_TEMPLATE.md")]
    [InlineData(".github/ISSUE_TEMPLATE/bug.yml")]
    [InlineData(".github/ISSUE_TEMPLATE/feature.yml")]
    [InlineData(".github/dependabot.yml")]
    [InlineData(".github/workflows/build.yml")]
    public void Repository_HasItsHouseholdFiles(string path) =>
        Assert.True(File.Exists(Path.Combine(RepositoryFiles.Root, path)), $"{path} is missing.");

    [Fact]
    public void TextFiles_NameNoMachinePathAndNoRegistryHost()
    {
        string[] hits = [.. Lines(RepositoryFiles.Text()).Where(line => MachineOrHost().IsMatch(line.Text)).Select(Describe)];

        AssertNone(hits);
    }

    [Fact]
    public void Sources_CarryNoUnfinishedMarks()
    {
        string[] hits = [.. Lines(RepositoryFiles.Sources("src", "samples", "benchmarks", "tests", "training"))
            .Where(line => UnfinishedMark().IsMatch(line.Text)).Select(Describe)];

        AssertNone(hits);
    }

    [Fact]
    public void Summaries_SayMoreThanAVerb()
    {
        string[] hits = [.. Lines(RepositoryFiles.Sources("src", "samples", "benchmarks", "training"))
            .Where(line => BareSummary().IsMatch(line.Text)).Select(Describe)];

        AssertNone(hits);
    }

    /// <summary>The words of docs/glossary.md that are not used, where they are names.</summary>
    [Fact]
    public void Names_AreThoseOfTheGlossary()
    {
        string[] hits = [.. Lines(RepositoryFiles.Sources("src", "samples", "benchmarks", "training"))
            .Where(line => ForeignName().IsMatch(line.Text)).Select(Describe)];

        AssertNone(hits);
    }

    [Fact]
    public void Sources_AreShort()
    {
        string[] longFiles = [.. RepositoryFiles.Sources("src", "samples", "benchmarks")
            .Select(path => (Path: path, Count: RepositoryFiles.Read(path).AsSpan().Count('\n')))
            .Where(file => file.Count > LongestSource)
            .Select(file => $"{file.Path}: {file.Count} lines")];

        AssertNone(longFiles);
    }

    [Fact]
    public void MarkdownLinks_LeadToFilesAndHeadingsThatExist()
    {
        List<string> broken = [];
        foreach (string path in RepositoryFiles.Text().Where(path => path.EndsWith(".md", StringComparison.Ordinal)))
        {
            foreach (Match link in MarkdownLink().Matches(FencedCode().Replace(RepositoryFiles.Read(path), string.Empty)))
            {
                string[] target = link.Groups[1].Value.Split('#', 2);
                string folder = Path.GetDirectoryName(path) ?? string.Empty;
                string file = target[0].Length == 0 ? path : Path.Combine(folder, target[0]);
                string full = Path.GetFullPath(file, RepositoryFiles.Root);
                bool exists = File.Exists(full) || (Directory.Exists(full) && target.Length == 1);
                if (!exists || (target.Length == 2 && !RepositoryFiles.Anchors(full).Contains(target[1])))
                {
                    broken.Add($"{path}: {link.Groups[1].Value}");
                }
            }
        }

        AssertNone(broken);
    }

    [Fact]
    public void AnalysisExceptions_SayWhy()
    {
        string[] lines = RepositoryFiles.Read(".editorconfig").Split('\n');

        string[] bare = [.. lines.Zip(lines.Skip(1))
            .Select(pair => (Reason: pair.First, Rule: ExceptedRule().Match(pair.Second)))
            .Where(pair => pair.Rule.Success
                && !Regex.IsMatch(pair.Reason, $@"^# {pair.Rule.Groups[1].Value} \(.+\): .+"))
            .Select(pair => pair.Rule.Value)];

        AssertNone(bare);
        Assert.Contains(lines, line => ExceptedRule().IsMatch(line));
    }

    [Fact]
    public void NugetConfig_NamesOnlyTheLocalFeed()
    {
        MatchCollection sources = Regex.Matches(RepositoryFiles.Read("nuget.config"), "<add key=\"([^\"]+)\" value=\"([^\"]+)\"");

        Match source = Assert.Single(sources);
        Assert.Equal("packages", source.Groups[2].Value);
        Assert.True(
            Directory.Exists(Path.Combine(RepositoryFiles.Root, "packages")), "Restore fails (NU1301) without packages/.");
    }

    private static void AssertNone(IReadOnlyCollection<string> hits) =>
        Assert.True(hits.Count == 0, string.Join(Environment.NewLine, hits));

    private static IEnumerable<(string Path, int Number, string Text)> Lines(IEnumerable<string> paths) =>
        paths.SelectMany(path => RepositoryFiles.Read(path).Split('\n').Select((text, index) => (path, index + 1, text)));

    private static string Describe((string Path, int Number, string Text) line) =>
        $"{line.Path}:{line.Number}: {(line.Text.Length > 90 ? line.Text[..90] : line.Text).Trim()}";

    // Written with character classes so that this file does not match itself.
    [GeneratedRegex(@"/wor[k]/|/roo[t]/|/hom[e]/[a-z]|https?://[a-z.]*(nuge[t]|debia[n]|npmj[s])\.")]
    private static partial Regex MachineOrHost();

    [GeneratedRegex(@"\bTOD[O]\b|\bFIXM[E]\b|\bHAC[K]\b|NotImplementedExceptio[n]|Thread\.Slee[p]\(")]
    private static partial Regex UnfinishedMark();

    [GeneratedRegex(@"<summary>[A-Z][a-z]+( (it|them|everything|rows|things|around))?\.</summary>")]
    private static partial Regex BareSummary();

    [GeneratedRegex(@"\b(Most|Fewest)[A-Z]\w*\b|\b\w*Road\b|\b\w+Rows?(Engine|Token)\b|\b\w*PrefixStates\b|\bHasRead\b|\bstatic [\w<>\[\]?]+ Of\(")]
    private static partial Regex ForeignName();

    [GeneratedRegex(@"\]\((?!https?:|mailto:)([^)\s]+)\)")]
    private static partial Regex MarkdownLink();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex FencedCode();

    [GeneratedRegex(@"^dotnet_diagnostic\.(\w+)\.severity = none")]
    private static partial Regex ExceptedRule();
}
