using Orleans;

namespace LLoCO.Orleans.Answers;

/// <summary>Keeps the last word of each silo for some seconds.</summary>
/// <param name="clock">The time.</param>
internal sealed class LoadGrain(TimeProvider clock) : Grain, ILoadGrain
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, (SiloLoad Load, long Heard)> _silos = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SiloLoad>> TellAsync(SiloLoad load)
    {
        _silos[load.Silo] = (load, clock.GetTimestamp());
        foreach (string old in _silos.Where(one => clock.GetElapsedTime(one.Value.Heard) > Longest).Select(one => one.Key).ToArray())
        {
            _silos.Remove(old);
        }

        return Task.FromResult<IReadOnlyList<SiloLoad>>([.. _silos.Values.Select(one => one.Load)]);
    }
}
