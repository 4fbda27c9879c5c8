using System.Buffers.Binary;
using System.IO.Compression;
using LLoCO.Core.Tests.Checkpoints;

namespace LLoCO.Core.Tests.Fuzzing;

/// <summary>Damage within the parts of tensor files, which stay whole around it: the header of safetensors, the pickle of
/// <c>torch.save</c>.</summary>
internal static class TensorFileDamage
{
    private const int LengthBytes = 8;

    /// <summary>Damages the JSON of a safetensors header; its length is right afterwards.</summary>
    public static byte[] Header(byte[] file, Dice dice)
    {
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        byte[] header = file[LengthBytes..(LengthBytes + length)];
        header = dice.Once(4) ? ByteDamage.Make(header, dice) : JsonDamage.Whole(header, dice);
        byte[] size = new byte[LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(size, header.Length);
        return [.. size, .. header, .. file[(LengthBytes + length)..]];
    }

    /// <summary>Damages an entry of a torch archive, mostly the pickle; the archive around it is right.</summary>
    public static byte[] Pickle(byte[] file, Dice dice)
    {
        List<(string Name, byte[] Bytes)> entries = [];
        using (var zip = new ZipArchive(new MemoryStream(file)))
        {
            foreach (ZipArchiveEntry entry in zip.Entries)
            {
                using Stream stream = entry.Open();
                var bytes = new MemoryStream();
                stream.CopyTo(bytes);
                entries.Add((entry.FullName, bytes.ToArray()));
            }
        }

        int pickle = entries.FindIndex(entry => entry.Name.EndsWith("data.pkl", StringComparison.Ordinal));
        int at = pickle < 0 || dice.Once(8) ? dice.Next(entries.Count) : pickle;
        entries[at] = (entries[at].Name, ByteDamage.Make(entries[at].Bytes, dice));
        var result = new MemoryStream();
        TorchFile.WriteEntries(result, entries);
        return result.ToArray();
    }
}
