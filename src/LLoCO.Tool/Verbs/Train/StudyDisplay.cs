using System.Diagnostics;
using LLoCO.Training.SelfStudy;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>Shows the progress of self-study on standard error: one line that is overwritten on a terminal, otherwise a line now
/// and then.</summary>
/// <param name="writer">Standard error.</param>
/// <param name="each">Whether every request gets a line.</param>
internal sealed class StudyDisplay(TextWriter writer, bool each) : IProgress<StudyProgress>
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(10);

    private readonly bool _terminal = ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected;
    private long _last = Stopwatch.GetTimestamp();

    /// <inheritdoc/>
    public void Report(StudyProgress value)
    {
        if (!_terminal && !each && Stopwatch.GetElapsedTime(_last) < Between)
        {
            return;
        }

        _last = Stopwatch.GetTimestamp();
        string line = $"self-study: {value.Requests}/{value.TotalRequests} requests, {value.Pairs} pairs";
        string end = value.Requests == value.TotalRequests ? "\n" : string.Empty;
        writer.Write(_terminal ? $"\r\u001b[K{line}{end}" : line + "\n");
        writer.Flush();
    }
}
