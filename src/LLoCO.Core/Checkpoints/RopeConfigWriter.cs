using System.Text.Json;
using LLoCO.Core.Families;

namespace LLoCO.Core.Checkpoints;

/// <summary>Writes the rotary settings of a <c>config.json</c>: <c>rope_theta</c> and <c>rope_scaling</c>, which all releases of
/// transformers read; <c>rope_parameters</c> only for what these cannot say.</summary>
internal static class RopeConfigWriter
{
    /// <summary>Writes the keys.</summary>
    internal static void Write(Utf8JsonWriter json, LlamaConfig config)
    {
        ModelPlan plan = config.Plan;
        ModelFamily family = ModelFamily.Find(plan.ModelType)!;
        if (family.HasPartialRotation)
        {
            json.WriteNumber("partial_rotary_factor", Share(plan.RotaryWidth(config), config.HeadDimension));
        }

        if (config.RopeScaling.Long is not null)
        {
            json.WriteNumber("original_max_position_embeddings", config.RopeScaling.OriginalMaxPositions);
        }

        if (plan.LocalRopeTheta is { } local && (family.LocalRopeTheta is null || plan.LocalRopeScaling != RopeScaling.None))
        {
            json.WriteStartObject("rope_parameters");
            WriteLayers(json, "full_attention", config.RopeTheta, config);
            WriteLayers(json, "sliding_attention", local, config);
            json.WriteEndObject();
            return;
        }

        json.WriteNumber("rope_theta", config.RopeTheta);
        if (plan.LocalRopeTheta is { } theta)
        {
            json.WriteNumber("rope_local_base_freq", theta);
        }

        if (config.RopeScaling.Kind == RopeScalingKind.None)
        {
            json.WriteNull("rope_scaling");
            return;
        }

        json.WriteStartObject("rope_scaling");
        WriteScaling(json, config.RopeScaling, config.MaxPositions);
        json.WriteEndObject();
    }

    private static void WriteLayers(Utf8JsonWriter json, string layers, double theta, LlamaConfig config)
    {
        json.WriteStartObject(layers);
        json.WriteNumber("rope_theta", theta);
        WriteScaling(
            json, layers == "full_attention" ? config.RopeScaling : config.Plan.LocalRopeScaling, config.MaxPositions);
        json.WriteEndObject();
    }

    /// <summary>A share of which readers, who round down, get the width.</summary>
    private static double Share(int width, int head)
    {
        double share = (double)width / head;
        return (int)(head * share) == width ? share : (width + 0.5) / head;
    }

    private static void WriteScaling(Utf8JsonWriter json, RopeScaling scaling, int maxPositions)
    {
        // Both spellings of the type: transformers before 4.43 reads "type", later ones "rope_type". Longrope has one, because
        // the Phi 3 of that time refuses more keys than three.
        string type = scaling.Kind == RopeScalingKind.None ? "default" : scaling.Kind.ToString().ToLowerInvariant();
        json.WriteString(scaling.Long is null ? "rope_type" : "type", type);
        if (scaling.Long is { } factors)
        {
            WriteFactors(json, "short_factor", factors.Short);
            WriteFactors(json, "long_factor", factors.Long);
            int original = scaling.OriginalMaxPositions;
            if (scaling.AngleFactor != RopeScalingConfig.LongRopeGrowth((double)maxPositions / original, original))
            {
                json.WriteNumber("attention_factor", scaling.AngleFactor);
            }
        }

        if (scaling.Kind is RopeScalingKind.Linear or RopeScalingKind.Llama3 or RopeScalingKind.Yarn)
        {
            json.WriteString("type", type);
            json.WriteNumber("factor", scaling.Factor);
        }

        if (scaling.Kind is RopeScalingKind.Llama3 or RopeScalingKind.Yarn)
        {
            json.WriteNumber("original_max_position_embeddings", scaling.OriginalMaxPositions);
        }

        if (scaling.Kind == RopeScalingKind.Llama3)
        {
            json.WriteNumber("low_freq_factor", scaling.LowFrequencyFactor);
            json.WriteNumber("high_freq_factor", scaling.HighFrequencyFactor);
        }

        if (scaling.Yarn is { } ramp)
        {
            json.WriteNumber("beta_fast", ramp.BetaFast);
            json.WriteNumber("beta_slow", ramp.BetaSlow);
            json.WriteBoolean("truncate", ramp.Truncates);
            json.WriteNumber("attention_factor", scaling.AngleFactor);
        }
    }

    private static void WriteFactors(Utf8JsonWriter json, string key, IReadOnlyList<double> factors)
    {
        json.WriteStartArray(key);
        foreach (double factor in factors)
        {
            json.WriteNumberValue(factor);
        }

        json.WriteEndArray();
    }
}
