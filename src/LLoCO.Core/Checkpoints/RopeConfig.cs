using LLoCO.Core.Families;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Rotary settings of a <c>config.json</c>: <c>rope_theta</c> and <c>rope_scaling</c>, or both within <c>rope_parameters</c>, as
/// newer transformers write them: once for all layers, or once for each of <c>full_attention</c> and <c>sliding_attention</c>.
/// </summary>
internal sealed record RopeConfig
{
    private const double MaxTheta = 1e12;

    private const string Newer = "rope_parameters";
    private const string Older = "rope_scaling";

    /// <summary>Gets the base of the angles.</summary>
    internal required double Theta { get; init; }

    /// <summary>Gets how they are stretched.</summary>
    internal required RopeScaling Scaling { get; init; }

    /// <summary>Gets the base in layers with a window; <see langword="null"/> where it is the same as in all others, and so is the
    /// scaling.</summary>
    internal double? LocalTheta { get; private init; }

    /// <summary>Gets how the angles of layers with a window are stretched.</summary>
    internal RopeScaling LocalScaling { get; private init; } = RopeScaling.None;

    /// <summary>Gets the share of a head that is rotated.</summary>
    internal double RotatedShare { get; private init; } = 1;

    /// <summary>Reads the settings.</summary>
    /// <param name="fields">The file's keys.</param>
    /// <param name="family">The model's family.</param>
    /// <param name="maxPositions">Its <c>max_position_embeddings</c>.</param>
    /// <exception cref="CheckpointFormatException">A type is unknown, or a parameter is missing or impossible.</exception>
    internal static RopeConfig Read(JsonFields fields, ModelFamily family, int maxPositions)
    {
        JsonFields? newer = fields.Child(Newer);
        JsonFields? full = newer?.Object.TryGetProperty("full_attention", out _) == true ? newer?.Child("full_attention") : null;
        JsonFields? local = newer?.Object.TryGetProperty("sliding_attention", out _) == true ? newer?.Child("sliding_attention") : null;
        bool byLayer = full is not null || local is not null;
        JsonFields? main = byLayer ? full ?? local : newer;
        var reader = new RopeScalingConfig(fields, family, maxPositions);
        var settings = new RopeConfig
        {
            Theta = Base(main) ?? Base(fields.Child(Older)) ?? fields.Number("rope_theta", 1, MaxTheta, family.RopeTheta),
            Scaling = ReadScaling(fields, main, reader),
            RotatedShare = ReadShare(fields, main, family),
        };
        EnsureBase(fields, settings.Scaling, settings.Theta);
        if (byLayer && local is { } own)
        {
            double theta = Base(local) ?? family.LocalRopeTheta ?? settings.Theta;
            RopeScaling scaling = reader.Read(own);
            EnsureBase(own, scaling, theta);
            bool differs = family.LocalRopeTheta is not null || theta != settings.Theta || scaling != settings.Scaling;
            return differs && scaling.Long is not null
                ? throw own.Fault("rope_type", "longrope is not supported in layers with angles of their own")
                : differs ? settings with { LocalTheta = theta, LocalScaling = scaling } : settings;
        }

        return family.LocalRopeTheta is { } missing
            ? settings with { LocalTheta = fields.Number("rope_local_base_freq", 1, MaxTheta, missing) }
            : settings;
    }

    private static void EnsureBase(JsonFields fields, RopeScaling scaling, double theta)
    {
        // The logarithm of the base divides.
        if (scaling.Kind == RopeScalingKind.Yarn && theta <= 1)
        {
            throw fields.Fault("rope_theta", $"{theta}: yarn needs a base above 1");
        }
    }

    private static double? Base(JsonFields? fields) =>
        fields?.Find("rope_theta") is null ? null : fields.Value.Number("rope_theta", 1, MaxTheta);

    private static RopeScaling ReadScaling(JsonFields fields, JsonFields? main, RopeScalingConfig reader)
    {
        RopeScaling? older = fields.Child(Older) is { } scaling ? reader.Read(scaling) : null;
        RopeScaling? newer = main is { } parameters ? reader.Read(parameters) : null;
        return older is not null && newer is not null && older != newer
            ? throw fields.Fault(Newer, $"it contradicts '{Older}'")
            : newer ?? older ?? RopeScaling.None;
    }

    private static double ReadShare(JsonFields fields, JsonFields? main, ModelFamily family)
    {
        const string Key = "partial_rotary_factor";
        JsonFields from = main?.Find(Key) is null ? fields : main.Value;
        double share = from.Number(Key, 1e-3, 1, missing: 1);
        return share == 1 || family.HasPartialRotation
            ? share
            : throw from.Fault(Key, $"{share} is not supported: models of type '{family.ModelType}' rotate whole heads");
    }
}
