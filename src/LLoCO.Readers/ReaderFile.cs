using LLoCO.Core;

namespace LLoCO.Readers;

/// <summary>Takes a file into memory, if it is one and no larger than it may be.</summary>
internal static class ReaderFile
{
    /// <summary>Reads all bytes.</summary>
    /// <param name="path">The file; no pipe and no device.</param>
    /// <param name="maxBytes">The most bytes.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="LlocoException">It cannot be read, is empty or too large; the message names it.</exception>
    public static async Task<byte[]> ReadAsync(string path, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            if (File.Exists(path) && !TextFile.HasContent(path))
            {
                throw new LlocoException($"{path} is empty, or no file but a pipe or a device. Name a file.");
            }

            using FileStream stream = new(
                path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
            return await ReadAsync(stream, path, maxBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new LlocoException($"{path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads all bytes of a stream from where it stands.</summary>
    /// <param name="stream">The stream; not closed here.</param>
    /// <param name="name">Its name, for the message.</param>
    /// <param name="maxBytes">The most bytes.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="LlocoException">It holds more.</exception>
    public static async Task<byte[]> ReadAsync(Stream stream, string name, int maxBytes, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream((int)Math.Min(stream.CanSeek ? stream.Length : 0, maxBytes));
        byte[] buffer = new byte[1 << 16];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is int read and > 0)
        {
            if (all.Length + read > maxBytes)
            {
                throw new LlocoException(maxBytes < 1 << 20
                    ? $"{name} has more than {maxBytes} bytes. Cut it into documents first."
                    : $"{name} has more than {maxBytes >> 20} MiB. Cut it into documents first.");
            }

            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }
}
