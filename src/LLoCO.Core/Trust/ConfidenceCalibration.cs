namespace LLoCO.Core.Trust;

/// <summary>A fitted map from raw confidence to the probability of being right. Immutable.</summary>
public sealed class ConfidenceCalibration
{
    /// <summary>Raw confidences are kept this far from 0 and 1, where log-odds have no value.</summary>
    internal const double Edge = 1e-6;

    private readonly double[] _raw;
    private readonly double[] _probability;

    internal ConfidenceCalibration(
        CalibrationMethod method, ConfidenceSignal signal, double slope, double offset, double[] raw, double[] probability)
    {
        Method = method;
        Signal = signal;
        Slope = slope;
        Offset = offset;
        _raw = raw;
        _probability = probability;
    }

    /// <summary>Gets the kind of map.</summary>
    public CalibrationMethod Method { get; }

    /// <summary>Gets the figure that it maps.</summary>
    public ConfidenceSignal Signal { get; }

    /// <summary>Gets the factor of the log-odds; 1 with <see cref="CalibrationMethod.Isotonic"/>.</summary>
    public double Slope { get; }

    /// <summary>Gets what is added to the log-odds; 0 unless <see cref="CalibrationMethod.Platt"/>.</summary>
    public double Offset { get; }

    /// <summary>Gets the raw confidences at which an isotonic curve is known, rising; empty otherwise.</summary>
    public IReadOnlyList<double> Raw => _raw;

    /// <summary>Gets the isotonic curve at <see cref="Raw"/>; straight lines run between.</summary>
    public IReadOnlyList<double> Probability => _probability;

    /// <summary>Fits a map to judged answers.</summary>
    /// <param name="answers">Confidence of each answer, and whether it was right; at least one.</param>
    /// <param name="method">The kind of map.</param>
    /// <param name="signal">The figure that it maps.</param>
    /// <returns>The map.</returns>
    /// <exception cref="LlocoException">There are no answers.</exception>
    public static ConfidenceCalibration Fit(
        IReadOnlyList<(AnswerConfidence Confidence, bool Right)> answers,
        CalibrationMethod method = CalibrationMethod.Platt,
        ConfidenceSignal signal = ConfidenceSignal.Least)
    {
        ArgumentNullException.ThrowIfNull(answers);
        if (answers.Count == 0)
        {
            throw new LlocoException("There are no answers to calibrate with. Give a question file that holds some.");
        }

        double[] raw = [.. answers.Select(answer => Math.Clamp(answer.Confidence.Get(signal), Edge, 1 - Edge))];
        bool[] right = [.. answers.Select(answer => answer.Right)];
        if (method == CalibrationMethod.Isotonic)
        {
            (double[] at, double[] value) = IsotonicFit.Create(raw, right);
            return new ConfidenceCalibration(method, signal, 1, 0, at, value);
        }

        (double slope, double offset) = LogisticFit.Create(
            [.. raw.Select(LogOdds)], right, withOffset: method == CalibrationMethod.Platt);
        return new ConfidenceCalibration(method, signal, slope, offset, [], []);
    }

    /// <summary>Maps a confidence.</summary>
    /// <param name="confidence">The raw figures.</param>
    /// <returns>Probability of being right, 0 to 1.</returns>
    public double Apply(AnswerConfidence confidence)
    {
        double raw = Math.Clamp(confidence.Get(Signal), Edge, 1 - Edge);
        return Method == CalibrationMethod.Isotonic ? Between(raw) : 1 / (1 + Math.Exp(-((Slope * LogOdds(raw)) + Offset)));
    }

    private static double LogOdds(double probability) => Math.Log(probability / (1 - probability));

    private double Between(double raw)
    {
        int above = Array.FindIndex(_raw, place => place >= raw);
        if (above <= 0)
        {
            return above == 0 ? _probability[0] : _probability[^1];
        }

        double share = (raw - _raw[above - 1]) / (_raw[above] - _raw[above - 1]);
        return _probability[above - 1] + (share * (_probability[above] - _probability[above - 1]));
    }
}
