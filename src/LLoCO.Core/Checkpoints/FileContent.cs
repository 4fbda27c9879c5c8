namespace LLoCO.Core.Checkpoints;

/// <summary>Tells files apart from what only looks like one.</summary>
internal static class FileContent
{
    /// <summary>Tells a file with content from an empty one, a pipe and a device, without opening it: to open a pipe waits until someone
    /// writes to it, and a device may never end. They all have no length.</summary>
    /// <param name="path">The file, or a link to it; must exist.</param>
    /// <returns>Whether there is something to read.</returns>
    public static bool Exists(string path)
    {
        var file = new FileInfo(path);
        return (file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file).Length > 0;
    }
}
