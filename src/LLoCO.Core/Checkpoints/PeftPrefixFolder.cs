using System.Text.Json;

namespace LLoCO.Core.Checkpoints;

/*
 *   prompt_embeddings   [tokens, layers * 2 * width]
 *   one row             [ keys of layer 0 | values of layer 0 | keys of layer 1 | ... ]   each [kv heads, head]
 *
 * The keys are rotated already: a position of the prefix has the angle at which it was computed, and the first position behind
 * the prefix is number num_virtual_tokens.
 */

/// <summary>
/// A key/value prefix as PEFT stores it: <c>adapter_config.json</c> and one tensor <c>prompt_embeddings</c> in
/// <c>adapter_model.safetensors</c> or <c>adapter_model.bin</c>.
/// </summary>
internal sealed class PeftPrefixFolder : IDisposable
{
    /// <summary>Name of the one tensor.</summary>
    internal const string TensorName = "prompt_embeddings";

    private const int MaxConfigBytes = 1 << 20;

    private PeftPrefixFolder(string path, PeftPrefixConfig config, byte[] configBytes, ITensorSource tensors, string file)
    {
        Path = path;
        Config = config;
        ConfigBytes = configBytes;
        Tensors = tensors;
        File = file;
    }

    /// <summary>Gets the folder.</summary>
    public string Path { get; }

    /// <summary>Gets the settings.</summary>
    public PeftPrefixConfig Config { get; }

    /// <summary>Gets <c>adapter_config.json</c> as it is, to write it back unchanged.</summary>
    public byte[] ConfigBytes { get; }

    /// <summary>Gets the weights; disposed with this folder.</summary>
    public ITensorSource Tensors { get; }

    /// <summary>Gets the file of the weights.</summary>
    public string File { get; }

    /// <summary>Gets the tensor's form in the file.</summary>
    public TensorInfo Tensor => Tensors.Tensors[TensorName];

    /// <summary>Tells whether a PEFT folder holds a key/value prefix rather than a LoRA, by its <c>peft_type</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="CheckpointFormatException">It has no readable <c>adapter_config.json</c>.</exception>
    public static bool IsOne(string folder)
    {
        string path = System.IO.Path.Combine(folder, PeftAdapterConfigFile.FileName);
        using JsonDocument json = JsonFile.Read(path, MaxConfigBytes);
        return PeftPrefixConfig.IsPrefix(new JsonFields(path, json.RootElement).Text("peft_type"));
    }

    /// <summary>Opens a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The opened prefix, to be disposed.</returns>
    /// <exception cref="CheckpointFormatException">A file is missing or damaged, the settings are not supported, or the weights do not
    /// fit them.</exception>
    public static PeftPrefixFolder Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        byte[] bytes = ReadConfig(System.IO.Path.Combine(folder, PeftAdapterConfigFile.FileName), out PeftPrefixConfig config);
        ITensorSource source = PeftAdapterFolder.OpenWeights(folder, out string file);
        try
        {
            Check(source, file, config);
            return new PeftPrefixFolder(folder, config, bytes, source, file);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Writes a prefix that <see cref="Open"/> and PEFT read.</summary>
    /// <param name="folder">The folder; made if it is not there. Other files in it stay.</param>
    /// <param name="config">The settings.</param>
    /// <param name="type">The numbers' format.</param>
    /// <param name="write">Passes the tensor's bytes on, row by row.</param>
    /// <param name="configBytes">The settings as they are in a file; written anew with <see langword="null"/>.</param>
    public static void Write(
        string folder, PeftPrefixConfig config, ElementType type, Action<TensorWriter> write, byte[]? configBytes = null)
    {
        Directory.CreateDirectory(folder);
        long[] shape = config.Shape;
        var tensor = new TensorInfo(TensorName, type, shape, shape[0] * shape[1] * type.Size());
        SafetensorsWriter.Write(
            System.IO.Path.Combine(folder, PeftAdapterFolder.SafetensorsName),
            [tensor],
            (_, destination) => write(destination),
            new Dictionary<string, string> { ["format"] = "pt" });
        AtomicFile.Write(System.IO.Path.Combine(folder, PeftAdapterConfigFile.FileName), stream =>
        {
            if (configBytes is null)
            {
                config.Write(stream);
            }
            else
            {
                stream.Write(configBytes);
            }
        });
    }

    /// <summary>Writes this prefix to another folder: the same settings and numbers, byte for byte.</summary>
    /// <param name="folder">The folder.</param>
    public void CopyTo(string folder) =>
        Write(folder, Config, Tensor.ElementType, destination => Tensors.CopyTo(TensorName, destination), ConfigBytes);

    /// <summary>Closes the weights.</summary>
    public void Dispose() => Tensors.Dispose();

    private static byte[] ReadConfig(string path, out PeftPrefixConfig config)
    {
        using BinaryFile file = BinaryFile.Open(path);
        if (file.Length > MaxConfigBytes)
        {
            throw new CheckpointFormatException(
                path, null, $"{file.Length} bytes are too many for this file; at most {MaxConfigBytes} are read");
        }

        byte[] bytes = file.Read(0, (int)file.Length, null);
        ForeignFile.Refuse(path, bytes.AsSpan(0, Math.Min(bytes.Length, ForeignFile.HeadBytes)));
        using JsonDocument json = JsonFile.Parse(path, bytes);
        config = PeftPrefixConfig.Read(
            new JsonFields(path, json.RootElement, Asked: new HashSet<string>(StringComparer.Ordinal)));
        return bytes;
    }

    private static void Check(ITensorSource source, string file, PeftPrefixConfig config)
    {
        foreach (string name in source.Tensors.Keys)
        {
            if (name != TensorName)
            {
                throw new CheckpointFormatException(
                    file, name, $"the tensor is not '{TensorName}', the only one of a key/value prefix; PEFT would leave it out");
            }
        }

        if (!source.Tensors.TryGetValue(TensorName, out TensorInfo? tensor))
        {
            throw new CheckpointFormatException(file, TensorName, "the tensor is missing");
        }

        if (!tensor.ElementType.IsFloat() || !tensor.Shape.SequenceEqual(config.Shape))
        {
            throw new CheckpointFormatException(
                file,
                TensorName,
                $"{tensor.ElementType} {ElementTypes.Show(tensor.Shape)} is not {ElementTypes.Show(config.Shape)}, [num_virtual_tokens, "
                + "num_layers * 2 * token_dim], in floating-point numbers");
        }
    }
}
