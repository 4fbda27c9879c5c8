using System.Security.Cryptography;
using System.Text;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Orleans.Storage;

/// <summary>Files of the shared folder: a line with the SHA-256 of the rest, then the rest. They are written atomically, so a reader sees
/// the old file or the new one; the hash finds what a file system or a disk broke.</summary>
internal static class SharedFile
{
    /// <summary>Most bytes that are read of a file.</summary>
    internal const long MaxBytes = 1L << 30;

    private const int HashLine = 65;

    /// <summary>Writes or replaces a file.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="content">The content behind the hash.</param>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        byte[] whole = Frame(content);
        AtomicFile.Write(path, stream => stream.Write(whole));
    }

    /// <summary>Creates a file, once: of two that do so at the same time, one succeeds.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="content">The content behind the hash.</param>
    /// <returns>Whether it was created; otherwise it was there before.</returns>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}.new";
        Write(temporary, content);
        try
        {
            return HardLink.TryCreate(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The content; <see langword="null"/> if there is no file, or one that is damaged, no regular file or longer than 1
    /// GiB.</returns>
    public static byte[]? Find(string path)
    {
        try
        {
            // Pipes and devices have no length, and to open one may wait for ever.
            if (new FileInfo(path) is not { Exists: true, Length: >= HashLine and <= MaxBytes })
            {
                return null;
            }

            byte[] whole = File.ReadAllBytes(path);
            byte[] content = whole[HashLine..];
            return Hash(content).AsSpan().SequenceEqual(whole.AsSpan(0, HashLine)) ? content : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static byte[] Frame(ReadOnlySpan<byte> content) => [.. Hash(content), .. content];

    private static byte[] Hash(ReadOnlySpan<byte> content) =>
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(content)) + "\n");
}
