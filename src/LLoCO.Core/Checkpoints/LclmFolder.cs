using System.Text.Json;

namespace LLoCO.Core.Checkpoints;

/*
 *   model_config.json                compression_ratio, encoder_window_size, pooling, ...
 *   encoder/                         a model without a head, and its tokenizer
 *   adapter/adapter.safetensors      norm, fc1, fc2: from the encoder's width to the decoder's
 *   decoder/                         a whole model, and its tokenizer with <|memory_start|> and <|memory_end|>
 */

/// <summary>
/// The folder of an LCLM (End-to-End Context Compression at Scale; LeonLixyz/LCLM): an encoder, an adapter and a decoder that is
/// another model.
/// </summary>
internal sealed record LclmFolder
{
    /// <summary>Name of the settings.</summary>
    internal const string ConfigName = "model_config.json";

    /// <summary>Name of the decoder's folder.</summary>
    internal const string DecoderName = "decoder";

    private const string EncoderName = "encoder";
    private const int MaxBytes = 1 << 20;
    private const int MaxTokens = 1 << 20;

    /// <summary>Gets the folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Gets the tokens that become one vector (<c>compression_ratio</c>).</summary>
    public required int Ratio { get; init; }

    /// <summary>Gets the tokens that the encoder reads together (<c>encoder_window_size</c>); a multiple of the ratio.</summary>
    public required int Window { get; init; }

    /// <summary>Gets the decoder's folder.</summary>
    public string Decoder => Path.Combine(Folder, DecoderName);

    /// <summary>Gets the encoder's folder.</summary>
    public string Encoder => Path.Combine(Folder, EncoderName);

    /// <summary>Gets the file of the adapter between them.</summary>
    public string AdapterFile => Path.Combine(Folder, "adapter", "adapter.safetensors");

    /// <summary>Tells whether a folder has this layout.</summary>
    /// <param name="folder">The folder.</param>
    internal static bool IsOne(string folder) =>
        !File.Exists(Path.Combine(folder, LlamaConfigFile.FileName)) && File.Exists(Path.Combine(folder, ConfigName));

    /// <summary>Reads the settings.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="CheckpointFormatException">A part is missing, or a setting is not supported.</exception>
    internal static LclmFolder Read(string folder)
    {
        string path = Path.Combine(folder, ConfigName);
        using JsonDocument json = JsonFile.Read(path, MaxBytes);
        var fields = new JsonFields(path, json.RootElement, Asked: new HashSet<string>(StringComparer.Ordinal));
        Only("pooling", "mean");
        Only("encoder_mask_type", "causal");
        Only("adapter_type", "mlp");
        if (fields.Int("boundary_overlap", 0, MaxTokens, missing: 0) is > 0 and int overlap)
        {
            throw fields.Fault("boundary_overlap", $"{overlap} is not supported; only 0 is, as the published checkpoints have it");
        }

        fields.Int("num_adapter_layers", 0, MaxTokens, missing: 0);
        int ratio = fields.Int("compression_ratio", 1, MaxTokens);
        int window = fields.Int("encoder_window_size", ratio, MaxTokens);
        if (window % ratio != 0)
        {
            throw fields.Fault("encoder_window_size", $"{window} is not a multiple of compression_ratio, {ratio}");
        }

        RefuseOthers(fields);
        var found = new LclmFolder { Folder = folder, Ratio = ratio, Window = window };
        foreach (string part in (string[])[found.Decoder, found.Encoder])
        {
            if (File.Exists(Path.Combine(part, PeftAdapterFolder.SafetensorsName)))
            {
                throw new CheckpointFormatException(part, null, "holds a LoRA in place of a model; merge it into its base model with PEFT");
            }
        }

        return found;

        void Only(string key, string value)
        {
            if (fields.Text(key) is { } other && other != value)
            {
                throw fields.Fault(key, $"'{other}' is not supported; only '{value}' is, as the published checkpoints have it");
            }
        }
    }

    private static void RefuseOthers(JsonFields fields)
    {
        foreach (JsonProperty entry in fields.Object.EnumerateObject())
        {
            if (fields.Asked?.Contains(entry.Name) != true && !entry.Name.StartsWith('_') && !ConfigKeys.IsOff(entry.Value))
            {
                throw fields.Fault(
                    entry.Name, $"{JsonFields.Show(entry.Value)}: the key is not known and might change the vectors. Remove it if it does not");
            }
        }
    }
}
