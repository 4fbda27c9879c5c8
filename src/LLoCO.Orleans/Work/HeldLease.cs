using System.Diagnostics;

namespace LLoCO.Orleans.Work;

/// <summary>The lease of the unit that a flow of calls works on. It ends by this process's own clock, which goes on while the process is
/// stopped: one that wakes up late knows that its unit is another silo's.</summary>
/// <param name="unit">The unit.</param>
/// <param name="seconds">How long it is in force without a word from the job.</param>
internal sealed class HeldLease(string unit, double seconds)
{
    private static readonly AsyncLocal<HeldLease?> Flow = new();

    private long _deadline = DeadlineFrom(Stopwatch.GetTimestamp(), seconds);

    /// <summary>Gets the lease of this flow of calls; <see langword="null"/> for calls that work on no unit.</summary>
    public static HeldLease? Current => Flow.Value;

    /// <summary>Gets whether it has ended.</summary>
    public bool IsLost => Stopwatch.GetTimestamp() > Interlocked.Read(ref _deadline);

    /// <summary>Gets the time until it ends; zero if it has.</summary>
    public TimeSpan Left =>
        TimeSpan.FromSeconds(Math.Max(0, (double)(Interlocked.Read(ref _deadline) - Stopwatch.GetTimestamp()) / Stopwatch.Frequency));

    /// <summary>Extends the lease by its whole length.</summary>
    /// <param name="asked">When the job was asked, as <see cref="Stopwatch.GetTimestamp"/>: before its answer.</param>
    public void Extend(long asked) => Interlocked.Exchange(ref _deadline, DeadlineFrom(asked, seconds));

    /// <summary>Does work whose calls are under this lease.</summary>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="work">The work.</param>
    public async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        Flow.Value = this;
        return await work().ConfigureAwait(false);
    }

    /// <summary>Refuses to write for a lease that has ended.</summary>
    /// <exception cref="LeaseLostException">It has.</exception>
    public void EnsureHeld()
    {
        if (IsLost)
        {
            throw new LeaseLostException($"'{unit}' belongs to another silo: this one could not say for {seconds} s that it works on it. "
                + "Nothing more of it is written here.");
        }
    }

    private static long DeadlineFrom(long start, double length) => start + (long)(length * Stopwatch.Frequency);
}
