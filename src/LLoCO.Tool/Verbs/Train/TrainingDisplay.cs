using System.Diagnostics;
using System.Globalization;
using LLoCO.Training;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>Shows the progress of a training run on standard error: one line that is overwritten on a terminal, otherwise a line
/// now and then.</summary>
/// <param name="writer">Standard error.</param>
/// <param name="name">What is trained.</param>
internal sealed class TrainingDisplay(TextWriter writer, string name) : IProgress<TrainingProgress>
{
    private const int Steps = 10;

    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenUpdates = TimeSpan.FromMilliseconds(100);

    private readonly bool _terminal = ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected;
    private long? _last;
    private double _smooth;
    private int _seen;

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        // Losses of single batches vary strongly, so a running mean is shown.
        _smooth += (value.Loss - _smooth) / Math.Min(++_seen, Steps);
        bool due = _last is not { } last || Stopwatch.GetElapsedTime(last) >= (_terminal ? BetweenUpdates : BetweenLines);
        if (!due && value.Validation is null && value.Step < value.Steps)
        {
            return;
        }

        _last = Stopwatch.GetTimestamp();
        string line = Line(value);
        bool keep = value.Validation is not null || value.Step == value.Steps || !_terminal;
        writer.Write(_terminal ? $"\r\u001b[K{line}{(keep ? "\n" : string.Empty)}" : line + "\n");
        writer.Flush();
    }

    private string Line(TrainingProgress value)
    {
        string validation = value.Validation is not { } held ? string.Empty : string.Create(
            CultureInfo.InvariantCulture,
            $"; held out: loss {held.Loss:F4}, exact {held.Exact:P1}")
            + (held.Metric is { } metric ? string.Create(CultureInfo.InvariantCulture, $", metric {metric:P1}") : string.Empty);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: step {value.Step}/{value.Steps}, epoch {value.Epoch:F2}, loss {_smooth:F4}, "
            + $"{value.TokensPerSecond:N0} tokens/s, {Time(value.Remaining)} left{validation}");
    }

    private static string Time(TimeSpan left) => left.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)left.TotalHours}:{left.Minutes:00}:{left.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{left.Minutes}:{left.Seconds:00}");
}
