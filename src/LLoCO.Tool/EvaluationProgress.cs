using System.Globalization;
using LLoCO.Core;
using LLoCO.Evaluation;

namespace LLoCO.Tool;

/// <summary>Shows the progress of an evaluation on standard error: one line that is overwritten on a terminal, otherwise a line
/// now and then.</summary>
/// <param name="writer">Standard error.</param>
/// <param name="answers">How many answers there will be.</param>
/// <param name="clock">Says when a line is due.</param>
internal sealed class EvaluationProgress(TextWriter writer, int answers, TimeProvider clock) : IProgress<IngestProgress>
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenUpdates = TimeSpan.FromMilliseconds(100);

    private readonly bool _terminal = ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected;
    private readonly long _started = clock.GetTimestamp();
    private readonly Dictionary<string, (double Sum, int Count)> _scores = [];
    private long _shown = clock.GetTimestamp();
    private int _done;
    private int _takenOver;

    /// <summary>Counts an answer.</summary>
    /// <param name="question">The answer.</param>
    public void Report(EvaluatedQuestion question)
    {
        _done++;
        _takenOver += question.TakenOver ? 1 : 0;
        if (question.Scores.Count > 0)
        {
            (double sum, int count) = _scores.GetValueOrDefault(question.Row);
            _scores[question.Row] = (sum + question.Scores.First().Value, count + 1);
        }

        Show(() => $"{_done}/{answers} answers, {Left()}; "
            + string.Join(", ", _scores.Select(row => Percent(row.Key, row.Value.Sum / row.Value.Count))));
    }

    /// <inheritdoc/>
    public void Report(IngestProgress value) => Show(
        () => $"{_done}/{answers} answers, {Left()}; compressing {value.DocumentId}: {value.SegmentsDone}/{value.Segments}");

    /// <summary>Clears the progress line for a result.</summary>
    public void Clear()
    {
        if (_terminal)
        {
            writer.Write("\r\u001b[K");
        }
    }

    private static string Percent(string row, double score) => string.Create(CultureInfo.InvariantCulture, $"{row} {score:P0}");

    private void Show(Func<string> text)
    {
        if (clock.GetElapsedTime(_shown) < (_terminal ? BetweenUpdates : BetweenLines))
        {
            return;
        }

        _shown = clock.GetTimestamp();
        if (_terminal)
        {
            string line = text();
            int width = Math.Max(20, Console.WindowWidth - 1);
            writer.Write("\r\u001b[K" + (line.Length > width ? line[..width] : line));
        }
        else
        {
            writer.WriteLine("lloco: " + text());
        }
    }

    private string Left()
    {
        int asked = _done - _takenOver;
        if (asked == 0)
        {
            return "time left unknown";
        }

        TimeSpan left = clock.GetElapsedTime(_started) / asked * Math.Max(0, answers - _done);
        return string.Create(CultureInfo.InvariantCulture, $"{(int)left.TotalMinutes}:{left.Seconds:00} left");
    }
}
