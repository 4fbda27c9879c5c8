namespace LLoCO.Server.Access;

/// <summary>The places for requests in progress or waiting. Half of them are kept for the keys, the same number for each, so that
/// nobody can take all; whoever comes first gets the other half.</summary>
/// <param name="places">All places.</param>
/// <param name="keys">The number of keys; 0 and 1 keep none.</param>
internal sealed class PlaceCount(int places, int keys)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private readonly int _kept = keys > 1 ? places / 2 / keys : 0;
    private int _all;

    /// <summary>Takes a place.</summary>
    /// <param name="key">The name of the key.</param>
    /// <returns>Whether there was one for this key.</returns>
    public bool TryTake(string key)
    {
        lock (_lock)
        {
            int own = _taken.GetValueOrDefault(key);
            if (own >= _kept && places - _all <= KeptForOthers(key))
            {
                return false;
            }

            _taken[key] = own + 1;
            _all++;
            return true;
        }
    }

    /// <summary>Gives a place back.</summary>
    /// <param name="key">The name of the key.</param>
    public void Free(string key)
    {
        lock (_lock)
        {
            _taken[key]--;
            _all--;
        }
    }

    private int KeptForOthers(string key)
    {
        int own = Math.Max(0, _kept - _taken.GetValueOrDefault(key));
        int used = _taken.Values.Sum(taken => Math.Min(_kept, taken));
        return (_kept * keys) - used - own;
    }
}
