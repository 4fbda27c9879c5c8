using LLoCO.Core;

namespace LLoCO.Tool;

/// <summary>Finds the documents that paths name.</summary>
internal static class DocumentFiles
{
    private static readonly string[] Extensions = [".txt", ".md", ".markdown"];

    /// <summary>Lists files, and the text files of folders and what lies below them, in a fixed order.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="group">The group of the documents.</param>
    /// <returns>The documents; the id is the file's name, for a file in a folder its path from there.</returns>
    /// <exception cref="LlocoException">A path does not exist, a folder holds no text file, or two documents have one
    /// id.</exception>
    public static IReadOnlyList<SourceDocument> Find(IReadOnlyList<string> paths, string group)
    {
        List<(string Id, string File)> files = [.. paths.SelectMany(Files)];
        foreach (IGrouping<string, (string Id, string File)> doubled in
            files.GroupBy(file => file.Id).Where(same => same.Count() > 1))
        {
            throw new LlocoException($"{doubled.Count()} files would have the id '{doubled.Key}': "
                + $"{string.Join(", ", doubled.Select(file => file.File))}. Name their common folder instead.");
        }

        return [.. files.Select(file => SourceDocument.FromFile(file.File, group, file.Id))];
    }

    private static IEnumerable<(string Id, string File)> Files(string path)
    {
        if (File.Exists(path))
        {
            return [(Path.GetFileName(path), path)];
        }

        if (!Directory.Exists(path))
        {
            throw new LlocoException($"'{path}' does not exist.");
        }

        List<(string Id, string File)> found = [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .Select(file => (Path.GetRelativePath(path, file).Replace('\\', '/'), file))];
        return found.Count > 0
            ? found
            : throw new LlocoException($"The folder '{path}' holds no text file ({string.Join(", ", Extensions)}).");
    }
}
