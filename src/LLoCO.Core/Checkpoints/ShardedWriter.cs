using System.Globalization;
using System.Text.Json;

namespace LLoCO.Core.Checkpoints;

/// <summary>Writes weights as Hugging Face lays them out: one file, or shards with an index.</summary>
internal static class ShardedWriter
{
    /// <summary>Writes weights; a folder that is opened before the last file is there is refused, not half read.</summary>
    /// <param name="folder">The folder; made if it is not there. It should hold no other weights.</param>
    /// <param name="tensors">The weights, in the order in which they go into shards.</param>
    /// <param name="write">Called once per tensor; passes its bytes on.</param>
    /// <param name="format">The kind of files.</param>
    /// <param name="shardBytes">Most bytes of weights in one file; a larger tensor gets a file of its own.</param>
    /// <returns>The files with weights.</returns>
    internal static IReadOnlyList<string> Write(
        string folder,
        IReadOnlyList<TensorInfo> tensors,
        Action<TensorInfo, TensorWriter> write,
        WeightFormat format,
        long shardBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardBytes, 1);
        Directory.CreateDirectory(folder);
        List<List<TensorInfo>> shards = Split(tensors, shardBytes);
        (string stem, string extension) =
            format == WeightFormat.Safetensors ? ("model", ".safetensors") : ("pytorch_model", ".bin");
        var files = new List<string>();
        for (int i = 0; i < shards.Count; i++)
        {
            string name = shards.Count == 1
                ? stem + extension
                : string.Create(CultureInfo.InvariantCulture, $"{stem}-{i + 1:00000}-of-{shards.Count:00000}{extension}");
            files.Add(Path.Combine(folder, name));
            if (format == WeightFormat.Safetensors)
            {
                // transformers refuses a file whose header does not say which framework wrote it.
                SafetensorsWriter.Write(files[i], shards[i], write, new Dictionary<string, string> { ["format"] = "pt" });
            }
            else
            {
                TorchArchiveWriter.Write(files[i], shards[i], write);
            }
        }

        if (shards.Count > 1)
        {
            WriteIndex(Path.Combine(folder, $"{stem}{extension}.index.json"), shards, files);
        }

        return files;
    }

    private static List<List<TensorInfo>> Split(IReadOnlyList<TensorInfo> tensors, long shardBytes)
    {
        var shards = new List<List<TensorInfo>> { new() };
        long filled = 0;
        foreach (TensorInfo tensor in tensors)
        {
            if (filled > 0 && filled + tensor.ByteLength > shardBytes)
            {
                shards.Add([]);
                filled = 0;
            }

            shards[^1].Add(tensor);
            filled += tensor.ByteLength;
        }

        return shards;
    }

    private static void WriteIndex(string path, List<List<TensorInfo>> shards, List<string> files) =>
        AtomicFile.Write(path, stream =>
        {
            using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", shards.Sum(shard => shard.Sum(tensor => tensor.ByteLength)));
            json.WriteEndObject();
            json.WriteStartObject("weight_map");
            for (int i = 0; i < shards.Count; i++)
            {
                foreach (TensorInfo tensor in shards[i])
                {
                    json.WriteString(tensor.Name, Path.GetFileName(files[i]));
                }
            }

            json.WriteEndObject();
            json.WriteEndObject();
        });
}

/// <summary>Kind of weight files.</summary>
internal enum WeightFormat
{
    /// <summary><c>model.safetensors</c>.</summary>
    Safetensors = 0,

    /// <summary><c>pytorch_model.bin</c>, as <c>torch.save</c> writes it.</summary>
    Torch = 1,
}
