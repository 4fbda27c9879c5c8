using System.Text.Json;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Keys of PEFT's <c>LoraConfig</c>, up to its release 0.21, that this library does not read: keys that change numbers are
/// refused if they are set, keys that change none are ignored, and unknown keys are refused if they are set.
/// </summary>
internal static class PeftKeys
{
    /// <summary>Keys that change W x + scale · B (A x), with the meaning of each.</summary>
    private static readonly (string Key, string Meaning)[] Refused =
    [
        ("use_dora", "decomposes the weights into magnitude and direction (DoRA)"),
        ("use_qalora", "pools the inputs (QALoRA)"),
        ("use_bdlora", "makes A or B block-diagonal (BD-LoRA)"),
        ("kasa_config", "takes small singular values off the weights (KaSA)"),
        ("velora_config", "compresses activations (VeLoRA)"),
        ("monteclora_config", "draws the adapter from a distribution (MonteCLoRA)"),
        ("arrow_config", "routes between adapters (Arrow)"),
        ("alora_invocation_tokens", "is switched on by tokens of the prompt (aLoRA)"),
        ("lora_bias", "adds a bias to B"),
        ("fan_in_fan_out", "stores weights transposed"),
        ("modules_to_save", "replaces whole modules"),
        ("layer_replication", "repeats layers"),
        ("target_parameters", "adapts single parameters"),
        ("trainable_token_indices", "replaces token embeddings"),
        ("megatron_config", "adapts Megatron's parallel layers"),
        ("enable_lora", "adapts parts of fused projections (PEFT before 0.3)"),
    ];

    /// <summary>Keys that change no number of a trained LoRA: bookkeeping, training, and settings of what the table above refuses
    /// where it is on.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "auto_mapping", "base_model_name_or_path", "revision", "inference_mode", "peft_version", "runtime_config", "merge_weights",
        "megatron_core", "qalora_group_size", "loftq_config", "eva_config", "corda_config", "lora_ga_config", "ensure_weight_tying",
        "lora_dtype", "lorap_lr_ratio", "lorap_emb_lr",
    };

    /// <summary>Initializations of a LoRA that do not change the base weights, so the trained A and B are complete.</summary>
    private static readonly HashSet<string> PlainBeginnings = new(StringComparer.Ordinal) { "gaussian", "eva", "orthogonal" };

    /// <summary>Refuses keys that are not read.</summary>
    /// <param name="fields">The settings, with the keys that were read.</param>
    /// <exception cref="CheckpointFormatException">A key is set that asks for other numbers, or that is not known.</exception>
    internal static void Refuse(JsonFields fields)
    {
        foreach ((string key, string meaning) in Refused)
        {
            if (fields.Find(key) is { } value && !IsUnset(value))
            {
                throw fields.Fault(
                    key, $"{JsonFields.Show(value)} is not supported: it {meaning}, and ignoring it would give wrong numbers");
            }
        }

        RefuseBeginning(fields);
        foreach (JsonProperty entry in fields.Object.EnumerateObject())
        {
            bool known = entry.Name.StartsWith('_') || Harmless.Contains(entry.Name) || fields.Asked?.Contains(entry.Name) == true;
            if (!known && !ConfigKeys.IsOff(entry.Value))
            {
                throw fields.Fault(
                    entry.Name,
                    $"{JsonFields.Show(entry.Value)}: the key is not known and might change the adapter's numbers. Remove it if it does "
                    + "not; otherwise merge the adapter into its base model with PEFT");
            }
        }
    }

    /// <summary>A list of layers may be [0], a token id 0: zero is a value here.</summary>
    private static bool IsUnset(JsonElement value) => value.ValueKind != JsonValueKind.Number && ConfigKeys.IsOff(value);

    /// <summary>PiSSA, OLoRA, CorDA, LoRA-GA and LoftQ start with a part of each weight and subtract it from the weight, so such
    /// an adapter belongs to weights that the base model's files do not contain.</summary>
    private static void RefuseBeginning(JsonFields fields)
    {
        const string Key = "init_lora_weights";
        if (fields.Find(Key) is not { } value || value.ValueKind is JsonValueKind.True or JsonValueKind.False
            || (value.ValueKind == JsonValueKind.String && PlainBeginnings.Contains(value.GetString()!)))
        {
            return;
        }

        throw fields.Fault(
            Key,
            $"{JsonFields.Show(value)} is not supported: the adapter's first values were taken off the base weights (or may have been), and "
            + "loading it as plain LoRA would give wrong numbers. Save it as plain LoRA with PEFT (save_pretrained with "
            + "path_initial_model_for_weight_conversion), or merge it into the base model there");
    }
}
