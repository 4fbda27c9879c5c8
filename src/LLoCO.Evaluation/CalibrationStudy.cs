using LLoCO.Core;
using LLoCO.Core.Trust;

namespace LLoCO.Evaluation;

/// <summary>Fits a calibration to half of the questions of one adapter and measures it on the other half.</summary>
/// <param name="Calibration">The map, fitted on <paramref name="Fitted"/> questions.</param>
/// <param name="Fitted">Questions that it was fitted on.</param>
/// <param name="Before">Reliability of the raw confidence on the other questions.</param>
/// <param name="After">Reliability of the calibrated confidence on those.</param>
/// <param name="RightShare">Share of those that were answered right.</param>
/// <param name="ByDocument">Whether the halves share no document; a set over one document is halved by question.</param>
public sealed record CalibrationStudy(
    ConfidenceCalibration Calibration,
    int Fitted,
    ReliabilityCurve Before,
    ReliabilityCurve After,
    double RightShare,
    bool ByDocument)
{
    /// <summary>Gets the calibration in the form of the file.</summary>
    public CalibrationEntry Entry => new(
        Calibration, Fitted, Before.ExpectedCalibrationError, After.ExpectedCalibrationError);

    /// <summary>Names the context of a mode as <see cref="CalibrationFile.Contexts"/> does.</summary>
    /// <param name="mode">The mode.</param>
    /// <returns>The key.</returns>
    public static string ContextOf(EvaluationMode mode) => mode switch
    {
        EvaluationMode.None => "none",
        EvaluationMode.Truncate => "truncated",
        EvaluationMode.Full => "full",
        EvaluationMode.Retrieve => "passages",
        EvaluationMode.ExpandAlways => "expanded",
        _ => "summary",
    };

    /// <summary>Halves, fits and measures.</summary>
    /// <param name="questions">Answered questions of one adapter and one mode; at least two.</param>
    /// <param name="metric">Name of the metric that decides what is right.</param>
    /// <param name="least">Minimum score of a right answer.</param>
    /// <param name="method">The kind of map.</param>
    /// <param name="signal">What it starts from.</param>
    /// <param name="bins">Bins of the reliability curves.</param>
    /// <returns>The study.</returns>
    /// <exception cref="LlocoException">There are fewer than two questions.</exception>
    public static CalibrationStudy Create(
        IReadOnlyList<EvaluatedQuestion> questions,
        string metric = "em",
        double least = 0.5,
        CalibrationMethod method = CalibrationMethod.Platt,
        ConfidenceSignal signal = ConfidenceSignal.Least,
        int bins = ReliabilityCurve.DefaultBins)
    {
        ArgumentNullException.ThrowIfNull(questions);
        if (questions.Count < 2)
        {
            throw new LlocoException(
                $"{questions.Count} questions cannot be halved into one part to fit and one to measure. Give more questions.");
        }

        // Errors of questions about one document are correlated, so the measurement must use documents that were not fitted.
        List<string?> documents = [.. questions.Select(question => question.Document).Distinct()];
        bool byDocument = documents.Count > 1;
        ILookup<bool, (AnswerConfidence Confidence, bool Right)> halves = questions
            .Select((question, place) => (
                Place: byDocument ? documents.IndexOf(question.Document) : place,
                Answer: (question.Confidence, question.Scores[metric] >= least)))
            .ToLookup(one => one.Place % 2 == 0, one => one.Answer);
        (AnswerConfidence Confidence, bool Right)[] test = [.. halves[false]];
        ConfidenceCalibration calibration = ConfidenceCalibration.Fit([.. halves[true]], method, signal);
        return new CalibrationStudy(
            calibration,
            halves[true].Count(),
            ReliabilityCurve.Create([.. test.Select(one => (one.Confidence.Get(signal), one.Right))], bins),
            ReliabilityCurve.Create([.. test.Select(one => (calibration.Apply(one.Confidence), one.Right))], bins),
            test.Average(one => one.Right ? 1.0 : 0),
            byDocument);
    }
}
