using System.Text.RegularExpressions;

namespace LLoCO.Core.Tests.Documentation;

/// <summary>A command that a page shows.</summary>
/// <param name="Place">Page and line.</param>
/// <param name="Words">The words, without what stands before the command (variables, a prompt) and without comments.</param>
internal sealed partial record CommandLine(string Place, IReadOnlyList<string> Words)
{
    /// <summary>Gets the arguments of the tool; <see langword="null"/> for another program.</summary>
    public IReadOnlyList<string>? ToolArguments =>
        Words is ["lloco", ..] ? [.. Words.Skip(1)] : Words is ["./build.sh", "lloco", ..] ? [.. Words.Skip(2)] : null;

    /// <summary>Gets the page.</summary>
    public string Page => Place[..Place.LastIndexOf(':')];

    /// <summary>Reads the commands of a block: one a line, lines that end in a backslash joined.</summary>
    public static IEnumerable<CommandLine> Of(MarkdownBlock block)
    {
        string joined = block.Text.Replace("\\\n", "\u0001", StringComparison.Ordinal);
        int line = block.Line;
        foreach (string text in joined.Split('\n'))
        {
            if (Read($"{block.Page}:{line}", text.Replace('\u0001', ' ')) is { } command)
            {
                yield return command;
            }

            line += 1 + text.Count(letter => letter == '\u0001');
        }
    }

    /// <summary>Reads the commands that stand in backticks within the text of a page, such as <c>lloco ask QUESTION</c>.</summary>
    public static IEnumerable<CommandLine> Inline(string page)
    {
        string text = Fenced().Replace(RepositoryFiles.Read(page), match => new string('\n', match.Value.AsSpan().Count('\n')));
        return Backticks().Matches(text)
            .Select(match => Read($"{page}:{text.AsSpan(0, match.Index).Count('\n') + 1}", match.Groups[1].Value.Replace('\n', ' ')))
            .OfType<CommandLine>().Where(command => command.ToolArguments is { Count: > 0 });
    }

    private static CommandLine? Read(string place, string text)
    {
        string[] words = [.. Word().Matches(text).Select(match => match.Value)
            .TakeWhile(word => word[0] != '#' && word is not (">" or "|" or "&&" or ";"))
            .Select(word => word.Trim('"', '\''))
            .SkipWhile(word => word == "$" || Variable().IsMatch(word))];
        return words.Length > 0 ? new CommandLine(place, words) : null;
    }

    [GeneratedRegex("""[^\s"']*"[^"]*"|[^\s"']*'[^']*'|\S+""")]
    private static partial Regex Word();

    [GeneratedRegex("^[A-Z_]+=")]
    private static partial Regex Variable();

    [GeneratedRegex("^ *```.*?^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Backticks();
}
