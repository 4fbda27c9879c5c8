using System.Text.Json;

namespace LLoCO.Core.Checkpoints;

/// <summary>Reads and writes PEFT's <c>adapter_config.json</c> for LoRA.</summary>
internal static class PeftAdapterConfigFile
{
    public const string FileName = "adapter_config.json";

    private const int MaxBytes = 1 << 20;
    private const int MaxRank = 1 << 16;
    private const double MaxAlpha = 1e9;

    /// <summary>Reads the settings.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The settings and the rules that the weights must follow. The list of targets is filled in later, from the
    /// weights.</returns>
    public static PeftSettings Read(string path)
    {
        using JsonDocument json = JsonFile.Read(path, MaxBytes);
        return Read(new JsonFields(path, json.RootElement, Asked: new HashSet<string>(StringComparer.Ordinal)));
    }

    private static PeftSettings Read(JsonFields fields)
    {
        string type = fields.Text("peft_type") ?? throw fields.Fault("peft_type", "the key is missing");
        if (type != "LORA")
        {
            throw fields.Fault("peft_type", PeftPrefixConfig.IsPrefix(type)
                ? $"'{type}' is a key/value prefix, not a LoRA: it can stand in front of a question, but not be used here"
                : $"'{type}' is not supported; 'LORA', '{PeftPrefixConfig.Cartridge}' and '{PeftPrefixConfig.PrefixTuning}' are");
        }

        if (fields.Text("bias") is { } bias and not "none")
        {
            throw fields.Fault("bias", $"'{bias}' is not supported; only 'none' is");
        }

        if (fields.Text("task_type") is { } task and not "CAUSAL_LM")
        {
            throw fields.Fault("task_type", $"'{task}' is not supported; only 'CAUSAL_LM' is");
        }

        var config = new PeftAdapterConfig
        {
            Rank = fields.Int("r", 1, MaxRank),
            Alpha = fields.Number("lora_alpha", double.Epsilon, MaxAlpha),
            Dropout = fields.Number("lora_dropout", 0, double.BitDecrement(1), missing: 0),
            RankStabilized = fields.Flag("use_rslora", missing: false),
            RankPattern = Pattern(fields, "rank_pattern", (inner, key) => inner.Int(key, 1, MaxRank)),
            AlphaPattern = Pattern(fields, "alpha_pattern", (inner, key) => inner.Number(key, double.Epsilon, MaxAlpha)),
            TargetModules = [],
            BaseModel = fields.Text("base_model_name_or_path"),
        };
        PeftTargets targets = PeftTargets.Read(fields);
        PeftKeys.Refuse(fields);
        return new PeftSettings(config, targets, new PeftModuleScale(fields, config));
    }

    /// <summary>Refuses settings that <see cref="Read(string)"/> would refuse, before they are written.</summary>
    /// <returns>What would be read.</returns>
    public static PeftSettings Check(string path, PeftAdapterConfig config)
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

        using var written = new MemoryStream();
        Write(written, config);
        using JsonDocument json = JsonFile.Parse(path, written.ToArray());
        return Read(new JsonFields(path, json.RootElement, Asked: new HashSet<string>(StringComparer.Ordinal)));
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
        WriteScales(json, config);
        json.WriteEndObject();
    }

    /// <summary>Keys that PEFT 0.5.0 does not know, written only if they have an effect.</summary>
    private static void WriteScales(Utf8JsonWriter json, PeftAdapterConfig config)
    {
        if (config.RankStabilized)
        {
            json.WriteBoolean("use_rslora", true);
        }

        Write("rank_pattern", config.RankPattern.Select(entry => (entry.Key, (double)entry.Value)));
        Write("alpha_pattern", config.AlphaPattern.Select(entry => (entry.Key, entry.Value)));

        void Write(string key, IEnumerable<(string Pattern, double Value)> entries)
        {
            if (entries.Any())
            {
                json.WriteStartObject(key);
                foreach ((string pattern, double value) in entries)
                {
                    json.WriteNumber(pattern, value);
                }

                json.WriteEndObject();
            }
        }
    }

    /// <summary>Reads an object of module patterns; their order counts.</summary>
    private static Dictionary<string, T> Pattern<T>(JsonFields fields, string key, Func<JsonFields, string, T> read)
    {
        JsonFields? inner = fields.Child(key);
        return inner is null
            ? []
            : inner.Value.Object.EnumerateObject().ToDictionary(entry => entry.Name, entry => read(inner.Value, entry.Name));
    }
}

/// <summary>What <c>adapter_config.json</c> says.</summary>
/// <param name="Config">The settings.</param>
/// <param name="Targets">Which modules are meant.</param>
/// <param name="Scales">Rank and scale of each module.</param>
internal sealed record PeftSettings(PeftAdapterConfig Config, PeftTargets Targets, PeftModuleScale Scales);
