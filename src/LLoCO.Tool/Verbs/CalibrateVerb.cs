using System.CommandLine;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Core.Trust;
using LLoCO.Evaluation;
using LLoCO.Evaluation.DataSets;
using LLoCO.Tool.Reports;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco calibrate</c>: fits what a confidence means to questions with known answers.</summary>
internal static class CalibrateVerb
{
    public static Command Create(CommonOptions common, ToolConsole console)
    {
        var dataSet = new DataSetOptions();
        var mode = new Option<EvaluationMode>("--mode")
        {
            Description = $"What stands in front of a question: {string.Join(", ", Enum.GetNames<EvaluationMode>())}. Each has a "
                + "calibration of its own.",
            HelpName = "MODE",
            DefaultValueFactory = _ => EvaluationMode.Lloco,
        };
        var output = new Option<string?>("--out")
        {
            Description = $"Model folder, or one adapter's, into which {CalibrationFile.FileName} is written; only a report "
                + "where it is left out.",
            HelpName = "FOLDER",
        };
        var method = new Option<CalibrationMethod>("--method") { Description = "The kind of map." };
        var signal = new Option<ConfidenceSignal>("--signal") { Description = "Which token probability the map starts from." };
        var metric = new Option<string>("--metric")
        {
            Description = "Says what is right: a score of one half or more.", DefaultValueFactory = _ => "em",
        };
        Option<int> bins = CommonOptions.AtLeast(1, new Option<int>("--bins")
        {
            Description = "Bins of the reliability curve.", DefaultValueFactory = _ => ReliabilityCurve.DefaultBins,
        });
        var index = new Option<string?>("--index")
        {
            Description = "Index file; in memory where it is left out.", HelpName = "FILE",
        };
        Option<int?> tokens = CommonOptions.AtLeast(1, new Option<int?>("--max-new-tokens")
        {
            Description = "Most tokens to generate; the data set's own where it is left out.",
        });
        var plot = new Option<string?>("--plot")
        {
            Description = "Draws a reliability plot for each adapter, as PNG and SVG; the adapter's name goes into the file's.",
            HelpName = "FILE",
        };
        var verb = new Command(
            "calibrate",
            "Fits the confidence of answers to half of the documents of a data set and measures it on the other half.")
        {
            mode, output, method, signal, metric, bins, index, tokens, plot, common.Adapter,
        };
        dataSet.AddTo(verb);
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(mode) == EvaluationMode.Expand)
            {
                throw new ToolUsageException("Mode expand has answers of two kinds: calibrate lloco and expandalways.");
            }

            ModelPackage model = common.Package(parsed);
            IReadOnlyList<NamedDataSet> sets = dataSet.Find(parsed, model, console);
            DataSetFormat format = sets[0].Format;
            string judge = parsed.GetValue(metric)!;
            if (format.Scoring.Metrics.All(one => one.Name != judge))
            {
                throw new ToolUsageException($"--metric {judge} is none of this data set: "
                    + string.Join(", ", format.Scoring.Metrics.Select(one => one.Name)) + ".");
            }

            LlocoPipelineBuilder builder = common.Describe(parsed, console)
                .UseGeneration(new GenerationOptions { MaxNewTokens = parsed.GetValue(tokens) ?? format.MaxNewTokens });
            string? adapter = common.AddAdapter(parsed, builder);
            if (parsed.GetValue(index) is { } file)
            {
                builder.UseIndex(file);
            }

            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            var evaluator = new Evaluator(
                pipeline, [new EvaluationRow(parsed.GetValue(mode), adapter)], scoring: format.Scoring);
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
                CalibrationStudy study = CalibrationStudy.Create(
                    [.. ofAdapter], judge, 0.5, parsed.GetValue(method), parsed.GetValue(signal), parsed.GetValue(bins));
                if (parsed.GetValue(output) is { } folder)
                {
                    Keep(folder, ofAdapter.Key, pipeline.Fingerprint, CalibrationStudy.ContextOf(parsed.GetValue(mode)), study);
                }

                if (parsed.GetValue(plot) is { } picture)
                {
                    ReliabilityPicture.Write(
                        WithAdapter(picture, ofAdapter.Key),
                        FormattableString.Invariant(
                            $"{parsed.GetValue(mode)}, adapter {ofAdapter.Key ?? "none"}, {study.Before.Questions} questions"),
                        study.Before,
                        study.After);
                }

                console.Result(
                    ToJson(ofAdapter.Key, parsed.GetValue(mode), study), Describe(ofAdapter.Key, parsed.GetValue(mode), study));
            }

            return 0;
        });
        return verb;
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
