namespace LLoCO.Training;

/// <summary>The learning rate over a run: a linear rise, and a cosine down to a share of it.</summary>
/// <param name="Rate">The highest rate.</param>
/// <param name="Steps">Steps of the whole run.</param>
/// <param name="WarmUpSteps">Steps of the rise.</param>
/// <param name="FinalShare">Share of the rate at the end; 1 for a constant one.</param>
internal readonly record struct RateSchedule(double Rate, long Steps, double WarmUpSteps, double FinalShare)
{
    /// <summary>The rate of a step.</summary>
    /// <param name="step">Steps taken before it. The first step has a rate above zero, so that it has an effect.</param>
    internal double At(long step)
    {
        double warm = WarmUpSteps > 0 ? Math.Min(1, (step + 1) / WarmUpSteps) : 1;
        double cosine = 0.5 * (1 + Math.Cos(Math.PI * step / Steps));
        return Rate * warm * (FinalShare + ((1 - FinalShare) * cosine));
    }
}
