using System.Text.RegularExpressions;

namespace LLoCO.Core.Tests;

/// <summary>Where the repository's own files lie, found by walking up from the test program.</summary>
internal static partial class RepositoryFiles
{
    private static readonly string[] IgnoredFolders =
        [".git", ".vs", ".idea", "bin", "obj", "artifacts", "runs", "data", "TestResults", "BenchmarkDotNet.Artifacts"];

    private static readonly string[] TextExtensions =
        ["", ".cs", ".csproj", ".props", ".targets", ".sln", ".json", ".jsonl", ".md", ".txt", ".config", ".sh", ".py", ".xml", ".yml"];

    /// <summary>The folder of <c>LLoCO.Core.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every file, relative to <see cref="Root"/> with forward slashes; build outputs are left out.</summary>
    public static IEnumerable<string> All() => Walk(new DirectoryInfo(Root));

    /// <summary>The files of <see cref="All"/> that hold text written by hand.</summary>
    public static IEnumerable<string> Text() => All().Where(path => TextExtensions.Contains(Path.GetExtension(path)));

    /// <summary>C# sources below the given top-level folders.</summary>
    public static IEnumerable<string> Sources(params string[] folders) =>
        All().Where(path => path.EndsWith(".cs", StringComparison.Ordinal) && folders.Contains(path.Split('/')[0]));

    /// <summary>Reads a file by its path relative to <see cref="Root"/>.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Gets the anchors of a page's headings, as forges make them: lower case, punctuation dropped, spaces to hyphens.</summary>
    public static HashSet<string> Anchors(string path) =>
        [.. File.ReadLines(Path.Combine(Root, path)).Where(line => line.StartsWith('#'))
            .Select(line => line.TrimStart('#').Trim().ToLowerInvariant())
            .Select(heading => NotInAnchor().Replace(heading, string.Empty).Replace(' ', '-'))];

    private static IEnumerable<string> Walk(DirectoryInfo folder)
    {
        foreach (FileInfo file in folder.EnumerateFiles().Where(file => file.LinkTarget is null))
        {
            if (!file.Name.EndsWith("nupkg", StringComparison.Ordinal))
            {
                yield return Path.GetRelativePath(Root, file.FullName).Replace('\\', '/');
            }
        }

        foreach (DirectoryInfo child in folder.EnumerateDirectories().Where(child => !IgnoredFolders.Contains(child.Name)))
        {
            foreach (string path in Walk(child))
            {
                yield return path;
            }
        }
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LLoCO.Core.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} does not lie in a checkout of this repository.");
    }

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
