namespace LLoCO.Core.Checkpoints;

/// <summary>Writes files of a folder that belong together: none of them has its name before all are written.</summary>
internal static class StagedFolder
{
    /// <summary>Writes files into a temporary folder, and moves them when all are there. On failure, the folder is as it was.</summary>
    /// <param name="folder">The folder; made if it is not there. Other files in it stay, those of the same name are replaced.</param>
    /// <param name="write">Writes the files, into the folder that it is given.</param>
    /// <exception cref="IOException">The folder or a file cannot be written.</exception>
    internal static async Task WriteAsync(string folder, Func<string, Task> write)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

        // In one file system with its target: beside a new folder, and in one that is there, whose parent may belong to others.
        string unfinished = Directory.Exists(full) ? Path.Combine(full, $".{Guid.NewGuid():N}.tmp") : $"{full}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(unfinished);
            await write(unfinished).ConfigureAwait(false);
            Move(unfinished, full);
        }
        catch (IOException fault) when (fault.Message.Contains(unfinished, StringComparison.Ordinal))
        {
            throw new IOException(fault.Message.Replace(unfinished, full, StringComparison.Ordinal), fault);
        }
        finally
        {
            if (Directory.Exists(unfinished))
            {
                Directory.Delete(unfinished, recursive: true);
            }
        }
    }

    private static void Move(string unfinished, string full)
    {
        if (!Directory.Exists(full))
        {
            Directory.Move(unfinished, full);
            return;
        }

        string[] files = [.. Directory.EnumerateFiles(unfinished, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(unfinished, file))];
        if (files.FirstOrDefault(file => Directory.Exists(Path.Combine(full, file))) is { } taken)
        {
            throw new IOException($"'{Path.Combine(full, taken)}' is a folder, and a file of this name is to be written. Name another folder.");
        }

        foreach (string file in files)
        {
            string target = Path.Combine(full, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(Path.Combine(unfinished, file), target, overwrite: true);
        }
    }
}
