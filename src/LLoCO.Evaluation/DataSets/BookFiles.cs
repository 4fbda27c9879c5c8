using LLoCO.Core;
using LLoCO.Core.Segments;

namespace LLoCO.Evaluation.DataSets;

/// <summary>Finds book files, in which facts are hidden, and splits them into sentences.</summary>
public static class BookFiles
{
    /// <summary>Lists the books of a folder (<c>.md</c>, <c>.txt</c>), by name.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="only">A file with the names of the books to use, one per line; all with <see langword="null"/>.</param>
    /// <param name="except">A file that names books to leave out, such as those that training read; none with
    /// <see langword="null"/>.</param>
    /// <returns>The books' files; at least one.</returns>
    /// <exception cref="LlocoException">No book is left, or a list is not there.</exception>
    public static IReadOnlyList<string> Find(string folder, string? only = null, string? except = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        HashSet<string>? taken = only is null ? null : Names(only);
        HashSet<string> dropped = except is null ? [] : Names(except);
        string[] books = !Directory.Exists(folder) ? []
            : [.. Directory.EnumerateFiles(folder)
                .Where(file => Path.GetExtension(file) is ".md" or ".txt")
                .Where(file => taken?.Contains(Path.GetFileName(file)) != false && !dropped.Contains(Path.GetFileName(file)))
                .OrderBy(file => Path.GetFileName(file), StringComparer.Ordinal)];
        return books.Length > 0
            ? books
            : throw new LlocoException($"The folder '{folder}' holds no book (.md or .txt)"
                + (only is null && except is null ? "." : " that the lists leave."));
    }

    /// <summary>Cuts a book into sentences; line breaks become spaces.</summary>
    internal static IReadOnlyList<string> Sentences(string file)
    {
        string book = TextFile.Read(file);
        var sentences = new List<string>();
        int start = 0;
        foreach (int end in TextBreaks.FindSentenceEnds(book))
        {
            string sentence = string.Join(
                ' ', book[start..end].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            start = end;
            if (sentence.Length > 0)
            {
                sentences.Add(sentence);
            }
        }

        return sentences;
    }

    private static HashSet<string> Names(string list) => File.Exists(list)
        ? [.. TextFile.ReadLines(list).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')]
        : throw new LlocoException($"The list of books '{list}' does not exist.");
}
