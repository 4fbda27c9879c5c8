namespace LLoCO.Core.Tokenization.Merging;

/// <summary>
/// Repeatedly joins the neighbouring pair with the lowest rank, the leftmost of equals. Holds the working memory of one call: not
/// safe for concurrent use.
/// </summary>
/// <param name="table">The pairs.</param>
internal sealed class SymbolMerger(MergeTable table)
{
    /// <summary>Up to this length, a linear search through all pairs costs less than a queue, which takes n log n.</summary>
    private const int ShortWord = 48;

    private readonly PriorityQueue<(int Left, int Joined), long> _queue = new();
    private int[] _ids = new int[256];
    private int[] _ends = new int[256];
    private int[] _next = new int[256];
    private int[] _previous = new int[256];
    private long[] _ranks = new long[256];

    /// <summary>Gets the number of symbols.</summary>
    public int Count { get; private set; }

    /// <summary>Gets how often pairs were looked up: a measure of the time that no other load changes.</summary>
    public long Lookups { get; private set; }

    /// <summary>Gets the symbols' ids.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>Gets where each symbol ends, as it was said when it was added.</summary>
    public ReadOnlySpan<int> Ends => _ends.AsSpan(0, Count);

    /// <summary>Begins another word.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a symbol behind the others.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="end">Where it ends in the word.</param>
    public void Add(int id, int end)
    {
        if (Count == _ids.Length)
        {
            Array.Resize(ref _ids, Count * 2);
            Array.Resize(ref _ends, Count * 2);
        }

        (_ids[Count], _ends[Count]) = (id, end);
        Count++;
    }

    /// <summary>Joins all pairs that can be joined.</summary>
    public void Merge()
    {
        if (Count <= ShortWord)
        {
            MergeShort();
        }
        else
        {
            MergeLong();
        }
    }

    // ranks[i] is the rank of the pair (i, i + 1) and the id that it makes, so that the least is the pair to join.
    private void MergeShort()
    {
        long[] ranks = _ranks;
        for (int i = 0; i + 1 < Count; i++)
        {
            ranks[i] = RankOf(_ids[i], _ids[i + 1]);
        }

        while (Count > 1)
        {
            int best = 0;
            for (int i = 1; i < Count - 1; i++)
            {
                best = ranks[i] < ranks[best] ? i : best;
            }

            if (ranks[best] == long.MaxValue)
            {
                return;
            }

            _ids[best] = (int)ranks[best];
            int tail = Count - best - 2;
            Array.Copy(_ids, best + 2, _ids, best + 1, tail);
            Array.Copy(_ends, best + 1, _ends, best, tail + 1);
            if (tail > 0)
            {
                Array.Copy(ranks, best + 2, ranks, best + 1, tail - 1);
            }

            Count--;
            if (best + 1 < Count)
            {
                ranks[best] = RankOf(_ids[best], _ids[best + 1]);
            }

            if (best > 0)
            {
                ranks[best - 1] = RankOf(_ids[best - 1], _ids[best]);
            }
        }
    }

    private long RankOf(int left, int right) =>
        TryGet(left, right, out int rank, out int joined) ? ((long)rank << 32) | (uint)joined : long.MaxValue;

    private bool TryGet(int left, int right, out int rank, out int joined)
    {
        Lookups++;
        return table.TryGet(left, right, out rank, out joined);
    }

    private void MergeLong()
    {
        if (_next.Length < Count)
        {
            (_next, _previous) = (new int[_ids.Length], new int[_ids.Length]);
        }

        for (int i = 0; i < Count; i++)
        {
            (_next[i], _previous[i]) = (i + 1, i - 1);
        }

        _queue.Clear();
        for (int i = 0; i + 1 < Count; i++)
        {
            Offer(i, i + 1);
        }

        while (_queue.TryDequeue(out (int Left, int Joined) pair, out _))
        {
            int right = _ids[pair.Left] < 0 ? Count : _next[pair.Left];
            if (right < Count && TryGet(_ids[pair.Left], _ids[right], out _, out int joined) && joined == pair.Joined)
            {
                Join(pair.Left, right, joined);
            }
        }

        Close();
    }

    private void Join(int left, int right, int joined)
    {
        _ids[left] = joined;
        _ends[left] = _ends[right];
        _ids[right] = -1;
        _next[left] = _next[right];
        if (_next[left] < Count)
        {
            _previous[_next[left]] = left;
            Offer(left, _next[left]);
        }

        if (_previous[left] >= 0)
        {
            Offer(_previous[left], left);
        }
    }

    private void Offer(int left, int right)
    {
        if (TryGet(_ids[left], _ids[right], out int rank, out int joined))
        {
            _queue.Enqueue((left, joined), ((long)rank << 32) | (uint)left);
        }
    }

    private void Close()
    {
        int kept = 0;
        for (int i = 0; i < Count; i = _next[i])
        {
            (_ids[kept], _ends[kept]) = (_ids[i], _ends[i]);
            kept++;
        }

        Count = kept;
    }
}
