namespace LLoCO.Core.Checkpoints;

/// <summary>Writes a file atomically: temporary file, flush to disk, rename.</summary>
public static class AtomicFile
{
    /// <summary>Writes or replaces a file. On failure, the old file stays and no new file is left behind.</summary>
    /// <param name="path">The file. Its folder must exist.</param>
    /// <param name="write">Writes the whole content to a seekable stream. Its exceptions propagate to the caller.</param>
    /// <exception cref="IOException">The folder is not there, or the file cannot be written.</exception>
    public static void Write(string path, Action<FileStream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);

        // Beside the target, since a rename is atomic within one file system only.
        string temporary = $"{full}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception fault)
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }

            if (fault is IOException error && IsDiskFull(error))
            {
                throw new IOException($"'{full}' cannot be written: the disk is full. Free space and try again.", error);
            }

            throw;
        }
    }

    /// <summary>Tells whether an error says that the disk is full: ENOSPC, ERROR_DISK_FULL or ERROR_HANDLE_DISK_FULL.</summary>
    private static bool IsDiskFull(IOException error) => OperatingSystem.IsWindows()
        ? (error.HResult & 0xFFFF) is 112 or 39
        : error.HResult == 28;
}
