using LLoCO.Core.Families;

namespace LLoCO.Core.Model;

/// <summary>Radians per position of each pair of dimensions, after <c>rope_scaling</c>.</summary>
/// <param name="Short">Those of all sequences, or of those within the original window of longrope.</param>
/// <param name="Long">Those of longer sequences; <see langword="null"/> where they are the same.</param>
/// <param name="Factor">What cosines and sines are multiplied with.</param>
internal sealed record RotaryFrequencies(double[] Short, double[]? Long, double Factor)
{
    /// <summary>Computes a model's frequencies.</summary>
    /// <param name="config">The model.</param>
    /// <param name="local">Whether for the layers with a window that use separate angles.</param>
    internal static RotaryFrequencies Create(LlamaConfig config, bool local = false)
    {
        double theta = local ? config.Plan.LocalRopeTheta ?? config.RopeTheta : config.RopeTheta;
        RopeScaling scaling = local ? config.Plan.LocalRopeScaling : config.RopeScaling;
        int width = config.Plan.RotaryWidth(config);
        var plain = new double[width / 2];
        for (int pair = 0; pair < plain.Length; pair++)
        {
            plain[pair] = Math.Pow(theta, -2.0 * pair / width);
        }

        return scaling.Long is { } factors
            ? new RotaryFrequencies(Divide(plain, factors.Short), Divide(plain, factors.Long), scaling.AngleFactor)
            : new RotaryFrequencies(
                [.. plain.Select((frequency, pair) => Scale(frequency, pair, width, theta, scaling))], null, scaling.AngleFactor);
    }

    /// <summary>The frequencies of long sequences as those of all.</summary>
    internal RotaryFrequencies ForLong() => new(Long!, null, Factor);

    private static double[] Divide(double[] frequencies, IReadOnlyList<double> factors) =>
        [.. frequencies.Select((frequency, pair) => frequency / factors[pair])];

    private static double Scale(double frequency, int pair, int width, double theta, RopeScaling scaling) => scaling.Kind switch
    {
        RopeScalingKind.None => frequency,
        RopeScalingKind.Linear => frequency / scaling.Factor,
        RopeScalingKind.Llama3 => Blend(
            frequency,
            scaling.Factor,
            ((scaling.OriginalMaxPositions * frequency / (2 * Math.PI)) - scaling.LowFrequencyFactor)
                / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor)),
        RopeScalingKind.Yarn => Blend(frequency, scaling.Factor, 1 - Ramp(pair, width, theta, scaling)),
        _ => throw new ArgumentOutOfRangeException(nameof(scaling), scaling.Kind, "Unknown rope_scaling rule."),
    };

    /// <summary>Stretches a frequency by a factor, as far as it is not kept.</summary>
    private static double Blend(double frequency, double factor, double kept) => kept switch
    {
        <= 0 => frequency / factor,
        >= 1 => frequency,
        _ => ((1 - kept) * frequency / factor) + (kept * frequency),
    };

    /// <summary>YaRN, section 3.2: from 0 at the pair with <c>beta_fast</c> turns within the original window to 1 at that with
    /// <c>beta_slow</c>. As in transformers, both are rounded outwards, and they are kept apart.</summary>
    private static double Ramp(int pair, int width, double theta, RopeScaling scaling)
    {
        YarnRamp ramp = scaling.Yarn!;
        double low = PairOf(ramp.BetaFast);
        double high = PairOf(ramp.BetaSlow);
        (low, high) = ramp.Truncates ? (Math.Floor(low), Math.Ceiling(high)) : (low, high);
        (low, high) = (Math.Max(low, 0), Math.Min(high, width - 1));
        high = low == high ? high + 0.001 : high;
        return Math.Clamp((pair - low) / (high - low), 0, 1);

        double PairOf(double turns) =>
            width * Math.Log(scaling.OriginalMaxPositions / (turns * 2 * Math.PI)) / (2 * Math.Log(theta));
    }
}
