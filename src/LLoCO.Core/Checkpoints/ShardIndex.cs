using System.Text.Json;

namespace LLoCO.Core.Checkpoints;

/// <summary>A <c>*.index.json</c>: which shard holds which tensor.</summary>
internal sealed class ShardIndex
{
    private const int MaxBytes = 100_000_000;
    private readonly Dictionary<string, string> _shardOf = new(StringComparer.Ordinal);

    private ShardIndex(string path) => Path = path;

    public string Path { get; }

    /// <summary>Gets the file name of each tensor's shard; a plain name, in the index's own folder.</summary>
    public IReadOnlyDictionary<string, string> ShardOf => _shardOf;

    /// <summary>Reads and checks an index.</summary>
    /// <exception cref="CheckpointFormatException">It is damaged, or names a file outside its folder.</exception>
    public static ShardIndex Read(string path)
    {
        using JsonDocument json = JsonFile.Read(path, MaxBytes);
        var index = new ShardIndex(path);
        JsonFields map = new JsonFields(path, json.RootElement).Child("weight_map")
            ?? throw new CheckpointFormatException(path, "weight_map", "the key is missing");
        foreach (JsonProperty entry in map.Object.EnumerateObject())
        {
            string? shard = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString() : null;
            index._shardOf.Add(entry.Name, IsPlainName(shard) ? shard! : throw new CheckpointFormatException(
                path,
                entry.Name,
                $"its shard {JsonFields.Show(entry.Value)} is not the plain name of a file in the same folder"));
        }

        return index.ShardOf.Count > 0 ? index : throw new CheckpointFormatException(path, "weight_map", "it names no tensors");
    }

    /// <summary>Checks that a shard holds exactly the tensors that the index places in it.</summary>
    public void EnsureAgrees(string shardPath, string shard, IEnumerable<string> expected, ITensorSource source)
    {
        foreach (string name in expected)
        {
            if (!source.Tensors.ContainsKey(name))
            {
                throw new CheckpointFormatException(
                    shardPath, name, "the index places this tensor in this shard, which does not hold it");
            }
        }

        foreach (string name in source.Tensors.Keys)
        {
            if (!ShardOf.TryGetValue(name, out string? owner))
            {
                throw new CheckpointFormatException(
                    shardPath, name, $"the shard holds this tensor, which '{Path}' does not name");
            }

            if (owner != shard)
            {
                throw new CheckpointFormatException(shardPath, name, $"the tensor is here and, by the index, in '{owner}' too");
            }
        }
    }

    /// <summary>Anything with a separator, a drive or dots only could leave the folder, on one system or another.</summary>
    private static bool IsPlainName(string? name) =>
        !string.IsNullOrWhiteSpace(name) && name.AsSpan().IndexOfAny("/\\:\0") < 0 && name.Trim('.').Length > 0;
}
