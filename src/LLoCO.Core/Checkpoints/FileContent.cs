namespace LLoCO.Core.Checkpoints;

/// <summary>Tells files apart from what only looks like one.</summary>
internal static class FileContent
{
    /// <summary>
    /// Detects empty files, pipes and devices without opening them: all of them have length 0. Opening a pipe would block until
    /// another process writes to it, and a device may never end.
    /// </summary>
    /// <param name="path">The file, or a link to it; must exist.</param>
    /// <returns>Whether there is something to read.</returns>
    public static bool Exists(string path)
    {
        var file = new FileInfo(path);
        return (file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file).Length > 0;
    }
}
