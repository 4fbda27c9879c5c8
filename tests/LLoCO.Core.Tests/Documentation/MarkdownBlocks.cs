namespace LLoCO.Core.Tests.Documentation;

/// <summary>A fenced block of a page.</summary>
/// <param name="Page">The page, relative to the repository.</param>
/// <param name="Language">What stands behind the fence; empty where nothing does.</param>
/// <param name="Line">The number of its first line of text, from 1.</param>
/// <param name="Text">Its text, with the fence's indent taken off.</param>
internal sealed record MarkdownBlock(string Page, string Language, int Line, string Text)
{
    /// <summary>Gets whether it is C#.</summary>
    public bool IsCSharp => Language is "csharp" or "cs" or "c#";

    /// <summary>Gets whether it may hold commands: a shell's block, or one that does not say what it is.</summary>
    public bool IsShell => Language is "bash" or "sh" or "shell" or "console" or "";
}

/// <summary>The fenced blocks of the pages that users read.</summary>
internal static class MarkdownBlocks
{
    private const string Fence = "```";

    /// <summary>Gets the pages for users: README.md, docs/, and the pages of packages and samples.</summary>
    public static IEnumerable<string> Pages() => RepositoryFiles.Text()
        .Where(path => path.EndsWith(".md", StringComparison.Ordinal))
        .Where(path => path == "README.md" || path.Split('/')[0] is "docs" or "src" or "samples");

    /// <summary>Reads the blocks of a page, in order.</summary>
    public static IReadOnlyList<MarkdownBlock> Of(string page)
    {
        List<MarkdownBlock> blocks = [];
        string[] lines = RepositoryFiles.Read(page).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string opening = lines[i].TrimStart();
            if (!opening.StartsWith(Fence, StringComparison.Ordinal))
            {
                continue;
            }

            int indent = lines[i].Length - opening.Length;
            int first = i + 1;
            int end = Array.FindIndex(lines, first, line => line.Trim() == Fence);
            i = end < 0 ? lines.Length : end;

            string text = string.Join('\n', lines[first..i].Select(line => line.Length > indent ? line[indent..] : line.TrimStart()));
            blocks.Add(new MarkdownBlock(page, opening[Fence.Length..].Trim().ToLowerInvariant(), first + 1, text));
        }

        return blocks;
    }
}
