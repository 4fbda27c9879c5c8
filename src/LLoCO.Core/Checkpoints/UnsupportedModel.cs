using System.Text.Json;
using LLoCO.Core.Families;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Unsupported kinds of models, recognized by their <c>config.json</c>: quantized weights, mixtures of experts, and models for
/// images or sound. Each is refused by its name before anything is loaded.
/// </summary>
internal static class UnsupportedModel
{
    private const string Plain =
        "use the float16, bfloat16 or float32 checkpoint, the one that this was quantized from";

    private const string Dense = "Use a dense model of the family";

    private const string TextOnly = "Use the family's text model";

    /// <summary>Values of <c>quant_method</c> and how their makers write them.</summary>
    private static readonly Dictionary<string, string> Quantizers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["gptq"] = "GPTQ",
        ["awq"] = "AWQ",
        ["bitsandbytes"] = "bitsandbytes",
        ["fp8"] = "FP8",
        ["fbgemm_fp8"] = "FP8 (FBGEMM)",
        ["compressed-tensors"] = "compressed-tensors",
        ["mxfp4"] = "MXFP4",
        ["aqlm"] = "AQLM",
        ["hqq"] = "HQQ",
        ["eetq"] = "EETQ",
        ["quanto"] = "Quanto",
        ["torchao"] = "torchao",
        ["auto-round"] = "AutoRound",
        ["bitnet"] = "BitNet",
        ["higgs"] = "HIGGS",
        ["vptq"] = "VPTQ",
        ["spqr"] = "SpQR",
        ["modelopt"] = "ModelOpt",
    };

    /// <summary>Keys of which a number above one says that a layer has experts.</summary>
    private static readonly string[] ExpertKeys =
    [
        "num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts", "num_experts_per_tok", "moe_intermediate_size",
    ];

    /// <summary>Keys of models with an encoder for images, films or sound beside the text model.</summary>
    private static readonly string[] SenseKeys =
    [
        "vision_config", "visual", "vision_tower", "mm_vision_tower", "audio_config", "image_token_id", "image_token_index",
        "text_config", "thinker_config",
    ];

    /// <summary>Parts of a <c>model_type</c> that tell mixtures of experts.</summary>
    private static readonly string[] ExpertTypes =
        ["moe", "mixtral", "deepseek_v", "dbrx", "gpt_oss", "jamba", "llama4", "arctic", "kimi", "minimax"];

    /// <summary>Parts of a <c>model_type</c> that tell models with images or sound.</summary>
    private static readonly string[] SenseTypes =
        ["_vl", "llava", "mllama", "vision", "idefics", "paligemma", "pixtral", "blip", "_audio", "omni", "smolvlm", "internvl", "phi3_v", "phi4mm",
            "gemma3n"];

    /// <summary>Refuses a configuration of such a kind.</summary>
    /// <param name="fields">The configuration.</param>
    /// <exception cref="CheckpointFormatException">It is; the message names the kind and what to do.</exception>
    internal static void Refuse(JsonFields fields)
    {
        RefuseQuantized(fields);
        string type = fields.Text("model_type") ?? string.Empty;
        if (ExpertTypes.Any(part => type.Contains(part, StringComparison.OrdinalIgnoreCase)))
        {
            throw fields.Fault("model_type", $"'{type}' is not supported: it is a mixture of experts (MoE). {Dense}");
        }

        if (SenseTypes.Any(part => type.Contains(part, StringComparison.OrdinalIgnoreCase)))
        {
            throw fields.Fault("model_type", $"'{type}' is not supported: it is a model with images or sound. {TextOnly}");
        }

        foreach (string key in ExpertKeys)
        {
            if (fields.Find(key) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double count) && count > 1)
            {
                throw fields.Fault(
                    key, $"{JsonFields.Show(value)}: the model is a mixture of experts (MoE), which is not supported. {Dense}");
            }
        }

        if (Array.Find(SenseKeys, key => fields.Find(key) is not null) is { } sense)
        {
            throw fields.Fault(
                sense, $"the model sees images or hears (or nests its text model), which is not supported. {TextOnly}{Inner(fields, type)}");
        }
    }

    /// <summary>Names the model within a wrapper such as <c>gemma3</c> or <c>mistral3</c>.</summary>
    private static string Inner(JsonFields fields, string type)
    {
        JsonElement? nested = fields.Find("text_config");
        string? inner = nested is { ValueKind: JsonValueKind.Object } text && text.TryGetProperty("model_type", out JsonElement name)
            ? name.ToString()
            : null;
        return inner is null ? string.Empty
            : ModelFamily.Find(inner) is null ? $" ('{type}' wraps '{inner}')"
            : $": '{type}' wraps one of model_type '{inner}', which is read where its checkpoint is saved by itself";
    }

    private static void RefuseQuantized(JsonFields fields)
    {
        if (fields.Child("quantization_config") is { } settings)
        {
            string method = settings.Text("quant_method")
                ?? (settings.Find("load_in_4bit") is not null || settings.Find("load_in_8bit") is not null ? "bitsandbytes" : string.Empty);
            string by = method.Length == 0 ? string.Empty : $" by {Quantizers.GetValueOrDefault(method, method)}";
            throw fields.Fault("quantization_config", $"the weights are quantized{by}; quantized weights are not read; {Plain}");
        }

        if (fields.Find("quantization") is not null)
        {
            throw fields.Fault("quantization", $"the weights are quantized by MLX; quantized weights are not read; {Plain}");
        }
    }
}
