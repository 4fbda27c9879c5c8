using System.Text.Json;
using LLoCO.Core.Families;

namespace LLoCO.Core.Checkpoints;

/// <summary>The keys of a <c>config.json</c> that describe how a model differs from Llama 2.</summary>
internal static class PlanConfig
{
    private const double MaxFactor = 1e6;

    /// <summary>Default of <c>max_window_layers</c>, Qwen's.</summary>
    private const int DefaultFullLayers = 28;

    /// <summary>Reads from <c>config.json</c> what the family does differently from Llama 2.</summary>
    /// <param name="fields">The file's keys.</param>
    /// <param name="family">The model's family.</param>
    /// <param name="layers">Decoder layers.</param>
    /// <param name="maxPositions">The native window.</param>
    /// <param name="rope">The rotary settings.</param>
    public static ModelPlan Read(JsonFields fields, ModelFamily family, int layers, int maxPositions, RopeConfig rope)
    {
        foreach (string key in (ReadOnlySpan<string>)["attn_logit_softcapping", "final_logit_softcapping"])
        {
            if (fields.Find(key) is not null)
            {
                throw fields.Fault(key, "a cap of scores or logits is not supported");
            }
        }

        foreach (string key in family.FixedKeys)
        {
            // Settings of Phi's own code that change numbers where they are not 1.
            fields.Int(key, 1, 1, missing: 1);
        }

        LayerParts parts = family.Parts;
        if (family.HasBiasKeys && fields.Flag("attention_bias", missing: false))
        {
            parts |= LayerParts.QueryKeyValueBias | LayerParts.OutputBias;
        }

        if (family.HasBiasKeys && family.HasMlpBias && fields.Flag("mlp_bias", missing: false))
        {
            parts |= LayerParts.FeedForwardBias;
        }

        ModelPlan plan = WithWindow(fields, family, layers, maxPositions, new ModelPlan
        {
            LocalRopeTheta = rope.LocalTheta,
            LocalRopeScaling = rope.LocalScaling,
            ModelType = family.ModelType,
            Parts = parts,
            Rotated = Rotated(fields, family, layers),
            Activation = family.Activation,
            NormsAddOne = family.NormsAddOne,
            EmbeddingFactor = family.NormsAddOne ? Math.Sqrt(fields.Int("hidden_size", 1, int.MaxValue)) : 1,
            AttentionFactor = family.NormsAddOne
                ? 1 / Math.Sqrt(fields.Number("query_pre_attn_scalar", 1e-6, MaxFactor, missing: 256))
                : null,
        });
        return !family.HasMultipliers ? plan : plan with
        {
            InputFactor = Factor("embedding_multiplier"),
            AttentionFactor = Factor("attention_multiplier"),
            ResidualFactor = Factor("residual_multiplier"),
            LogitsDivisor = Factor("logits_scaling"),
        };

        double Factor(string key) => fields.Number(key, 1 / MaxFactor, MaxFactor, missing: 1);
    }

    /// <summary>Writes them, so that <see cref="Read"/> and transformers read the same.</summary>
    public static void Write(Utf8JsonWriter json, ModelPlan plan, int layers)
    {
        ModelFamily family = ModelFamily.Find(plan.ModelType)!;
        if (family.HasBiasKeys)
        {
            json.WriteBoolean("attention_bias", plan.Parts.HasFlag(LayerParts.OutputBias));
            if (family.HasMlpBias)
            {
                json.WriteBoolean("mlp_bias", plan.Parts.HasFlag(LayerParts.FeedForwardBias));
            }
        }

        if (plan.Rotated.Count > 0)
        {
            json.WriteStartArray("no_rope_layers");
            foreach (bool rotated in plan.Rotated)
            {
                json.WriteNumberValue(rotated ? 1 : 0);
            }

            json.WriteEndArray();
        }

        WriteWindow(json, plan, family.HasWindow || plan.Windowed.Count > 0 ? layers : 0);
        if (family.NormsAddOne)
        {
            json.WriteNumber("query_pre_attn_scalar", Math.Round(1 / Math.Pow(plan.AttentionFactor ?? 1, 2), 6));
        }

        if (family.HasMultipliers)
        {
            json.WriteNumber("embedding_multiplier", plan.InputFactor);
            json.WriteNumber("attention_multiplier", plan.AttentionFactor ?? 1);
            json.WriteNumber("residual_multiplier", plan.ResidualFactor);
            json.WriteNumber("logits_scaling", plan.LogitsDivisor);
        }
    }

