using System.IO.Compression;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Writes a dictionary of tensors as <c>torch.save</c> does, so that <c>torch.load</c> reads it (with <c>weights_only=True</c>
/// too): for summary caches (<c>.pth</c>) that Python programs use. <see cref="TorchArchive"/> reads it back.
/// </summary>
public static class TorchArchiveWriter
{
    /// <summary>The one folder of the archive; <c>torch.load</c> takes any name.</summary>
    private const string Root = "archive";

    /// <summary>Zip entries carry a time; a fixed one keeps the file the same for the same content.</summary>
    private static readonly DateTimeOffset EntryTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes a file through a temporary one, so that an interrupted write leaves the old file in place.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensors">The tensors in the order of the dictionary; names, its keys, are distinct.</param>
    /// <param name="write">Called once per tensor; passes exactly <see cref="TensorInfo.ByteLength"/> bytes on,
    /// little-endian.</param>
    /// <exception cref="ArgumentException">Names are doubled, or a byte length does not fit its shape.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="write"/> passed on too few or too many bytes.</exception>
    public static void Write(string path, IReadOnlyList<TensorInfo> tensors, Action<TensorInfo, TensorWriter> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        TensorOutput.Check(path, tensors);
        AtomicFile.Write(path, stream => Write(stream, PickleWriter.Write(tensors), tensors, write));
    }

    /// <summary>Writes what <c>torch.save</c> writes of one tensor, which <c>torch.load</c> gives back as a tensor rather than as a
    /// dictionary.</summary>
    /// <param name="stream">Where to; stays open.</param>
    /// <param name="tensor">The tensor; its name is not written.</param>
    /// <param name="write">Passes exactly <see cref="TensorInfo.ByteLength"/> bytes on, little-endian.</param>
    internal static void WriteOne(Stream stream, TensorInfo tensor, Action<TensorInfo, TensorWriter> write)
    {
        TensorOutput.Check(tensor.Name, [tensor]);
        Write(stream, PickleWriter.WriteOne(tensor), [tensor], write);
    }

    private static void Write(
        Stream stream, byte[] pickle, IReadOnlyList<TensorInfo> tensors, Action<TensorInfo, TensorWriter> write)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Add(zip, "data.pkl", entry => entry.Write(pickle));
        Add(zip, "byteorder", entry => entry.Write("little"u8));
        for (int i = 0; i < tensors.Count; i++)
        {
            TensorInfo tensor = tensors[i];
            Add(zip, PickleWriter.StorageEntry(i), entry => TensorOutput.Write(entry, tensor, write));
        }

        Add(zip, "version", entry => entry.Write("3\n"u8));
    }

    private static void Add(ZipArchive zip, string name, Action<Stream> write)
    {
        // Stored, not deflated: readers map or seek within the entries.
        ZipArchiveEntry entry = zip.CreateEntry($"{Root}/{name}", CompressionLevel.NoCompression);
        entry.LastWriteTime = EntryTime;
        using Stream stream = entry.Open();
        write(stream);
    }
}
