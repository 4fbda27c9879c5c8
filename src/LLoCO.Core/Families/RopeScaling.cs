namespace LLoCO.Core.Families;

/// <summary>How rotary angles are stretched beyond the window a model was trained with (<c>rope_scaling</c>).</summary>
/// <param name="Kind">The rule.</param>
/// <param name="Factor">Positions are divided by it (<c>linear</c>), or the longest wavelengths are (<c>llama3</c>, <c>yarn</c>); at
/// least 1.</param>
/// <param name="LowFrequencyFactor"><c>llama3</c>: wavelengths above original window / this are divided by the factor in
/// full.</param>
/// <param name="HighFrequencyFactor"><c>llama3</c>: wavelengths below original window / this stay as they are.</param>
/// <param name="OriginalMaxPositions"><c>llama3</c>, <c>yarn</c>, <c>longrope</c>: the window before stretching.</param>
public sealed record RopeScaling(
    RopeScalingKind Kind,
    double Factor = 1,
    double LowFrequencyFactor = 1,
    double HighFrequencyFactor = 4,
    int OriginalMaxPositions = 8192)
{
    /// <summary>No stretching.</summary>
    public static readonly RopeScaling None = new(RopeScalingKind.None);

    /// <summary>Gets what cosines and sines are multiplied with (<c>yarn</c>, <c>longrope</c>).</summary>
    internal double AngleFactor { get; init; } = 1;

    /// <summary>Gets where <c>yarn</c> stretches.</summary>
    internal YarnRamp? Yarn { get; init; }

    /// <summary>Gets the factors of <c>longrope</c>.</summary>
    internal LongRopeFactors? Long { get; init; }

    /// <summary>Whether a sequence of a length is rotated with the long factors of <c>longrope</c>.</summary>
    /// <param name="length">Its positions.</param>
    internal bool IsLong(long length) => Long is not null && length > OriginalMaxPositions;
}

/// <summary>Rule of <see cref="RopeScaling"/>.</summary>
public enum RopeScalingKind
{
    /// <summary>No stretching.</summary>
    None = 0,

    /// <summary>Position interpolation (arXiv 2306.15595).</summary>
    Linear = 1,

    /// <summary>Llama-3.1's rule: long wavelengths are stretched, short ones kept, those between are blended.</summary>
    Llama3 = 2,

    /// <summary>YaRN (arXiv 2309.00071): as <see cref="Llama3"/> with another blend, and cosines and sines are scaled.</summary>
    Yarn = 3,

    /// <summary>LongRoPE (arXiv 2402.13753): a factor for each pair of dimensions, one list for sequences within the original
    /// window and one for longer ones.</summary>
    LongRope = 4,
}
