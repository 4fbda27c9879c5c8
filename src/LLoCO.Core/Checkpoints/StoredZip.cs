using System.Buffers.Binary;
using System.Text;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Directory of a zip archive whose entries are stored uncompressed, as <c>torch.save</c> writes them: name to place in the
/// file. Zip64 included (layout: PKWARE APPNOTE 6.3.10, sections 4.3.7 to 4.3.16).
/// </summary>
/// <remarks>
/// System.IO.Compression gives each entry as a forward stream that excludes all others. Tensors are views into shared storages
/// that are read concurrently, so the byte range of each entry is needed.
/// </remarks>
internal sealed class StoredZip
{
    private const int LocalHeaderBytes = 30;
    private const int CentralHeaderBytes = 46;
    private readonly Dictionary<string, (long Offset, long Length)> _entries = new(StringComparer.Ordinal);
    private readonly BinaryFile _file;
    private readonly ZipEnd _end;

    private StoredZip(BinaryFile file, ZipEnd end)
    {
        _file = file;
        _end = end;
    }

    /// <summary>Gets each entry's first byte in the file and its length.</summary>
    public IReadOnlyDictionary<string, (long Offset, long Length)> Entries => _entries;

    /// <summary>Reads and checks the directory.</summary>
    /// <exception cref="CheckpointFormatException">The archive is cut off, inconsistent, compressed or encrypted.</exception>
    public static StoredZip Read(BinaryFile file)
    {
        ZipEnd end = ZipEnd.Read(file);
        var zip = new StoredZip(file, end);
        byte[] directory = file.Read(end.DirectoryOffset, (int)end.DirectoryLength, null);
        int at = 0;
        for (long i = 0; i < end.Entries; i++)
        {
            at += zip.AddEntry(directory.AsSpan(at));
        }

        if (at != directory.Length)
        {
            throw zip.Fault(null, $"the zip directory holds {directory.Length - at} bytes more than its {end.Entries} entries");
        }

        zip.EnsureApart();
        return zip;
    }

    private CheckpointFormatException Fault(string? entry, string fault) => new(_file.Path, entry, fault);

    /// <summary>Adds the entry at the start of <paramref name="rest"/> and returns the length of its record.</summary>
    private int AddEntry(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < CentralHeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(rest) != 0x02014b50)
        {
            throw Fault(null, "the zip directory is damaged");
        }

        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(rest[28..]);
        int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(rest[30..]);
        int recordLength = CentralHeaderBytes + nameLength + extraLength + BinaryPrimitives.ReadUInt16LittleEndian(rest[32..]);
        if (recordLength > rest.Length)
        {
            throw Fault(null, "the zip directory is cut off");
        }

        ReadOnlySpan<byte> nameBytes = rest.Slice(CentralHeaderBytes, nameLength);
        string name = Encoding.UTF8.GetString(nameBytes);
        int flags = BinaryPrimitives.ReadUInt16LittleEndian(rest[8..]);
        int method = BinaryPrimitives.ReadUInt16LittleEndian(rest[10..]);
        if ((flags & 1) != 0 || method != 0)
        {
            throw Fault(name, "the zip entry is compressed or encrypted; torch.save stores entries as they are");
        }

        ulong stored = BinaryPrimitives.ReadUInt32LittleEndian(rest[20..]);
        ulong length = BinaryPrimitives.ReadUInt32LittleEndian(rest[24..]);
        ulong header = BinaryPrimitives.ReadUInt32LittleEndian(rest[42..]);
        Widen(name, rest.Slice(CentralHeaderBytes + nameLength, extraLength), ref length, ref stored, ref header);
        if (stored != length)
        {
            throw Fault(name, $"the stored zip entry has {stored} bytes for {length}");
        }

        (long, long) place = Locate(name, nameBytes, header, length);
        if (!_entries.TryAdd(name, place))
        {
            throw Fault(name, "the zip archive holds two entries of this name");
        }

        return recordLength;
    }

    /// <summary>Takes 64-bit sizes from the zip64 extra field, which holds only those that did not fit 32 bits.</summary>
    private void Widen(string name, ReadOnlySpan<byte> extra, ref ulong length, ref ulong stored, ref ulong header)
    {
        while (extra.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            int size = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (size > extra.Length - 4)
            {
                throw Fault(name, "an extra field of the zip entry is cut off");
            }

            if (id == 1)
            {
                ReadOnlySpan<byte> field = extra.Slice(4, size);
                length = Take(name, ref field, length);
                stored = Take(name, ref field, stored);
                header = Take(name, ref field, header);
            }

            extra = extra[(4 + size)..];
        }
    }

    private ulong Take(string name, ref ReadOnlySpan<byte> field, ulong narrow)
    {
        if (narrow != uint.MaxValue)
        {
            return narrow;
        }

        if (field.Length < 8)
        {
            throw Fault(name, "the zip64 field of the zip entry is cut off");
        }

        ulong wide = BinaryPrimitives.ReadUInt64LittleEndian(field);
        field = field[8..];
        return wide;
    }

    /// <summary>Finds an entry's bytes behind its local header, all of which must lie in front of the directory.</summary>
    private (long Offset, long Length) Locate(string name, ReadOnlySpan<byte> nameBytes, ulong header, ulong length)
    {
        ulong limit = (ulong)_end.DirectoryOffset;
        if (header > limit || limit - header < LocalHeaderBytes)
        {
            throw Fault(name, $"the zip entry is said to begin at byte {header}, beyond the archive's data");
        }

        Span<byte> local = stackalloc byte[LocalHeaderBytes];
        _file.Fill((long)header, local, name);
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(local[26..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(local) != 0x04034b50 || nameLength != nameBytes.Length
            || !_file.Read((long)header + LocalHeaderBytes, nameLength, name).AsSpan().SequenceEqual(nameBytes))
        {
            throw Fault(name, "the zip entry's own header disagrees with the archive's directory");
        }

        ulong start = header + LocalHeaderBytes + (ulong)nameLength + BinaryPrimitives.ReadUInt16LittleEndian(local[28..]);
        return start <= limit && length <= limit - start
            ? ((long)start, (long)length)
            : throw Fault(name, $"the zip entry is said to have {length} bytes, more than the archive's data");
    }

    /// <summary>Entries that share bytes would let a small archive pretend to be a large one.</summary>
    private void EnsureApart()
    {
        long end = 0;
        foreach ((string name, (long offset, long length)) in _entries.OrderBy(e => e.Value.Offset).ThenBy(e => e.Value.Length))
        {
            end = offset >= end ? offset + length : throw Fault(name, "the zip entry overlaps another");
        }
    }
}
