namespace LLoCO.Core.Tokenization.Patterns;

/// <summary>
/// Remembers tried states: a step at a position always has the same result, because steps do not depend on the path to them.
/// </summary>
internal sealed class PatternMemo
{
    /// <summary>Says that a place was not tried before.</summary>
    public const int New = 0;

    /// <summary>Numbers from here down say that a place led to a match before, and where that ended.</summary>
    public const int Known = -2;

    /// <summary>Bounds the memory; forgetting only costs time.</summary>
    private const int MaxPlaces = 8 << 20;

    private readonly Dictionary<long, int> _ends = [];
    private readonly List<long> _path = [];

    /// <summary>Gets the number of places on the way to the present one.</summary>
    public int Height => _path.Count;

    /// <summary>Gives the end that a number from <see cref="Known"/> down stands for.</summary>
    public static int EndOf(int known) => Known - known;

    public void Clear()
    {
        _ends.Clear();
        _path.Clear();
    }

    /// <summary>Comes to a place.</summary>
    /// <returns><see cref="New"/>, -1 where it led to nothing before (or is being tried), or what <see cref="EndOf"/>
    /// reads.</returns>
    public int Enter(int step, int position)
    {
        long place = ((long)step << 32) | (uint)position;
        if (_ends.TryGetValue(place, out int end))
        {
            return end < 0 ? -1 : Known - end;
        }

        if (_ends.Count >= MaxPlaces)
        {
            _ends.Clear();
        }

        _ends.Add(place, -1);
        _path.Add(place);
        return New;
    }

    /// <summary>Leaves the way behind a height: it led to nothing.</summary>
    public void Drop(int height)
    {
        if (_path.Count > height)
        {
            _path.RemoveRange(height, _path.Count - height);
        }
    }

    /// <summary>Notes the end for all places of the way behind a height.</summary>
    public void Succeed(int height, int end)
    {
        for (int i = height; i < _path.Count; i++)
        {
            _ends[_path[i]] = end;
        }

        Drop(height);
    }
}
