using System.IO.Enumeration;
using LLoCO.Core;

namespace LLoCO.Tool;

/// <summary>Finds the documents under given paths.</summary>
/// <param name="group">The group of the documents.</param>
/// <param name="cancellationToken">Checked at each entry of a folder.</param>
internal sealed class DocumentFiles(string group, CancellationToken cancellationToken)
{
    private static readonly string[] Extensions = [".txt", ".md", ".markdown"];

    private readonly List<string> _links = [];

    /// <summary>Gets the prefix of each id; empty for none.</summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>Gets whether the documents may replace others with the same id.</summary>
    public bool Replaces { get; init; }

    /// <summary>Gets the links in folders that were skipped, because they may lead outside or in a circle.</summary>
    public IReadOnlyList<string> Links => _links;

    /// <summary>Lists files, and the text files of folders and what lies below them, in a fixed order.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <returns>The documents; the id is the file's name, for a file in a folder its path from there.</returns>
    /// <exception cref="LlocoException">A path does not exist, a folder holds no text file, or two documents have one
    /// id.</exception>
    public IReadOnlyList<SourceDocument> Find(IReadOnlyList<string> paths)
    {
        List<(string Id, string File)> files = [.. paths.SelectMany(Files)];
        foreach (IGrouping<string, (string Id, string File)> doubled in
            files.GroupBy(file => file.Id).Where(same => same.Count() > 1))
        {
            throw new LlocoException($"{doubled.Count()} files would have the id '{doubled.Key}': "
                + $"{string.Join(", ", doubled.Select(file => file.File))}. Name their common folder instead.");
        }

        return [.. files.Select(file => SourceDocument.FromFile(file.File, group, Prefix + file.Id, Replaces))];
    }

    private IEnumerable<(string Id, string File)> Files(string path)
    {
        if (File.Exists(path))
        {
            return [(Path.GetFileName(path), path)];
        }

        if (!Directory.Exists(path))
        {
            throw new LlocoException($"'{path}' does not exist.");
        }

        List<(string Id, string File)> found = [.. TextFilesBelow(path)
            .Order(StringComparer.Ordinal)
            .Select(file => (Path.GetRelativePath(path, file).Replace('\\', '/'), file))];
        return found.Count > 0
            ? found
            : throw new LlocoException($"The folder '{path}' holds no text file ({string.Join(", ", Extensions)}).");
    }

    private FileSystemEnumerable<string> TextFilesBelow(string path)
    {
        // A link may lead out of the folder, or back up to it.
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false,
        };
        return new FileSystemEnumerable<string>(path, (ref entry) => entry.ToSpecifiedFullPath(), options)
        {
            ShouldRecursePredicate = (ref entry) => !IsLink(ref entry),
            ShouldIncludePredicate = (ref entry) =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                bool isText = entry.IsDirectory
                    || Extensions.Contains(Path.GetExtension(entry.FileName).ToString(), StringComparer.OrdinalIgnoreCase);
                if (isText && IsLink(ref entry))
                {
                    _links.Add(entry.ToSpecifiedFullPath());
                    return false;
                }

                return isText && !entry.IsDirectory;
            },
        };
    }

    // Files that a cloud drive has not fetched yet are reparse points too, but no links.
    private static bool IsLink(ref FileSystemEntry entry) =>
        (entry.Attributes & FileAttributes.ReparsePoint) != 0 && entry.ToFileSystemInfo().LinkTarget is not null;
}
