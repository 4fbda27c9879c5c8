namespace LLoCO.Core.Families;

/// <summary>How rotary angles are stretched beyond the window a model was trained with (<c>rope_scaling</c>).</summary>
/// <param name="Kind">The rule.</param>
/// <param name="Factor">Positions are divided by it (<c>linear</c>), or the longest wavelengths are (<c>llama3</c>); at least
/// 1.</param>
/// <param name="LowFrequencyFactor"><c>llama3</c>: wavelengths above original window / this are divided by the factor in
/// full.</param>
/// <param name="HighFrequencyFactor"><c>llama3</c>: wavelengths below original window / this stay as they are.</param>
/// <param name="OriginalMaxPositions"><c>llama3</c>: the window before stretching.</param>
public sealed record RopeScaling(
    RopeScalingKind Kind,
    double Factor = 1,
    double LowFrequencyFactor = 1,
    double HighFrequencyFactor = 4,
    int OriginalMaxPositions = 8192)
{
    /// <summary>No stretching.</summary>
    public static readonly RopeScaling None = new(RopeScalingKind.None);
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
}
