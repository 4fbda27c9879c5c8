using System.IO.Enumeration;
using LLoCO.Core;

namespace LLoCO.Readers;

/// <summary>Finds the documents under given paths, and names them by their paths. Not safe for concurrent use.</summary>
/// <param name="extensions">The endings of the names of files that count in folders, with their dot.</param>
public sealed class DocumentFiles(IReadOnlyCollection<string> extensions)
{
    private readonly List<string> _links = [];
    private readonly SortedDictionary<string, int> _others = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the links in folders that were passed over, because they may lead outside or in a circle.</summary>
    public IReadOnlyList<string> Links => _links;

    /// <summary>Gets how many files in folders were passed over for each ending that does not count, hidden files aside.</summary>
    public IReadOnlyDictionary<string, int> Others => _others;

    /// <summary>Gets whether a folder without such files gives none, rather than being refused.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool AllowsNone { get; init; }

    /// <summary>Lists files, and those of folders and what lies below them, in a fixed order.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="cancellationToken">Checked at each entry of a folder.</param>
    /// <returns>The files. In a folder that is named alone, an id is the path from there. Otherwise it is the path from the current folder;
    /// for what does not lie below that, a file's name, or the folder's name with the path from there.</returns>
    /// <exception cref="LlocoException">A path does not exist, a folder holds no such file, or two files have one id.</exception>
    public IReadOnlyList<FoundFile> Find(IReadOnlyList<string> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        bool alone = paths.Count == 1 && Directory.Exists(paths[0]);
        List<FoundFile> files = [.. paths.SelectMany(path => Files(path, alone ? string.Empty : Prefix(path), cancellationToken))];
        if (files.GroupBy(file => Path.GetFullPath(file.Path)).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new LlocoException($"{twice.Key} is named twice. Name it once.");
        }

        if (files.GroupBy(file => file.Id).FirstOrDefault(same => same.Count() > 1) is { } doubled)
        {
            throw new LlocoException($"{doubled.Count()} files would have the id '{doubled.Key}': "
                + $"{string.Join(", ", doubled.Select(file => file.Path))}. Name their common folder instead.");
        }

        return files;
    }

    private static string Prefix(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, full).Replace('\\', '/');
        bool below = !Path.IsPathRooted(relative) && relative != ".." && !relative.StartsWith("../", StringComparison.Ordinal);
        return relative == "." ? string.Empty : below ? relative : Path.GetFileName(full);
    }

    private IEnumerable<FoundFile> Files(string path, string prefix, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
        {
            return [new FoundFile(prefix, path)];
        }

        if (!Directory.Exists(path))
        {
            throw new LlocoException($"'{path}' does not exist.");
        }

        List<FoundFile> found = [.. FilesBelow(path, cancellationToken).Order(StringComparer.Ordinal).Select(file => new FoundFile(
            (prefix.Length > 0 ? prefix + "/" : string.Empty) + Path.GetRelativePath(path, file).Replace('\\', '/'), file))];
        return found.Count > 0 || AllowsNone
            ? found
            : throw new LlocoException($"The folder '{path}' holds no document ({string.Join(", ", extensions)}).");
    }

    private FileSystemEnumerable<string> FilesBelow(string path, CancellationToken cancellationToken)
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
                if (!entry.IsDirectory && !Counts(ref entry))
                {
                    return false;
                }

                if (IsLink(ref entry))
                {
                    _links.Add(entry.ToSpecifiedFullPath());
                    return false;
                }

                return !entry.IsDirectory;
            },
        };
    }

    private bool Counts(ref FileSystemEntry entry)
    {
        string extension = Path.GetExtension(entry.FileName).ToString();
        if (extensions.Contains(extension, StringComparer.OrdinalIgnoreCase))
        {
            return true;
        }

        if (!entry.FileName.StartsWith(".", StringComparison.Ordinal))
        {
            string kind = extension.Length > 0 ? extension : "no ending";
            _others[kind] = _others.GetValueOrDefault(kind) + 1;
        }

        return false;
    }

    // Files that a cloud drive has not fetched yet are reparse points too, but no links.
    private static bool IsLink(ref FileSystemEntry entry) =>
        (entry.Attributes & FileAttributes.ReparsePoint) != 0 && entry.ToFileSystemInfo().LinkTarget is not null;
}
