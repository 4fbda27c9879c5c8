namespace LLoCO.Core.Trust;

/// <summary>Accumulates the log-probabilities of an answer's tokens.</summary>
internal struct ConfidenceMeter
{
    private double _sum;
    private double _least;
    private int _count;

    /// <summary>Takes a token.</summary>
    /// <param name="logProbability">Its natural-log probability.</param>
    public void Add(float logProbability)
    {
        _sum += logProbability;
        _least = _count == 0 ? logProbability : Math.Min(_least, logProbability);
        _count++;
    }

    /// <summary>Gets the confidence so far.</summary>
    /// <param name="calibration">Of the adapter and context, if there is one.</param>
    public readonly AnswerConfidence Read(ConfidenceCalibration? calibration)
    {
        // Log-probabilities come in float32: the most likely token of a confident model may be slightly above 0.
        double least = Math.Min(1, Math.Exp(_least));
        double mean = _count == 0 ? 1 : Math.Min(1, Math.Exp(_sum / _count));
        var raw = new AnswerConfidence(least, mean);
        return calibration is null ? raw : raw with { Calibrated = calibration.Apply(raw) };
    }
}
