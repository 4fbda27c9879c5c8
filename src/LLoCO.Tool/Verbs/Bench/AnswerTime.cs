using System.Diagnostics;
using LLoCO.Training.Probing;
using LLoCO.Core;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>How long an answer took.</summary>
/// <param name="First">Seconds to the first token.</param>
/// <param name="Total">Seconds to the last.</param>
internal readonly record struct AnswerTime(double First, double Total)
{
    /// <summary>Measures a greedy answer.</summary>
    /// <param name="session">The answer.</param>
    /// <param name="answer">Its tokens; at least 1.</param>
    /// <param name="read">Reads what stands in front and gives the first logits; inside the time.</param>
    internal static AnswerTime Measure(PassSession session, int answer, Func<float[]> read)
    {
        long started = Stopwatch.GetTimestamp();
        int id = session.Choose(read());
        TimeSpan first = Stopwatch.GetElapsedTime(started);
        for (int i = 1; i < answer; i++)
        {
            id = session.Choose(session.FeedToken(id));
        }

        return new AnswerTime(first.TotalSeconds, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }
}
