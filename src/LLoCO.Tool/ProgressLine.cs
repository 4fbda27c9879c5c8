using System.Globalization;
using LLoCO.Core;

namespace LLoCO.Tool;

/// <summary>Shows the progress of an ingest as one line of the terminal: documents, segments, rate and time left; at the end what was
/// done. Nothing is shown where there is no terminal: each result has a line of its own there.</summary>
/// <param name="writer">The terminal.</param>
/// <param name="width">Its columns; 0 for none.</param>
/// <param name="documents">The documents in all.</param>
/// <param name="time">The clock.</param>
internal sealed class ProgressLine(TextWriter writer, int width, int documents, TimeProvider? time = null)
    : IProgress<IngestProgress>
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, (int Done, int All)> _segments = [];
    private readonly long _started = (time ?? TimeProvider.System).GetTimestamp();
    private int _finished;
    private int _failed;
    private long _tokens;
    private long _vectors;
    private int _compressed;

    /// <inheritdoc/>
    public void Report(IngestProgress value)
    {
        if (width == 0)
        {
            return;
        }

        lock (_lock)
        {
            // Segments that were taken over took no time.
            if (_segments.TryGetValue(value.DocumentNumber, out (int Done, int All) before))
            {
                _compressed += Math.Max(0, value.SegmentsDone - before.Done);
            }

            _segments[value.DocumentNumber] = (value.SegmentsDone, value.Segments);
            string line = $"[{value.DocumentNumber}/{documents}] {value.DocumentId}: {value.SegmentsDone}/{value.Segments} segments{Rate()}";
            writer.Write("\r\u001b[K" + (line.Length < width ? line : line[..Math.Max(0, width - 2)] + "…"));
        }
    }

    /// <summary>Counts a result.</summary>
    /// <param name="result">The result.</param>
    public void Count(IngestResult result)
    {
        lock (_lock)
        {
            _finished++;
            _failed += result.Failure is null ? 0 : 1;
            _tokens += result.Tokens;
            _vectors += result.SummaryVectors;
        }
    }

    /// <summary>Clears the line for a result.</summary>
    public void Clear()
    {
        if (width > 0)
        {
            writer.Write("\r\u001b[K");
        }
    }

    /// <summary>Writes what was done, as the last line.</summary>
    public void Close()
    {
        if (width > 0)
        {
            TimeSpan elapsed = _time.GetElapsedTime(_started);
            string failed = _failed > 0 ? $", {_failed} failed" : string.Empty;
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"\r\u001b[K{_finished} of {documents} documents{failed}: {_tokens:N0} tokens as {_vectors:N0} summary embeddings in {Span(elapsed)}"));
        }
    }

    private string Rate()
    {
        double seconds = _time.GetElapsedTime(_started).TotalSeconds;
        if (_compressed == 0 || seconds <= 0)
        {
            return string.Empty;
        }

        // Documents that have not begun are taken to be as long as those that have.
        double mean = _segments.Values.Average(one => (double)one.All);
        double left = _segments.Values.Sum(one => (double)(one.All - one.Done)) + (mean * (documents - _segments.Count));
        return string.Create(
            CultureInfo.InvariantCulture,
            $", {_compressed / seconds:F1}/s, {Span(TimeSpan.FromSeconds(left * seconds / _compressed))} left");
    }

    private static string Span(TimeSpan span) => span.TotalSeconds < 90
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(span.TotalSeconds):F0} s")
        : span.TotalMinutes < 90
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(span.TotalMinutes):F0} min")
            : string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:F1} h");
}
