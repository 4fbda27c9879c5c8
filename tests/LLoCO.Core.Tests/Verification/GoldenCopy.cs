using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using LLoCO.Core.Tests.Checkpoints;

namespace LLoCO.Core.Tests.Verification;

/// <summary>A copy of a golden case in which single values are changed.</summary>
internal sealed class GoldenCopy : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lloco-golden-");

    public GoldenCopy(string name)
    {
        string source = Goldens.Path(name);
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string target = PathOf(Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    public string Folder => _folder.FullName;

    public string PathOf(string file) => Path.Combine(_folder.FullName, file);

    /// <summary>Changes the last number of a tensor: adds 0.01, or 1 to an integer.</summary>
    public void ChangeNumber(string file, string tensor)
    {
        (JsonObject header, byte[] data) = Read(file);
        long end = header[tensor]!["data_offsets"]![1]!.GetValue<long>();
        if (header[tensor]!["dtype"]!.GetValue<string>() == "I64")
        {
            Span<byte> number = data.AsSpan((int)end - 8, 8);
            BinaryPrimitives.WriteInt64LittleEndian(number, BinaryPrimitives.ReadInt64LittleEndian(number) + 1);
        }
        else
        {
            Span<byte> number = data.AsSpan((int)end - 4, 4);
            BinaryPrimitives.WriteSingleLittleEndian(number, BinaryPrimitives.ReadSingleLittleEndian(number) + 0.01f);
        }

        Write(file, header, data);
    }

    /// <summary>Renames a tensor: the old name is missing, the new one is left over.</summary>
    public void Rename(string file, string tensor, string other)
    {
        (JsonObject header, byte[] data) = Read(file);
        JsonNode entry = header[tensor]!.DeepClone();
        header.Remove(tensor);
        header.Add(other, entry);
        Write(file, header, data);
    }

    /// <summary>Changes goldens.json.</summary>
    public void ChangeJson(Action<JsonObject> change)
    {
        string file = PathOf("goldens.json");
        JsonObject json = JsonNode.Parse(File.ReadAllBytes(file))!.AsObject();
        change(json);
        File.WriteAllText(file, json.ToJsonString());
    }

    /// <summary>Finds a number by its place, <c>compress[0].segment_token_counts[1]</c>, and adds to it.</summary>
    public void ChangeJsonNumber(string place, double by) => ChangeJson(json =>
    {
        JsonNode node = json;
        foreach (string step in place.Replace("[", ".[", StringComparison.Ordinal).Split('.'))
        {
            node = step[0] == '[' ? node[int.Parse(step[1..^1])]! : node[step]!;
        }

        double number = node.GetValue<double>() + by;
        node.ReplaceWith(number == Math.Floor(number) ? JsonValue.Create((long)number) : JsonValue.Create(number));
    });

    public void Dispose() => _folder.Delete(recursive: true);

    private (JsonObject Header, byte[] Data) Read(string file)
    {
        byte[] bytes = File.ReadAllBytes(PathOf(file));
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        return (JsonNode.Parse(bytes.AsSpan(8, length))!.AsObject(), bytes[(8 + length)..]);
    }

    private void Write(string file, JsonObject header, byte[] data)
    {
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        File.WriteAllBytes(PathOf(file), [.. length, .. text, .. data]);
    }
}
