using System.IO.Compression;

namespace LLoCO.Readers.Archives;

/// <summary>Opens archives that cannot unpack to more than the limits say.</summary>
/// <remarks>The lengths that an archive declares can be relied on: entries are never read beyond them.</remarks>
internal static class ZipGuard
{
    private const long SmallEntry = 1 << 20;

    /// <summary>Refuses an archive with too many entries, or with entries that unpack to too much.</summary>
    /// <param name="content">The archive.</param>
    /// <param name="limits">The limits.</param>
    /// <exception cref="UnreadableException">It exceeds one, or is no archive.</exception>
    public static void Check(ReadOnlyMemory<byte> content, ReaderLimits limits) => Open(content, limits).Dispose();

    /// <summary>Opens an archive after the same check.</summary>
    /// <param name="content">The archive.</param>
    /// <param name="limits">The limits.</param>
    /// <exception cref="UnreadableException">It exceeds one, or is no archive.</exception>
    public static ZipArchive Open(ReadOnlyMemory<byte> content, ReaderLimits limits)
    {
        ZipArchive archive;
        try
        {
            archive = new ZipArchive(ToStream(content), ZipArchiveMode.Read);
            EnsureBounded(archive, limits);
        }
        catch (InvalidDataException fault)
        {
            throw new UnreadableException($"is damaged: {fault.Message.TrimEnd('.')}", fault);
        }

        return archive;
    }

    /// <summary>Makes a stream over bytes in memory.</summary>
    /// <param name="content">The bytes.</param>
    public static MemoryStream ToStream(ReadOnlyMemory<byte> content) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(content, out ArraySegment<byte> array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);

    private static void EnsureBounded(ZipArchive archive, ReaderLimits limits)
    {
        if (archive.Entries.Count > limits.MaxEntries)
        {
            throw new UnreadableException($"has {archive.Entries.Count:N0} parts; at most {limits.MaxEntries:N0} are read");
        }

        long unpacked = 0;
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            unpacked += entry.Length;
            if (unpacked > limits.MaxUnpackedBytes)
            {
                throw new UnreadableException($"unpacks to more than {limits.MaxUnpackedBytes >> 20:N0} MiB");
            }

            if (entry.Length > SmallEntry && entry.Length / Math.Max(1, entry.CompressedLength) > limits.MaxRatio)
            {
                throw new UnreadableException(
                    $"has a part that unpacks to {entry.Length / Math.Max(1, entry.CompressedLength):N0} times its size; at most "
                    + $"{limits.MaxRatio:N0} times are read ({entry.FullName})");
            }
        }
    }
}
