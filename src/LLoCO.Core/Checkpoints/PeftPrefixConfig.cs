using System.Text.Json;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Settings of a key/value prefix: PEFT's <c>adapter_config.json</c> with <c>peft_type</c> <c>CARTRIDGE</c>, or <c>PREFIX_TUNING</c>
/// without projection.
/// </summary>
internal sealed record PeftPrefixConfig
{
    /// <summary>The type whose keys and values are the trained parameters.</summary>
    internal const string Cartridge = "CARTRIDGE";

    /// <summary>The older type; the same weights where nothing projects them.</summary>
    internal const string PrefixTuning = "PREFIX_TUNING";

    private const int MaxTokens = 1 << 20;
    private const int MaxWidth = 1 << 20;

    /// <summary>Keys that change no number of a trained prefix.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "auto_mapping", "revision", "inference_mode", "peft_version", "runtime_config", "encoder_hidden_size",
    };

    /// <summary>Gets <see cref="Cartridge"/> or <see cref="PrefixTuning"/> (<c>peft_type</c>).</summary>
    public required string Kind { get; init; }

    /// <summary>Gets the positions (<c>num_virtual_tokens</c>).</summary>
    public required int Tokens { get; init; }

    /// <summary>Gets how many of the first positions training left alone (<c>num_frozen_tokens</c>).</summary>
    public int FrozenTokens { get; init; }

    /// <summary>Gets the layers (<c>num_layers</c>).</summary>
    public required int Layers { get; init; }

    /// <summary>Gets the key/value heads, whatever the name says (<c>num_attention_heads</c>).</summary>
    public required int Heads { get; init; }

    /// <summary>Gets the numbers of one layer's keys at a position, all heads together (<c>token_dim</c>).</summary>
    public required int Width { get; init; }

    /// <summary>Gets the model that it was made for, as its author named it (<c>base_model_name_or_path</c>).</summary>
    public string? BaseModel { get; init; }

    /// <summary>Gets the shape of the one tensor.</summary>
    public long[] Shape => [Tokens, 2L * Layers * Width];

    /// <summary>Whether settings of this type are a key/value prefix.</summary>
    internal static bool IsPrefix(string? type) => type is Cartridge or PrefixTuning;

    /// <summary>Reads the settings.</summary>
    /// <param name="fields">The file's object.</param>
    /// <exception cref="CheckpointFormatException">A key is missing, or asks for something that is not supported.</exception>
    internal static PeftPrefixConfig Read(JsonFields fields)
    {
        string type = fields.Text("peft_type") ?? throw fields.Fault("peft_type", "the key is missing");
        if (!IsPrefix(type))
        {
            throw fields.Fault("peft_type", $"'{type}' is no key/value prefix; '{Cartridge}' and '{PrefixTuning}' are");
        }

        if (fields.Text("task_type") is { } task and not "CAUSAL_LM")
        {
            throw fields.Fault("task_type", $"'{task}' is not supported; only 'CAUSAL_LM' is");
        }

        if (fields.Flag("prefix_projection", missing: false))
        {
            throw fields.Fault(
                "prefix_projection",
                "true is not supported: a network would make the keys and values. Save them as a CARTRIDGE of the same model, or train "
                + "without projection");
        }

        fields.Int("num_transformer_submodules", 1, 1, missing: 1);
        int tokens = fields.Int("num_virtual_tokens", 1, MaxTokens);
        var config = new PeftPrefixConfig
        {
            Kind = type,
            Tokens = tokens,
            FrozenTokens = type == Cartridge ? fields.Int("num_frozen_tokens", 0, tokens, missing: 0) : 0,
            Layers = fields.Int("num_layers", 1, MaxWidth),
            Heads = fields.Int("num_attention_heads", 1, MaxWidth),
            Width = fields.Int("token_dim", 1, MaxWidth),
            BaseModel = fields.Text("base_model_name_or_path"),
        };
        if (config.Width % config.Heads != 0)
        {
            throw fields.Fault("token_dim", $"{config.Width} is not a multiple of num_attention_heads, {config.Heads}");
        }

        RefuseOthers(fields);
        return config;
    }

    /// <summary>Writes the settings as PEFT does: all keys, sorted, for answers.</summary>
    internal void Write(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteNull("auto_mapping");
        json.WriteString("base_model_name_or_path", BaseModel);
        if (Kind == PrefixTuning)
        {
            json.WriteNumber("encoder_hidden_size", Width);
        }

        json.WriteBoolean("inference_mode", true);
        json.WriteNumber("num_attention_heads", Heads);
        if (Kind == Cartridge)
        {
            json.WriteNumber("num_frozen_tokens", FrozenTokens);
        }

        json.WriteNumber("num_layers", Layers);
        json.WriteNumber("num_transformer_submodules", 1);
        json.WriteNumber("num_virtual_tokens", Tokens);
        json.WriteString("peft_type", Kind);
        if (Kind == PrefixTuning)
        {
            json.WriteBoolean("prefix_projection", false);
        }

        json.WriteNull("revision");
        json.WriteString("task_type", "CAUSAL_LM");
        json.WriteNumber("token_dim", Width);
        json.WriteEndObject();
    }

    private static void RefuseOthers(JsonFields fields)
    {
        foreach (JsonProperty entry in fields.Object.EnumerateObject())
        {
            bool known = entry.Name.StartsWith('_') || Harmless.Contains(entry.Name) || fields.Asked?.Contains(entry.Name) == true;
            if (!known && !ConfigKeys.IsOff(entry.Value))
            {
                throw fields.Fault(
                    entry.Name,
                    $"{JsonFields.Show(entry.Value)}: the key is not known for a key/value prefix and might change its numbers. Remove it "
                    + "if it does not");
            }
        }
    }
}
