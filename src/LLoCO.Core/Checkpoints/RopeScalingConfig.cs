using System.Text.Json;
using LLoCO.Core.Families;

namespace LLoCO.Core.Checkpoints;

/// <summary>Reads <c>rope_scaling</c>, or what stands for it in <c>rope_parameters</c>.</summary>
/// <param name="config">The keys of the <c>config.json</c> around it.</param>
/// <param name="family">The model's family.</param>
/// <param name="maxPositions">The model's <c>max_position_embeddings</c>.</param>
internal sealed class RopeScalingConfig(JsonFields config, ModelFamily family, int maxPositions)
{
    private const string Original = "original_max_position_embeddings";
    private const double MaxFactor = 1e6;
    private const int MaxPositions = 1 << 28;

    /// <summary>Reads the scaling.</summary>
    /// <param name="fields">The object.</param>
    /// <exception cref="CheckpointFormatException">Its type is unknown, or a parameter is missing or impossible.</exception>
    internal RopeScaling Read(JsonFields fields)
    {
        string? type = fields.Text("type");
        string? ropeType = fields.Text("rope_type");
        if (type is not null && ropeType is not null && type != ropeType)
        {
            throw fields.Fault("rope_type", $"'{ropeType}' contradicts type '{type}'");
        }

        // The rope_parameters of a model without scaling contain only rope_theta. Phi 3 used two other names of longrope.
        string? kind = ropeType ?? type;
        bool isLong = kind is "longrope" or "su" || (kind == "yarn" && family.HasPartialRotation);
        return kind switch
        {
            _ when isLong => LongRope(fields),
            "default" => RopeScaling.None,
            null when fields.Find("factor") is null => RopeScaling.None,
            null => throw fields.Fault("rope_type", "the key is missing"),
            "linear" => new RopeScaling(RopeScalingKind.Linear, fields.Number("factor", 1, MaxFactor)),
            "llama3" => Llama3(fields),
            "yarn" => Yarn(fields),
            _ => throw fields.Fault(
                "rope_type", $"rope scaling '{kind}' is not supported; 'linear', 'llama3', 'yarn' and 'longrope' are"),
        };
    }

    private static RopeScaling Llama3(JsonFields fields)
    {
        var scaling = new RopeScaling(
            RopeScalingKind.Llama3,
            fields.Number("factor", 1, MaxFactor),
            fields.Number("low_freq_factor", 1e-6, MaxFactor),
            fields.Number("high_freq_factor", 1e-6, MaxFactor),
            fields.Int(Original, 1, MaxPositions));

        // Between the two the angles are blended by a quotient with their difference below.
        return scaling.HighFrequencyFactor > scaling.LowFrequencyFactor
            ? scaling
            : throw fields.Fault(
                "high_freq_factor", $"{scaling.HighFrequencyFactor} is not above low_freq_factor {scaling.LowFrequencyFactor}");
    }

    private RopeScaling Yarn(JsonFields fields)
    {
        int original = fields.Int(Original, 1, MaxPositions, missing: maxPositions);
        double factor = fields.Number("factor", 1, MaxFactor, missing: Math.Max(1, (double)maxPositions / original));
        double scale = fields.Number("mscale", 0, MaxFactor, missing: 0);
        double whole = fields.Number("mscale_all_dim", 0, MaxFactor, missing: 0);
        double attention = scale > 0 && whole > 0 ? Growth(factor, scale) / Growth(factor, whole) : Growth(factor, 1);
        var ramp = new YarnRamp(Beta(fields, "beta_fast", 32), Beta(fields, "beta_slow", 1), fields.Flag("truncate", missing: true));
        return ramp.BetaFast < ramp.BetaSlow
            ? throw fields.Fault("beta_fast", $"{ramp.BetaFast} is below beta_slow {ramp.BetaSlow}")
            : new RopeScaling(RopeScalingKind.Yarn, factor, OriginalMaxPositions: original)
            {
                Yarn = ramp,
                AngleFactor = fields.Number("attention_factor", 1e-6, MaxFactor, attention),
            };
    }

    private RopeScaling LongRope(JsonFields fields)
    {
        bool apart = config.Find(Original) is not null;
        int original = apart
            ? config.Int(Original, 1, MaxPositions)
            : fields.Int(Original, 1, MaxPositions, missing: maxPositions);
        double ratio = (double)maxPositions / original;

        // Before rope_parameters, a key of the model went before one of the scaling.
        bool isOlder = apart && fields.Prefix.StartsWith("rope_scaling", StringComparison.Ordinal);
        double factor = isOlder ? ratio : fields.Number("factor", 1e-6, MaxFactor, ratio);
        return new RopeScaling(RopeScalingKind.LongRope, OriginalMaxPositions: original)
        {
            Long = new LongRopeFactors(Factors(fields, "short_factor"), Factors(fields, "long_factor")),
            AngleFactor = fields.Number("attention_factor", 1e-6, MaxFactor, LongRopeGrowth(factor, original)),
        };
    }

    /// <summary>LongRoPE's factor of cosines and sines where the file names none.</summary>
    /// <param name="factor">The window by the original one.</param>
    /// <param name="original">The original window.</param>
    internal static double LongRopeGrowth(double factor, int original) =>
        factor <= 1 || original <= 1 ? 1 : Math.Sqrt(1 + (Math.Log(factor) / Math.Log(original)));

    private static double Growth(double factor, double scale) => factor <= 1 ? 1 : (0.1 * scale * Math.Log(factor)) + 1;

    /// <summary>Zero means the default, as in transformers.</summary>
    private static double Beta(JsonFields fields, string key, double missing) =>
        fields.Number(key, 0, MaxFactor, missing) is > 0 and var beta ? beta : missing;

    private static IReadOnlyList<double> Factors(JsonFields fields, string key)
    {
        JsonElement list = fields.Find(key) ?? throw fields.Fault(key, "the key is missing");
        double[] factors = list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number ? item.GetDouble() : double.NaN)]
            : [];
        return factors.Length > 0 && Array.TrueForAll(factors, factor => factor is > 1e-6 and < MaxFactor)
            ? factors
            : throw fields.Fault(key, $"{JsonFields.Show(list)} is not a list of factors");
    }
}
