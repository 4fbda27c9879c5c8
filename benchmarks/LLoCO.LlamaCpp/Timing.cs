using System.Diagnostics;

namespace LLoCO.LlamaCpp;

/// <summary>The clock of the measurements.</summary>
internal static class Timing
{
    /// <summary>Gets or sets whether the process's processor time is measured, on which other processes have little influence. It
    /// compares only with a single thread: several would count the time in which they wait for each other.</summary>
    public static bool UseProcessorTime { get; set; }

    /// <summary>The seconds so far; only differences mean something.</summary>
    public static double Seconds => UseProcessorTime
        ? Environment.CpuUsage.TotalTime.TotalSeconds
        : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
}
