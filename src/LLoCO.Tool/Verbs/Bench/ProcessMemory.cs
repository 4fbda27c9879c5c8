using System.Diagnostics;
using System.Globalization;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>The resident memory of this process, now and at its peak.</summary>
internal static class ProcessMemory
{
    private const string Status = "/proc/self/status";

    /// <summary>Gets the resident bytes now.</summary>
    public static long Resident => Field("VmRSS:") ?? Environment.WorkingSet;

    /// <summary>Gets the most resident bytes since <see cref="ForgetPeak"/>, or since the process began where the system cannot
    /// forget.</summary>
    public static long Peak
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return Field("VmHWM:") ?? process.PeakWorkingSet64;
        }
    }

    /// <summary>Begins a new peak (Linux only).</summary>
    public static void ForgetPeak()
    {
        GC.Collect();
        const string ResetPeak = "5";
        if (OperatingSystem.IsLinux())
        {
            File.WriteAllText("/proc/self/clear_refs", ResetPeak);
        }
    }

    private static long? Field(string name)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        string line = File.ReadLines(Status).First(line => line.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(line[name.Length..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
