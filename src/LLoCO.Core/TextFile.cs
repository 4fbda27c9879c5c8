using System.Text;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Core;

/// <summary>Reads a whole text file strictly: an invalid byte is an error, not a replacement character.</summary>
public static class TextFile
{
    /// <summary>
    /// Maximum size of a file (64 MiB). The longest documents that fit a window are far shorter; a larger file is a mistake or an
    /// endless device.
    /// </summary>
    internal const int MaxBytes = 64 << 20;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads UTF-8, with or without a byte order mark, or UTF-16 or UTF-32 with one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The text.</returns>
    /// <exception cref="LlocoException">The file cannot be read, has no content, is too large, or is not such text; the message
    /// names it.</exception>
    internal static async ValueTask<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (File.Exists(path) && !FileContent.Exists(path))
            {
                throw new LlocoException($"{path} is empty, or no file but a pipe or a device. Give a text file.");
            }

            byte[] bytes = await ReadBytesAsync(path, cancellationToken).ConfigureAwait(false);
            return Decode(bytes, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new LlocoException($"{path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>
    /// Detects empty files, pipes and devices without opening them: all of them have length 0. Opening a pipe would block until
    /// another process writes to it, and a device may never end.
    /// </summary>
    /// <param name="path">The file, or a link to it; must exist.</param>
    /// <returns>Whether there is something to read.</returns>
    public static bool HasContent(string path) => FileContent.Exists(path);

    /// <summary>Reads a file as <see cref="ReadAsync"/> does.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The text.</returns>
    /// <exception cref="LlocoException">As there.</exception>
    public static string Read(string path) => ReadAsync(path, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <summary>Reads the lines of a file, as <see cref="ReadAsync"/> does.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The lines, without their ends.</returns>
    /// <exception cref="LlocoException">As there.</exception>
    public static IEnumerable<string> ReadLines(string path)
    {
        using var reader = new StringReader(Read(path));
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    /// <summary>Decodes the bytes of a text file.</summary>
    /// <param name="bytes">All bytes.</param>
    /// <param name="path">The file, for messages.</param>
    /// <returns>The text, without byte order mark.</returns>
    /// <exception cref="LlocoException">The bytes are no such text, or those of another format, such as PDF.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string path)
    {
        string name = "UTF-8";
        if (FormatSignature.Describe(bytes) is { } other)
        {
            throw new LlocoException($"{path} {other}.");
        }

        try
        {
            switch (bytes)
            {
                case [0xFF, 0xFE, 0, 0, .. var little]:
                    name = "UTF-32";
                    return DecodeUtf32(little, bigEndian: false);
                case [0, 0, 0xFE, 0xFF, .. var big]:
                    name = "UTF-32";
                    return DecodeUtf32(big, bigEndian: true);
                case [0xFF, 0xFE, .. var little]:
                    name = "UTF-16";
                    return DecodeUtf16(little, bigEndian: false);
                case [0xFE, 0xFF, .. var big]:
                    name = "UTF-16";
                    return DecodeUtf16(big, bigEndian: true);
                default:
                    return DecodeUtf8(bytes is [0xEF, 0xBB, 0xBF, .. var rest] ? rest : bytes, path);
            }
        }
        catch (DecoderFallbackException error)
        {
            throw new LlocoException(
                $"{path} is not {name} text. Convert it to UTF-8 text or Markdown first.", error);
        }
    }

    private static string DecodeUtf32(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        new UTF32Encoding(bigEndian, byteOrderMark: false, throwOnInvalidCharacters: true).GetString(bytes);

    private static string DecodeUtf16(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        new UnicodeEncoding(bigEndian, byteOrderMark: false, throwOnInvalidBytes: true).GetString(bytes);

    private static string DecodeUtf8(ReadOnlySpan<byte> bytes, string path) => bytes.Contains((byte)0)
        ? throw new LlocoException(
            $"{path} holds NUL bytes: it is no text, or UTF-16 without a byte order mark. Convert it to UTF-8 first.")
        : Utf8.GetString(bytes);

    private static async Task<byte[]> ReadBytesAsync(string path, CancellationToken cancellationToken)
    {
        using FileStream stream = new(
            path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        using var all = new MemoryStream((int)Math.Min(stream.CanSeek ? stream.Length : 0, MaxBytes));
        byte[] buffer = new byte[1 << 16];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is int read and > 0)
        {
            if (all.Length + read > MaxBytes)
            {
                throw new LlocoException($"{path} has more than {MaxBytes >> 20} MiB. Cut it into documents first.");
            }

            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }
}
