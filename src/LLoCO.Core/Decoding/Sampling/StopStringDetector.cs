namespace LLoCO.Core.Decoding.Sampling;

/// <summary>
/// Watches streamed text for stop strings. Text that could begin a stop string is held back until this is decided, so no part of
/// a stop string is ever shown. One detector per answer.
/// </summary>
internal sealed class StopStringDetector
{
    private readonly string[] _stops;
    private string _held = "";

    /// <summary>Creates a detector.</summary>
    /// <param name="stops">The stop strings; none of them empty. May be none: then all text passes.</param>
    /// <exception cref="ArgumentException">A stop string is empty.</exception>
    internal StopStringDetector(IReadOnlyList<string> stops)
    {
        if (stops.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("A stop string is empty: it would end every answer before it begins.", nameof(stops));
        }

        _stops = [.. stops];
    }

    /// <summary>Gets whether a stop string was found. After that, no text passes.</summary>
    internal bool Stopped { get; private set; }

    /// <summary>Appends generated text and holds back what may be the beginning of a stop string.</summary>
    /// <param name="text">The next piece; may be empty.</param>
    /// <returns>The text that may be shown now.</returns>
    internal string Append(string text)
    {
        if (Stopped)
        {
            return "";
        }

        string all = _held + text;
        int stop = FirstStop(all);
        if (stop >= 0)
        {
            Stopped = true;
            _held = "";
            return all[..stop];
        }

        int hold = LongestBeginning(all);
        _held = all[(all.Length - hold)..];
        return all[..(all.Length - hold)];
    }

    /// <summary>Ends the text and releases the text that was held back, because it is no stop string.</summary>
    /// <returns>The rest.</returns>
    internal string Finish()
    {
        string rest = _held;
        _held = "";
        return rest;
    }

    private int FirstStop(string text)
    {
        int first = -1;
        foreach (string stop in _stops)
        {
            int at = text.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && (first < 0 || at < first))
            {
                first = at;
            }
        }

        return first;
    }

    /// <summary>Gets the length of the longest suffix of the text that is a prefix of a stop string.</summary>
    private int LongestBeginning(string text)
    {
        int longest = 0;
        foreach (string stop in _stops)
        {
            for (int length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                {
                    longest = length;
                }
            }
        }

        return longest;
    }
}
