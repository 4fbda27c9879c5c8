using System.Buffers.Binary;

namespace LLoCO.Core.Checkpoints;

/// <summary>The end record of a zip archive, which says where its directory lies.</summary>
/// <param name="Entries">Number of entries.</param>
/// <param name="DirectoryOffset">First byte of the directory.</param>
/// <param name="DirectoryLength">Bytes of the directory; at most <see cref="MaxDirectoryBytes"/>.</param>
internal readonly record struct ZipEnd(long Entries, long DirectoryOffset, long DirectoryLength)
{
    /// <summary>A checkpoint has some hundred entries of about 100 bytes; a cache of half a million documents fits too.</summary>
    private const long MaxDirectoryBytes = 64L << 20;

    private const int EndBytes = 22;
    private const int LocatorBytes = 20;
    private const int WideEndBytes = 56;

    /// <summary>Finds and checks the end record.</summary>
    /// <exception cref="CheckpointFormatException">There is none, or it contradicts the file's length.</exception>
    public static ZipEnd Read(BinaryFile file)
    {
        EnsureZip(file);
        int tailLength = (int)Math.Min(file.Length, EndBytes + ushort.MaxValue);
        byte[] tail = file.Read(file.Length - tailLength, tailLength, null);
        for (int at = tailLength - EndBytes; at >= 0; at--)
        {
            ReadOnlySpan<byte> record = tail.AsSpan(at);
            if (BinaryPrimitives.ReadUInt32LittleEndian(record) == 0x06054b50
                && BinaryPrimitives.ReadUInt16LittleEndian(record[20..]) == record.Length - EndBytes)
            {
                return Read(file, record, file.Length - tailLength + at);
            }
        }

        throw new CheckpointFormatException(file.Path, null, "the zip archive is cut off: its directory is missing");
    }

    private static void EnsureZip(BinaryFile file)
    {
        ForeignFile.Refuse(file);
        if (file.Length < EndBytes || BinaryPrimitives.ReadUInt32LittleEndian(file.Read(0, 4, null)) != 0x04034b50)
        {
            throw new CheckpointFormatException(
                file.Path,
                null,
                "the file is not a zip archive as torch.save writes it since PyTorch 1.6; load it with Python and save it anew, "
                + "best as safetensors");
        }
    }

    private static ZipEnd Read(BinaryFile file, ReadOnlySpan<byte> record, long position)
    {
        ulong entries = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        ulong length = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);
        ulong offset = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        if (position >= LocatorBytes)
        {
            ReadOnlySpan<byte> locator = file.Read(position - LocatorBytes, LocatorBytes, null);
            if (BinaryPrimitives.ReadUInt32LittleEndian(locator) == 0x07064b50)
            {
                position = WidePosition(file, BinaryPrimitives.ReadUInt64LittleEndian(locator[8..]), position - LocatorBytes);
                ReadOnlySpan<byte> wide = file.Read(position, WideEndBytes, null);
                entries = BinaryPrimitives.ReadUInt64LittleEndian(wide[32..]);
                length = BinaryPrimitives.ReadUInt64LittleEndian(wide[40..]);
                offset = BinaryPrimitives.ReadUInt64LittleEndian(wide[48..]);
            }
        }

        if (offset > (ulong)position || length > (ulong)position - offset || length > MaxDirectoryBytes || entries > length / 46)
        {
            throw new CheckpointFormatException(
                file.Path,
                null,
                $"the zip directory is said to have {entries} entries in {length} bytes at byte {offset}, which cannot be");
        }

        return new ZipEnd((long)entries, (long)offset, (long)length);
    }

    private static long WidePosition(BinaryFile file, ulong position, long limit)
    {
        if (limit < WideEndBytes || position > (ulong)(limit - WideEndBytes)
            || BinaryPrimitives.ReadUInt32LittleEndian(file.Read((long)position, 4, null)) != 0x06064b50)
        {
            throw new CheckpointFormatException(file.Path, null, "the zip64 end record is not where its locator says");
        }

        return (long)position;
    }
}
