using System.Text.Json;
using LLoCO.Core.Families;

namespace LLoCO.Core.Checkpoints;

/// <summary>The keys of a <c>config.json</c> that say what a model computes otherwise than Llama 2.</summary>
internal static class PlanConfig
{
    private const double MaxFactor = 1e6;

    /// <summary>Reads them.</summary>
    /// <param name="fields">The file's keys.</param>
    /// <param name="family">The model's family.</param>
    /// <param name="layers">Decoder layers.</param>
    /// <param name="maxPositions">The native window.</param>
    public static ModelPlan Read(JsonFields fields, ModelFamily family, int layers, int maxPositions)
    {
        RefuseWindows(fields, family, maxPositions);
        LayerParts parts = family.Parts;
        if (family.HasBiasKeys && fields.Flag("attention_bias", missing: false))
        {
            parts |= LayerParts.QueryKeyValueBias | LayerParts.OutputBias;
        }

        if (family.HasBiasKeys && fields.Flag("mlp_bias", missing: false))
        {
            parts |= LayerParts.FeedForwardBias;
        }

        var plan = new ModelPlan { ModelType = family.ModelType, Parts = parts, Rotated = Rotated(fields, family, layers) };
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
    public static void Write(Utf8JsonWriter json, ModelPlan plan)
    {
        ModelFamily family = ModelFamily.Find(plan.ModelType)!;
        if (family.HasBiasKeys)
        {
            json.WriteBoolean("attention_bias", plan.Parts.HasFlag(LayerParts.OutputBias));
            json.WriteBoolean("mlp_bias", plan.Parts.HasFlag(LayerParts.FeedForwardBias));
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

        if (family.HasMultipliers)
        {
            json.WriteNumber("embedding_multiplier", plan.InputFactor);
            json.WriteNumber("attention_multiplier", plan.AttentionFactor ?? 1);
            json.WriteNumber("residual_multiplier", plan.ResidualFactor);
            json.WriteNumber("logits_scaling", plan.LogitsDivisor);
        }
    }

    /// <summary>A window that is off, or that nothing within the model's own window reaches beyond, changes no number.</summary>
    private static void RefuseWindows(JsonFields fields, ModelFamily family, int maxPositions)
    {
        const string Window = "sliding_window";
        if (fields.Flag("use_sliding_window", missing: family.HasWindow) && fields.Find(Window) is not null && fields.Int(Window, 1, int.MaxValue) < maxPositions)
        {
            throw fields.Fault(Window, "attention within a window is not supported; use a model without one");
        }
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
