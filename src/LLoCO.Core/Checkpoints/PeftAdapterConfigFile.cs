using System.Text.Json;

namespace LLoCO.Core.Checkpoints;

/// <summary>Reads and writes PEFT's <c>adapter_config.json</c> for LoRA.</summary>
internal static class PeftAdapterConfigFile
{
    public const string FileName = "adapter_config.json";

    private const int MaxBytes = 1 << 20;
    private const int MaxRank = 1 << 16;
    private const double MaxAlpha = 1e9;

    /// <summary>Keys that ask for other numbers than W x + alpha / r · B (A x), with what each would mean.</summary>
    private static readonly (string Key, string Meaning)[] Unsupported =
    [
        ("use_rslora", "scales by alpha / sqrt(r)"),
        ("use_dora", "decomposes the weights into magnitude and direction"),
        ("use_qalora", "pools the inputs"),
        ("lora_bias", "adds a bias to B"),
        ("fan_in_fan_out", "stores weights transposed"),
        ("modules_to_save", "replaces whole modules"),
        ("rank_pattern", "gives modules ranks of their own"),
        ("alpha_pattern", "gives modules scales of their own"),
        ("layers_to_transform", "adapts some layers only"),
        ("layers_pattern", "adapts some layers only"),
        ("layer_replication", "repeats layers"),
        ("exclude_modules", "leaves modules out"),
        ("target_parameters", "adapts single parameters"),
        ("trainable_token_indices", "replaces token embeddings"),
        ("alora_invocation_tokens", "is switched on by a token"),
        ("arrow_config", "routes between adapters"),
    ];

    public static PeftAdapterConfig Read(string path)
    {
        using JsonDocument json = JsonFile.Read(path, MaxBytes);
        var fields = new JsonFields(path, json.RootElement);
        string type = fields.Text("peft_type") ?? throw fields.Fault("peft_type", "the key is missing");
        if (type != "LORA")
        {
            throw fields.Fault("peft_type", $"'{type}' is not supported; only 'LORA' is");
        }

        if (fields.Text("bias") is { } bias and not "none")
        {
            throw fields.Fault("bias", $"'{bias}' is not supported; only 'none' is");
        }

        if (fields.Text("task_type") is { } task and not "CAUSAL_LM")
        {
            throw fields.Fault("task_type", $"'{task}' is not supported; only 'CAUSAL_LM' is");
        }

        foreach ((string key, string meaning) in Unsupported)
        {
            if (fields.Find(key) is { } value && IsSet(value))
            {
                throw fields.Fault(
                    key, $"{JsonFields.Show(value)} is not supported: it {meaning}, and ignoring it would give wrong numbers");
            }
        }

        return new PeftAdapterConfig
        {
            Rank = fields.Int("r", 1, MaxRank),
            Alpha = fields.Number("lora_alpha", double.Epsilon, MaxAlpha),
            Dropout = fields.Number("lora_dropout", 0, double.BitDecrement(1), missing: 0),
            TargetModules = Targets(fields),
            BaseModel = fields.Text("base_model_name_or_path"),
        };
    }

    /// <summary>Refuses settings that <see cref="Read"/> would refuse, before they are written.</summary>
    public static void Check(string path, PeftAdapterConfig config)
    {
        if (config.Rank is < 1 or > MaxRank)
        {
            throw new CheckpointFormatException(path, "r", $"{config.Rank} is outside 1 to {MaxRank}");
        }

        if (config.Alpha is not (> 0 and <= MaxAlpha))
        {
            throw new CheckpointFormatException(path, "lora_alpha", $"{config.Alpha} is not above 0 and at most {MaxAlpha}");
        }

        if (config.Dropout is not (>= 0 and < 1))
        {
            throw new CheckpointFormatException(path, "lora_dropout", $"{config.Dropout} is not in [0, 1)");
        }
    }

    /// <summary>Writes all keys of PEFT 0.5.0, sorted as it sorts them; later versions read them too.</summary>
    public static void Write(Stream stream, PeftAdapterConfig config)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNull("auto_mapping");
        json.WriteString("base_model_name_or_path", config.BaseModel);
        json.WriteString("bias", "none");
        json.WriteBoolean("fan_in_fan_out", false);
        json.WriteBoolean("inference_mode", true);
        json.WriteBoolean("init_lora_weights", true);
        json.WriteNull("layers_pattern");
        json.WriteNull("layers_to_transform");
        json.WriteNumber("lora_alpha", config.Alpha);
        json.WriteNumber("lora_dropout", config.Dropout);
        json.WriteNull("modules_to_save");
        json.WriteString("peft_type", "LORA");
        json.WriteNumber("r", config.Rank);
        json.WriteNull("revision");
        json.WriteStartArray("target_modules");
        foreach (string module in config.TargetModules)
        {
            json.WriteStringValue(module);
        }

        json.WriteEndArray();
        json.WriteString("task_type", "CAUSAL_LM");
        json.WriteEndObject();
    }

    private static bool IsSet(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.False => false,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => true,
    };

    private static IReadOnlyList<string> Targets(JsonFields fields)
    {
        const string Key = "target_modules";
        if (fields.Find(Key) is not { } value)
        {
            throw fields.Fault(Key, "the key is missing");
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            throw fields.Fault(Key, $"{JsonFields.Show(value)} is not a list; patterns are not supported");
        }

        var targets = new List<string>();
        foreach (JsonElement item in value.EnumerateArray())
        {
            string? module = item.ValueKind == JsonValueKind.String ? item.GetString() : null;
            if (module is null || PeftTensorName.BlockOf(module) is null || targets.Contains(module))
            {
                throw fields.Fault(Key, $"{JsonFields.Show(item)} stands twice or is not one of {PeftTensorName.ModuleList}");
            }

            targets.Add(module);
        }

        return targets.Count > 0 ? targets : throw fields.Fault(Key, "the list is empty");
    }
}
