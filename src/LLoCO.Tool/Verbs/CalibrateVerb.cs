using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Evaluation;
using LLoCO.Evaluation.DataSets;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco calibrate</c>: fits a calibration of the confidence on questions with known answers.</summary>
internal static class CalibrateVerb
{
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var dataSets = new DataSetArguments();
        var arguments = new CalibrateArguments();
        var verb = new Command(
            "calibrate",
            "Fits the confidence of answers to half of the documents of a data set and measures it on the other half.")
        {
            common.Adapter,
        };
        arguments.AddTo(verb);
        dataSets.AddTo(verb);
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(arguments.Mode) == EvaluationMode.Expand)
            {
                throw new ToolUsageException("Mode expand has answers of two kinds: calibrate lloco and expandalways.");
            }

            IReadOnlyList<NamedDataSet> sets = dataSets.Find(parsed, common.Package(parsed), console);
            DataSetFormat format = sets[0].Format;
            string metric = Metric(parsed.GetValue(arguments.Metric)!, format);
            LlocoPipelineBuilder builder = common.Describe(parsed, console).UseGeneration(
                new GenerationOptions { MaxNewTokens = parsed.GetValue(arguments.MaxNewTokens) ?? format.MaxNewTokens });
            string? adapter = common.AddAdapter(parsed, builder);
            if (parsed.GetValue(arguments.Index) is { } file)
            {
                builder.UseIndex(file);
            }

            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            var run = new CalibrateRun(parsed, arguments, pipeline, console) { Adapter = adapter, Metric = metric };
            await run.RunAsync(sets, cancellationToken).ConfigureAwait(false);
            return 0;
        });
        return verb;
    }

    private static string Metric(string named, DataSetFormat format) =>
        format.Scoring.Metrics.Any(one => one.Name == named)
            ? named
            : throw new ToolUsageException($"--metric {named} is not a metric of this data set: "
                + string.Join(", ", format.Scoring.Metrics.Select(one => one.Name)) + ".");
}
