using System.Xml.Linq;
using Xunit;

namespace LLoCO.Core.Tests;

/// <summary>
/// Internals are a package's own. Who sees them nevertheless stands in a table of <c>docs/architecture.md</c> with the reason; the
/// project files are read here and compared with it.
/// </summary>
public sealed class FriendAssembliesTests
{
    private const string Heading = "## Who sees internals";

    private static readonly string[] Sources = ["src", "training", "benchmarks", "samples"];

    [Fact]
    public void ProjectFiles_NameTheFriendsOfTheTableAndNoOthers() => Assert.Equal(Written(), Declared());

    [Fact]
    public void TheCommand_SeesNoInternals() => Assert.DoesNotContain(Declared(), pair => pair.EndsWith(" to lloco", StringComparison.Ordinal));

    [Fact]
    public void Packages_ShowInternalsToOneSisterAtMost()
    {
        HashSet<string> packages = [.. Projects("src").Select(project => Path.GetFileNameWithoutExtension(project)!)];
        Assert.All(
            Declared().GroupBy(pair => pair.Split(" to ")[0], pair => pair.Split(" to ")[1]),
            friends => Assert.InRange(friends.Count(packages.Contains), 0, 1));
    }

    private static string[] Declared() =>
    [
        .. Sources.SelectMany(Projects).SelectMany(project => XDocument.Load(project).Descendants("InternalsVisibleTo")
            .Select(friend => $"{Path.GetFileNameWithoutExtension(project)} to {friend.Attribute("Include")!.Value}"))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Rows <c>| `package`, `package` | `friend` | reason |</c> of the table.</summary>
    private static string[] Written()
    {
        string[] lines = File.ReadAllLines(Path.Combine(RepositoryFiles.Root, "docs", "architecture.md"));
        string[][] rows =
        [
            .. lines.SkipWhile(line => line != Heading).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|')),
        ];
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.False(string.IsNullOrWhiteSpace(row[3]), $"{row[1]} shows internals without a reason."));
        return
        [
            .. rows.SelectMany(row => row[1].Split(',').Select(package => $"{package.Trim(' ', '`')} to {row[2].Trim(' ', '`')}"))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<string> Projects(string folder) => Directory.EnumerateFiles(
        Path.Combine(RepositoryFiles.Root, folder), "*.csproj", SearchOption.AllDirectories);
}
