namespace LLoCO.Core.Checkpoints;

/// <summary>Describes the contents of a folder without supported weights.</summary>
internal static class ForeignFolder
{
    private const string Wanted = "neither model.safetensors nor pytorch_model.bin, nor an index of either";

    /// <summary>File patterns of other forms, and what each is.</summary>
    private static readonly (string Pattern, string Found)[] Forms =
    [
        ("*.gguf", "GGUF, llama.cpp's format, whose weights are mostly quantized and are not read"),
        ("*.ggml", "GGML, the format of llama.cpp's first years, which is not read"),
        ("consolidated*", "the original layout of the model's makers (consolidated), not Hugging Face's"),
        ("tf_model*.h5", "weights for TensorFlow"),
        ("flax_model*", "weights for Flax"),
        ("*.onnx", "an ONNX program"),
        ("*.mlmodel", "a Core ML program"),
        ("adapter_model.*", "an adapter, which needs its base model (--adapter FOLDER with --model of the base)"),
    ];

    /// <summary>Describes a folder in which no weights were found.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>What is missing, what is there instead, and the remedy.</returns>
    internal static string DescribeMissingWeights(string folder)
    {
        foreach ((string pattern, string found) in Forms)
        {
            string? first = Directory.Exists(folder)
                ? Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal).FirstOrDefault()
                : null;
            if (first is not null)
            {
                return $"the folder holds no weights that are read ({Wanted}); it holds {Path.GetFileName(first)}: {found}. "
                    + "Fetch the Hugging Face checkpoint in float16, bfloat16 or float32 (hf download NAME --local-dir FOLDER)";
            }
        }

        string[] loose = Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*.safetensors").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)]
            : [];
        return $"the folder holds no weights: {Wanted}"
            + (loose.Length == 0 ? string.Empty
                : $". It holds {loose[0]}: shards need their model.safetensors.index.json, a single file the name model.safetensors");
    }
}
