namespace LLoCO.Core.Trust;

/// <summary>The confidence of a model in an answer.</summary>
/// <param name="Least">Probability of the least likely token, the end token included; 0 to 1.</param>
/// <param name="Mean">Geometric mean of the tokens' probabilities; 0 to 1.</param>
/// <param name="Calibrated">Probability that the answer is right, according to the calibration of the adapter
/// (<see cref="CalibrationFile"/>); <see langword="null"/> if it has none.</param>
/// <remarks>
/// All figures are of the model's unmodified distribution, even if a temperature or a penalty chose the tokens. Without a
/// calibration, the figures rank answers but are not the probability of being right. A calibration is valid for questions and
/// documents like those it was fitted on, and misleading for others.
/// </remarks>
public readonly record struct AnswerConfidence(double Least, double Mean, double? Calibrated = null)
{
    /// <summary>Gets the figure to use: <see cref="Calibrated"/>, or <see cref="Least"/> where there is no calibration.</summary>
    public double Value => Calibrated ?? Least;

    /// <summary>Reads one of the two uncalibrated figures.</summary>
    /// <param name="signal">Which.</param>
    /// <returns>The figure, 0 to 1.</returns>
    public double Get(ConfidenceSignal signal) => signal == ConfidenceSignal.Mean ? Mean : Least;
}
