using System.Buffers.Binary;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace LLoCO.Core.Tests;

/// <summary>What a package page shows, and that one place says the version.</summary>
public sealed partial class PackageMetadataTests
{
    private static readonly XDocument Properties = XDocument.Parse(RepositoryFiles.Read("Directory.Build.props"));

    public static TheoryData<string> Packages() =>
        [.. Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(path => Path.GetFileName(Path.GetDirectoryName(path)!)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Packages))]
    public void PackageReadme_LinksLeadToPagesThatExist(string package)
    {
        string readme = RepositoryFiles.Read($"src/{package}/README.md");
        string pages = $"{Property("PackageProjectUrl")}/blob/main/";
        string[] targets = [.. Link().Matches(readme).Select(match => match.Groups[1].Value)];

        Assert.StartsWith($"# {package}\n", readme);
        Assert.NotEmpty(targets);
        Assert.All(targets, target => Assert.StartsWith("https://", target));
        Assert.All(
            targets.Where(target => target.StartsWith(Property("PackageProjectUrl") + "/", StringComparison.Ordinal)),
            target =>
            {
                Assert.StartsWith(pages, target);
                string[] page = target[pages.Length..].Split('#', 2);
                Assert.True(File.Exists(Path.Combine(RepositoryFiles.Root, page[0])), target);
                Assert.True(page.Length == 1 || RepositoryFiles.Anchors(page[0]).Contains(page[1]), target);
            });
    }

    [Fact]
    public void Icon_IsASmallSquarePng()
    {
        byte[] icon = File.ReadAllBytes(Path.Combine(RepositoryFiles.Root, "src", "icon.png"));

        Assert.Equal("PNG"u8, icon.AsSpan(1, 3));
        Assert.InRange(icon.Length, 100, 20_000);
        Assert.Equal(128, BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(16)));
        Assert.Equal(128, BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(20)));
    }

    [Fact]
    public void Version_StandsInOnePlace()
    {
        string version = Property("Version");
        string[] elsewhere = [.. RepositoryFiles.All()
            .Where(path => path.EndsWith("proj", StringComparison.Ordinal) || path.EndsWith(".props", StringComparison.Ordinal))
            .Where(path => path != "Directory.Build.props" && OwnVersion().IsMatch(RepositoryFiles.Read(path)))];

        Assert.Empty(elsewhere);
        Assert.StartsWith($"{version} ", RepositoryFiles.Read("CHANGELOG.md").Split("\n## ")[1]);
    }

    [Fact]
    public void VersionsOfTorchSharp_AreThePinnedOne()
    {
        string pinned = XDocument.Parse(RepositoryFiles.Read("Directory.Packages.props")).Descendants("PackageVersion")
            .Single(item => (string?)item.Attribute("Include") == "TorchSharp").Attribute("Version")!.Value;
        string[] others = [.. RepositoryFiles.Text().Where(path => !path.StartsWith("CHANGELOG", StringComparison.Ordinal))
            .SelectMany(path => TorchSharpVersion().Matches(RepositoryFiles.Read(path))
                .Where(match => match.Groups[1].Value != pinned).Select(match => $"{path}: {match.Value}"))];

        Assert.Empty(others);
    }

    private static string Property(string name) => Properties.Descendants(name).Single().Value;

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("<(Package)?Version(Prefix)?>")]
    private static partial Regex OwnVersion();

    [GeneratedRegex(@"TorchSharp(?:-\w+)*`? (?:--version )?(\d+\.\d+\.\d+)")]
    private static partial Regex TorchSharpVersion();
}
