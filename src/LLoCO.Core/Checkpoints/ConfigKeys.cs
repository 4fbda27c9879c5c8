using System.Text.Json;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Refuses keys of a <c>config.json</c> that were not read and are not known to be harmless, because a key of a newer model may
/// change its numbers.
/// </summary>
internal static class ConfigKeys
{
    /// <summary>Objects with keys that are also checked.</summary>
    private static readonly string[] Nested = ["rope_scaling", "rope_parameters"];

    /// <summary>Objects within them, one for each kind of layer.</summary>
    private static readonly string[] LayerTypes = ["full_attention", "sliding_attention"];

    /// <summary>Keys that change no number of a forward pass: bookkeeping, training, generation defaults, labels.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        // What the file is about.
        "architectures", "auto_map", "model_type", "transformers_version", "torch_dtype", "dtype", "name_or_path", "tokenizer_class",
        "finetuning_task", "task_specific_params", "problem_type", "id2label", "label2id", "num_labels", "custom_pipelines", "license",
        "transformers.js_config", "is_llama_config", "unsloth_fixed", "unsloth_version", "unsloth_processed", "model_name",
        "tokenizer_model_max_length", "model_max_length", "architecture", "language", "checkpoint_version",

        // How it runs elsewhere.
        "use_cache", "output_attentions", "output_hidden_states", "output_scores", "return_dict", "return_dict_in_generate",
        "torchscript", "tf_legacy_loss", "use_bfloat16", "pruned_heads", "chunk_size_feed_forward", "pretraining_tp",
        "use_flash_attention", "use_flash_attn", "use_flash_attention_2", "attn_implementation", "gradient_checkpointing",
        "segment_gradient_checkpointing", "use_fused_rms_norm", "use_fused_cross_entropy", "use_fused_rope", "fp16", "bf16", "fp32",

        // Training.
        "initializer_range", "attention_dropout", "hidden_dropout", "embd_pdrop", "resid_pdrop", "attn_pdrop",
        "attention_probs_dropout_prob", "hidden_dropout_prob", "mlp_dropout", "embedding_dropout", "classifier_dropout", "z_loss",
        "loss_type", "ignore_index", "initializer_factor", "use_mup",

        // Tokens; eos_token_id is read.
        "bos_token_id", "eos_token_id", "pad_token_id", "sep_token_id", "unk_token_id", "decoder_start_token_id", "bos_token",
        "eos_token", "pad_token", "unk_token", "prefix",

        // Defaults of generation, which requests set here.
        "max_length", "min_length", "max_new_tokens", "do_sample", "early_stopping", "num_beams", "num_beam_groups",
        "diversity_penalty", "temperature", "top_k", "top_p", "typical_p", "repetition_penalty", "length_penalty",
        "no_repeat_ngram_size", "encoder_no_repeat_ngram_size", "bad_words_ids", "num_return_sequences",
        "exponential_decay_length_penalty", "suppress_tokens", "begin_suppress_tokens", "forced_bos_token_id", "forced_eos_token_id",
        "remove_invalid_values",

        // Read where they say something.
        "rope_theta", "rope_scaling", "rope_parameters", "max_sequence_length", "max_position_embeddings", "max_window_layers",
        "original_max_position_embeddings", "no_rope_layer_interval", "sliding_window", "use_sliding_window", "sliding_window_pattern", "layer_types", "cache_implementation",
    };

    /// <summary>Keys of rotary settings that belong to one kind of scaling and say nothing in another.</summary>
    private static readonly HashSet<string> HarmlessOfRope = new(StringComparer.Ordinal)
    {
        "type", "rope_type", "rope_theta", "factor", "original_max_position_embeddings", "finetuned",
    };

    /// <summary>Refuses the first key that is set, was not read and is not known.</summary>
    /// <param name="fields">The configuration, with the keys that were read.</param>
    /// <exception cref="CheckpointFormatException">There is one.</exception>
    internal static void RefuseUnknown(JsonFields fields)
    {
        foreach (JsonProperty entry in fields.Object.EnumerateObject())
        {
            if (Nested.Contains(entry.Name) && entry.Value.ValueKind == JsonValueKind.Object)
            {
                RefuseUnknownOfRope(fields.Child(entry.Name)!.Value);
            }
        }

        RefuseUnknown(fields, Harmless);
    }

    private static void RefuseUnknownOfRope(JsonFields fields)
    {
        foreach (JsonProperty entry in fields.Object.EnumerateObject())
        {
            if (LayerTypes.Contains(entry.Name) && entry.Value.ValueKind == JsonValueKind.Object)
            {
                RefuseUnknown(fields.Child(entry.Name)!.Value, HarmlessOfRope);
            }
        }

        RefuseUnknown(fields, HarmlessOfRope);
    }

    /// <summary>Whether a value has no effect: null, false, zero, or an empty string, list or object.</summary>
    internal static bool IsOff(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Number => value.TryGetDouble(out double number) && number == 0,
        JsonValueKind.String => value.GetString()!.Length == 0,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };

    private static void RefuseUnknown(JsonFields fields, HashSet<string> harmless)
    {
        foreach (JsonProperty entry in fields.Object.EnumerateObject())
        {
            // A name that begins with _ is the writer's own note.
            bool known = entry.Name.StartsWith('_') || harmless.Contains(entry.Name)
                || fields.Asked?.Contains(fields.Prefix + entry.Name) == true;
            if (!known && !IsOff(entry.Value))
            {
                throw fields.Fault(
                    entry.Name,
                    $"{JsonFields.Show(entry.Value)}: the key is not known and might change the model's numbers. Remove it if it does not; "
                    + "otherwise the model is of a kind that is not supported");
            }
        }
    }
}
