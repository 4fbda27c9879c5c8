namespace LLoCO.Core.Tests.Cluster;

/// <summary>A clock that a test moves; its timers and its date are the system's. Leases that are counted by it do not end because the machine
/// is busy.</summary>
internal sealed class SteppedClock : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public void Move(double seconds) => Interlocked.Add(ref _ticks, TimeSpan.FromSeconds(seconds).Ticks);
}
