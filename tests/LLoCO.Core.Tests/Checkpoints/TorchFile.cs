using System.IO.Compression;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Writes zip archives laid out as torch.save does.</summary>
internal static class TorchFile
{
    /// <summary>Writes an archive with one storage, <c>data/0</c>, of 24 floats unless told otherwise.</summary>
    public static void Write(string path, PickleBuilder pickle, byte[]? storage = null) => WriteEntries(
        path,
        ("archive/data.pkl", pickle.ToArray()),
        ("archive/data/0", storage ?? Floats(24)),
        ("archive/version", "3\n"u8.ToArray()));

    public static void WriteEntries(string path, params (string Name, byte[] Bytes)[] entries) =>
        WriteEntries(path, CompressionLevel.NoCompression, entries);

    public static void WriteEntries(string path, CompressionLevel compression, params (string Name, byte[] Bytes)[] entries)
    {
        using var file = new FileStream(path, FileMode.Create);
        WriteEntries(file, entries, compression);
    }

    public static void WriteEntries(
        Stream stream, IEnumerable<(string Name, byte[] Bytes)> entries, CompressionLevel compression = CompressionLevel.NoCompression)
    {
        using ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach ((string name, byte[] bytes) in entries)
        {
            using Stream entry = zip.CreateEntry(name, compression).Open();
            entry.Write(bytes);
        }
    }

    /// <summary>The numbers 0, 1, 2, …</summary>
    public static byte[] Floats(int count) => [.. Enumerable.Range(0, count).SelectMany(i => BitConverter.GetBytes((float)i))];
}
