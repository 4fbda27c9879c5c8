using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Tokenization;

/// <summary>Reads whole vocabulary files with a limit, because they are untrusted and may have any size.</summary>
internal static class VocabularyFile
{
    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The file, to be closed.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">It cannot be opened, or is no file with content.</exception>
    public static FileStream Open(string path)
    {
        try
        {
            // To open a pipe waits until someone writes to it.
            return File.Exists(path) && !FileContent.Exists(path)
                ? throw new CheckpointFormatException(path, null, ForeignFile.Describe([])!)
                : File.OpenRead(path);
        }
        catch (Exception error) when (
            error is UnauthorizedAccessException or (IOException and not FileNotFoundException and not DirectoryNotFoundException))
        {
            throw new CheckpointFormatException(path, null, $"the file cannot be opened: {error.Message}", error);
        }
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="maximumBytes">The most to take into memory.</param>
    /// <returns>All bytes.</returns>
    /// <exception cref="CheckpointFormatException">There are more than <paramref name="maximumBytes"/>, or they are those of another
    /// kind of file.</exception>
    public static byte[] ReadAll(Stream stream, string name, int maximumBytes)
    {
        using var buffer = new MemoryStream();
        byte[] chunk = new byte[81920];
        for (int read; (read = stream.Read(chunk)) > 0;)
        {
            buffer.Write(chunk, 0, read);
            if (buffer.Length > maximumBytes)
            {
                throw new CheckpointFormatException(
                    name, null, $"is larger than {maximumBytes >> 20} MB, so it is not a vocabulary; check the path.");
            }
        }

        byte[] data = buffer.ToArray();
        ForeignFile.Refuse(name, data.AsSpan(0, Math.Min(data.Length, ForeignFile.HeadBytes)));
        return data;
    }
}
