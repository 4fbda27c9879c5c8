namespace LLoCO.Core.Families;

/// <summary>Where YaRN blends from kept to stretched wavelengths.</summary>
/// <param name="BetaFast">Turns within the original window from which on a wavelength is kept (<c>beta_fast</c>).</param>
/// <param name="BetaSlow">Turns up to which it is stretched in full (<c>beta_slow</c>).</param>
/// <param name="Truncates">Whether the two places are rounded outwards to whole dimensions (<c>truncate</c>).</param>
internal sealed record YarnRamp(double BetaFast, double BetaSlow, bool Truncates);
