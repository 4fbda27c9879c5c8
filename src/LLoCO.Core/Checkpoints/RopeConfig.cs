using LLoCO.Core.Families;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Rotary settings of a <c>config.json</c>: <c>rope_theta</c> and <c>rope_scaling</c>, or both within <c>rope_parameters</c>, as
/// newer transformers write them.
/// </summary>
internal static class RopeConfig
{
    private const double MaxTheta = 1e12;
    private const double MaxFactor = 1e6;

    public static double Theta(JsonFields fields, double missing)
    {
        if (fields.Child("rope_parameters") is { } nested && nested.Find("rope_theta") is not null)
        {
            return nested.Number("rope_theta", 1, MaxTheta);
        }

        return fields.Number("rope_theta", 1, MaxTheta, missing);
    }

    /// <summary>Reads the scaling.</summary>
    /// <exception cref="CheckpointFormatException">Its type is unknown, or a parameter is missing or impossible.</exception>
    public static RopeScaling Scaling(JsonFields fields)
    {
        RopeScaling? older = fields.Child("rope_scaling") is { } scaling ? Read(scaling) : null;
        RopeScaling? newer = fields.Child("rope_parameters") is { } parameters ? Read(parameters) : null;
        if (older is not null && newer is not null && older != newer)
        {
            throw fields.Fault("rope_parameters", "it contradicts 'rope_scaling'");
        }

        return newer ?? older ?? RopeScaling.None;
    }

    private static RopeScaling Read(JsonFields fields)
    {
        string? type = fields.Text("type");
        string? ropeType = fields.Text("rope_type");
        if (type is not null && ropeType is not null && type != ropeType)
        {
            throw fields.Fault("rope_type", $"'{ropeType}' contradicts type '{type}'");
        }

        // The rope_parameters of a model without scaling contain only rope_theta.
        return (ropeType ?? type) switch
        {
            "default" => RopeScaling.None,
            null when fields.Find("factor") is null => RopeScaling.None,
            null => throw fields.Fault("rope_type", "the key is missing"),
            "linear" => new RopeScaling(RopeScalingKind.Linear, fields.Number("factor", 1, MaxFactor)),
            "llama3" => Llama3(fields),
            { } other => throw fields.Fault("rope_type", $"rope scaling '{other}' is not supported; 'linear' and 'llama3' are"),
        };
    }

    private static RopeScaling Llama3(JsonFields fields)
    {
        var scaling = new RopeScaling(
            RopeScalingKind.Llama3,
            fields.Number("factor", 1, MaxFactor),
            fields.Number("low_freq_factor", 1e-6, MaxFactor),
            fields.Number("high_freq_factor", 1e-6, MaxFactor),
            fields.Int("original_max_position_embeddings", 1, 1 << 28));

        // Between the two the angles are blended by a quotient with their difference below.
        return scaling.HighFrequencyFactor > scaling.LowFrequencyFactor
            ? scaling
            : throw fields.Fault(
                "high_freq_factor", $"{scaling.HighFrequencyFactor} is not above low_freq_factor {scaling.LowFrequencyFactor}");
    }
}
