using LLama.Native;
using LLoCO.Core.Families;

namespace LLoCO.LlamaCpp;

/// <summary>Finds or makes the GGUF files of a shape.</summary>
internal static class PeerFiles
{
    /// <summary>Finds the file of a format.</summary>
    /// <param name="folder">Where the files are kept.</param>
    /// <param name="shape">Name of the shape.</param>
    /// <param name="config">The shape.</param>
    /// <param name="format">bf16 (BF16), int8 (Q8_0) or int4 (Q4_0): the same bits per weight.</param>
    public static string Find(string folder, string shape, LlamaConfig config, string format)
    {
        string stored = FindStored(Path.Combine(folder, $"{shape}-bf16.gguf"), config);
        string wanted = Path.Combine(folder, $"{shape}-{format}.gguf");
        if (!File.Exists(wanted))
        {
            string temporary = wanted + ".part";
            Quantize(stored, temporary, format == "int8" ? LLamaFtype.MOSTLY_Q8_0 : LLamaFtype.MOSTLY_Q4_0);
            File.Move(temporary, wanted);
        }

        return wanted;
    }

    /// <summary>Finds the file of a model with as many layers, and heads for keys and values, and little else.</summary>
    /// <param name="folder">Where the files are kept.</param>
    /// <param name="shape">Name of the shape.</param>
    /// <param name="config">The shape.</param>
    public static string FindFiller(string folder, string shape, LlamaConfig config) => FindStored(
        Path.Combine(folder, $"{shape}-filler.gguf"),
        config with { HiddenSize = 64, IntermediateSize = 64, VocabularySize = 256, Heads = config.KeyValueHeads });

    private static string FindStored(string path, LlamaConfig config)
    {
        if (!File.Exists(path))
        {
            string temporary = path + ".part";
            GgufWriter.Write(temporary, config);
            File.Move(temporary, path);
        }

        return path;
    }

    /// <summary>Every matrix alike, the embedding and the head too.</summary>
    private static void Quantize(string from, string to, LLamaFtype type)
    {
        NativeApi.llama_empty_call();
        NativeLogConfig.llama_log_set((_, _) => { });
        LLamaModelQuantizeParams settings = LLamaModelQuantizeParams.Default();
        settings.ftype = type;
        settings.pure = true;
        settings.quantize_output_tensor = true;
        settings.nthread = Environment.ProcessorCount;
        if (NativeApi.llama_model_quantize(from, to, ref settings) != 0)
        {
            throw new InvalidOperationException($"llama.cpp could not quantize {from}.");
        }
    }
}