    private static void WriteWindow(Utf8JsonWriter json, ModelPlan plan, int layers)
    {
        json.WriteBoolean("use_sliding_window", plan.Windowed.Count > 0);
        if (plan.Windowed.Count == 0)
        {
            json.WriteNull("sliding_window");
        }
        else
        {
            json.WriteNumber("sliding_window", plan.Window);
        }

        if (layers > 0)
        {
            json.WriteStartArray("layer_types");
            for (int layer = 0; layer < layers; layer++)
            {
                json.WriteStringValue(plan.WindowOf(layer) > 0 ? "sliding_attention" : "full_attention");
            }

            json.WriteEndArray();
        }
    }

    /// <summary>Which layers have a window; none where it is off, or as wide as the model's own. Layers with angles of their own are
    /// told by it, so they keep it.</summary>
    private static ModelPlan WithWindow(JsonFields fields, ModelFamily family, int layers, int maxPositions, ModelPlan plan)
    {
        const string Key = "sliding_window";
        bool isNull = fields.Find(Key) is null && fields.Object.TryGetProperty(Key, out _);
        int given = isNull ? 0 : fields.Int(Key, 1, int.MaxValue, missing: family.DefaultWindow);
        bool isOn = fields.Flag("use_sliding_window", missing: family.HasWindow) && given > 0;
        bool isTold = plan.LocalRopeTheta is not null;
        int window = isOn ? given : isTold ? maxPositions : 0;
        bool[] windowed = Windowed(fields, family, plan.Rotated, layers);
        return plan with
        {
            Window = window,
            Windowed = windowed.Contains(true) && (isTold || (isOn && window < maxPositions)) ? windowed : [],
        };
    }

    private static bool[] Windowed(JsonFields fields, ModelFamily family, IReadOnlyList<bool> rotated, int layers)
    {
        const string Key = "layer_types";
        if (fields.Find(Key) is { ValueKind: JsonValueKind.Array } types)
        {
            bool[] given = [.. types.EnumerateArray().Select(type => type.ToString() switch
            {
                "sliding_attention" => true,
                "full_attention" => false,
                string other => throw fields.Fault(Key, $"'{other}' is neither 'full_attention' nor 'sliding_attention'"),
            })];
            return given.Length == layers
                ? given
                : throw fields.Fault(Key, $"the list has {given.Length} entries for {layers} layers");
        }

        if (family.RotationGap > 0)
        {
            // SmolLM 3: the layers without rotation.
            return [.. rotated.Select(turns => !turns)];
        }

        int gap = family.WindowGap == 0 ? 0 : fields.Int("sliding_window_pattern", 1, int.MaxValue, missing: family.WindowGap);
        int first = fields.Int("max_window_layers", 0, int.MaxValue, missing: family.HasWindow ? 0 : DefaultFullLayers);
        return [.. Enumerable.Range(0, layers).Select(layer => gap > 0 ? (layer + 1) % gap != 0 : layer >= first)];
    }

    /// <summary>A 0 in <c>no_rope_layers</c> is a layer without rotation.</summary>
    private static IReadOnlyList<bool> Rotated(JsonFields fields, ModelFamily family, int layers)
    {
        const string Key = "no_rope_layers";
        if (family.RotationGap == 0)
        {
            return [];
        }

        if (fields.Find(Key) is not { } value)
        {
            int gap = fields.Int("no_rope_layer_interval", 1, int.MaxValue, missing: family.RotationGap);
            return [.. Enumerable.Range(1, layers).Select(layer => layer % gap != 0)];
        }

        bool[] rotated = value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => fields.ToInt(Key, item, 0, 1) == 1)]
            : throw fields.Fault(Key, $"{JsonFields.Show(value)} is not a list");
        return rotated.Length == layers
            ? rotated
            : throw fields.Fault(Key, $"the list has {rotated.Length} entries for {layers} layers");
    }
}
