using System.Diagnostics;
using System.Globalization;
using LLoCO.Training;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>The result of a training run, for scripts and for people.</summary>
internal static class TrainingReport
{
    /// <summary>Draws the curves and writes the result.</summary>
    /// <param name="console">Where to write.</param>
    /// <param name="name">What was trained.</param>
    /// <param name="examples">Examples learned from.</param>
    /// <param name="heldOut">Examples held out.</param>
    /// <param name="result">How it ended.</param>
    /// <param name="check">What an adapter reaches beside other ways; <see langword="null"/> where it was not asked.</param>
    public static void Write(
        ToolConsole console, string name, int examples, int heldOut, TrainingResult result, FinetuneCheck? check = null)
    {
        string? chart = LossChart.Draw(result.Folder);
        string metrics = Path.Combine(result.Folder, TrainingFiles.Folder, TrainingFiles.Metrics);
        long peak = PeakMemory();
        console.Result(
            new
            {
                name,
                folder = result.Folder,
                examples,
                held_out = heldOut,
                steps = result.Steps,
                stopped_early = result.StoppedEarly,
                loss = result.Loss,
                best_step = result.BestStep,
                validation_loss = result.Validation?.Loss,
                validation_exact = result.Validation?.Exact,
                validation_metric = result.Validation?.Metric,
                check = check is null ? null : new { check.Questions, check.Scores },
                seconds = result.Elapsed.TotalSeconds,
                peak_bytes = peak,
                metrics,
                chart,
            },
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: {examples} examples, {result.Steps} steps in {result.Elapsed.TotalSeconds:F0} s, last loss "
                + $"{result.Loss:F4}{Held(result)}; peak memory {peak / 1e6:N0} MB")
            + (check is null ? string.Empty : "\n" + check.Describe())
            + $"\nresult: {result.Folder}\nmetrics: {metrics}\ncurves: {chart ?? "none"}");
    }

    private static string Held(TrainingResult result) => result.Validation is not { } held
        ? string.Empty
        : string.Create(
            CultureInfo.InvariantCulture,
            $"; held out: loss {held.Loss:F4}, exact {held.Exact:P1} at step {result.BestStep}")
        + (held.Metric is { } metric ? string.Create(CultureInfo.InvariantCulture, $", metric {metric:P1}") : string.Empty);

    private static long PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
