using System.CommandLine;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Core.Trust;
using LLoCO.Evaluation;
using LLoCO.Tool.Reports;

namespace LLoCO.Tool.Verbs;

/// <summary>One run of <c>lloco calibrate</c>: asks the questions and fits the calibration.</summary>
internal sealed class CalibrateRun(
    ParseResult parsed, CalibrateArguments arguments, LlocoPipeline pipeline, ToolConsole console)
{
    private readonly EvaluationMode _mode = parsed.GetValue(arguments.Mode);

    /// <summary>Gets the adapter that reads; <see langword="null"/> for the one named as the group.</summary>
    public string? Adapter { get; init; }

    /// <summary>Gets the metric that decides what is right.</summary>
    public required string Metric { get; init; }

    /// <summary>Asks all questions and fits one calibration for each adapter that answered.</summary>
    /// <param name="sets">The data sets, of one format.</param>
    /// <param name="cancellationToken">Ends the work; nothing is kept before all is asked.</param>
    public async Task RunAsync(IReadOnlyList<NamedDataSet> sets, CancellationToken cancellationToken)
    {
        var evaluator = new Evaluator(
            pipeline, [new EvaluationRow(_mode, Adapter)], scoring: sets[0].Format.Scoring);
        var asked = new List<EvaluatedQuestion>();
        foreach (NamedDataSet set in sets)
        {
            await foreach (EvaluatedQuestion one in
                evaluator.AskAsync(set.Read(), set.Name, null, cancellationToken).ConfigureAwait(false))
            {
                asked.Add(one);
            }
        }

        foreach (IGrouping<string?, EvaluatedQuestion> ofAdapter in
            asked.Where(one => one.LeftOut is null).GroupBy(one => one.Adapter))
        {
            Fit(ofAdapter.Key, [.. ofAdapter]);
        }
    }

    private void Fit(string? adapter, EvaluatedQuestion[] questions)
    {
        CalibrationStudy study = CalibrationStudy.Create(
            questions, Metric, 0.5, parsed.GetValue(arguments.Method), parsed.GetValue(arguments.Signal),
            parsed.GetValue(arguments.Bins));
        if (parsed.GetValue(arguments.Output) is { } folder)
        {
            Keep(folder, adapter, pipeline.Fingerprint, CalibrationStudy.ContextOf(_mode), study);
        }

        if (parsed.GetValue(arguments.Plot) is { } picture)
        {
            ReliabilityPicture.Write(
                WithAdapter(picture, adapter),
                FormattableString.Invariant($"{_mode}, adapter {adapter ?? "none"}, {study.Before.Questions} questions"),
                study.Before,
                study.After);
        }

        console.Result(ToJson(adapter, _mode, study), Describe(adapter, _mode, study));
    }

    private static void Keep(
        string folder, string? adapter, ModelFingerprint fingerprint, string context, CalibrationStudy study)
    {
        bool isAdapter = File.Exists(Path.Combine(folder, "adapter_config.json"));
        string target = adapter is null || isAdapter ? folder : Path.Combine(folder, ModelPackage.AdaptersFolder, adapter);
        if (!Directory.Exists(target))
        {
            throw new LlocoException($"'{target}' does not exist. --out must name the folder of the model or of the adapter.");
        }

        CalibrationFile? known = CalibrationFile.Read(target);
        var contexts = new Dictionary<string, CalibrationEntry>(StringComparer.Ordinal);
        if (known?.Fingerprint == fingerprint)
        {
            contexts = new Dictionary<string, CalibrationEntry>(known.Contexts, StringComparer.Ordinal);
        }

        contexts[context] = study.Entry;
        new CalibrationFile { Fingerprint = fingerprint, Contexts = contexts }.Write(target);
    }

    private static string WithAdapter(string file, string? adapter) => Path.Combine(
        Path.GetDirectoryName(file) ?? string.Empty,
        $"{Path.GetFileNameWithoutExtension(file)}-{adapter ?? AskOptions.NoAdapter}{Path.GetExtension(file)}");

    private static object ToJson(string? adapter, EvaluationMode mode, CalibrationStudy study) => new
    {
        mode,
        adapter,
        method = study.Calibration.Method,
        signal = study.Calibration.Signal,
        slope = study.Calibration.Slope,
        offset = study.Calibration.Offset,
        fitted = study.Fitted,
        questions = study.Before.Questions,
        by_document = study.ByDocument,
        right = study.RightShare,
        ece_before = study.Before.ExpectedCalibrationError,
        ece_after = study.After.ExpectedCalibrationError,
        brier_before = study.Before.BrierScore,
        brier_after = study.After.BrierScore,
        before = study.Before.Bins,
        after = study.After.Bins,
    };

    private static string Describe(string? adapter, EvaluationMode mode, CalibrationStudy study) => string.Create(
        CultureInfo.InvariantCulture,
        $"{mode.ToString().ToLowerInvariant()}, adapter {adapter ?? "none"}: fitted on {study.Fitted} questions, measured on {
            study.Before.Questions} {(study.ByDocument ? "of other documents" : "others of the same document")}, {
            study.RightShare:P1} right: calibration error {study.Before.ExpectedCalibrationError:P1} -> {
            study.After.ExpectedCalibrationError:P1}, Brier score {study.Before.BrierScore:F3} -> {study.After.BrierScore:F3}");
}
