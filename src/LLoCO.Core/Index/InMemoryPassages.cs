namespace LLoCO.Core.Index;

/// <summary>The passages of an index in memory, and their ranking. Not safe for concurrent use by itself.</summary>
internal sealed class InMemoryPassages
{
    private sealed record Entry(IndexedDocument Document, Passage Passage, float[] Unit)
    {
        public string Text => Document.Text.Substring(Passage.Start, Passage.Length);
    }

    private readonly Dictionary<long, Entry> _entries = [];
    private readonly Dictionary<string, long[]> _keys = new(StringComparer.Ordinal);
    private readonly Bm25Index _bm25 = new();
    private long _lastKey;

    /// <summary>Refuses dense vectors of another width than those of the other documents.</summary>
    /// <param name="document">The document to be added.</param>
    public void CheckWidth(IndexedDocument document)
    {
        if (document.Passages.Count > 0 && document.Passages[0].Vector.Length > 0)
        {
            IndexGuard.CheckWidth(document.Passages[0].Vector.Length, Width(except: document.Id));
        }
    }

    /// <summary>Adds the passages of a document.</summary>
    /// <param name="document">The document.</param>
    public void Add(IndexedDocument document)
    {
        var keys = new long[document.Passages.Count];
        for (int i = 0; i < keys.Length; i++)
        {
            Passage passage = document.Passages[i];
            var entry = new Entry(document, passage, VectorMath.Normalize(passage.Vector.Span));
            keys[i] = ++_lastKey;
            _entries.Add(keys[i], entry);
            _bm25.Add(keys[i], entry.Text);
        }

        _keys.Add(document.Id, keys);
    }

    /// <summary>Removes the passages of a document.</summary>
    /// <param name="document">The document, as it was added.</param>
    public void Remove(IndexedDocument document)
    {
        _keys.Remove(document.Id, out long[]? keys);
        foreach (long key in keys!)
        {
            _entries.Remove(key, out Entry? entry);
            _bm25.Remove(key, entry!.Text);
        }
    }

    /// <summary>Removes all passages.</summary>
    public void Clear()
    {
        foreach (IndexedDocument document in _entries.Values.Select(entry => entry.Document).Distinct().ToArray())
        {
            Remove(document);
        }
    }

    /// <summary>Ranks passages for a question.</summary>
    /// <param name="query">The search, already checked.</param>
    /// <returns>The best passages first.</returns>
    public IReadOnlyList<PassageHit> Search(PassageQuery query)
    {
        bool dense = false;
        if (!query.Vector.IsEmpty)
        {
            int? width = Width(except: null);
            IndexGuard.CheckWidth(query.Vector.Length, width);
            dense = width is not null;
        }

        IEnumerable<(PassageKey Key, double Score)> ranked;
        if (dense)
        {
            int depth = RankingDepth.For(query.Limit);
            ranked = ScoreFusion.Fuse([.. RankByText(query, depth)], RankByVector(query, depth));
        }
        else
        {
            ranked = RankByText(query, query.Limit);
        }

        return [.. ranked.Take(query.Limit).Select(item => Hit(item.Key, item.Score))];
    }

    private int? Width(string? except)
    {
        Entry? other = _entries.Values.FirstOrDefault(entry => entry.Unit.Length > 0 && entry.Document.Id != except);
        return other?.Unit.Length;
    }

    private IEnumerable<(PassageKey Key, double Score)> RankByText(PassageQuery query, int limit) =>
        _bm25.Score(query.Text)
            .Where(pair => IsInGroup(_entries[pair.Key], query))
            .Select(pair => (Key: Key(pair.Key), Score: pair.Value))
            .OrderByDescending(item => item.Score)
            .ThenBy(item => item.Key)
            .Take(limit);

    private (PassageKey Key, double Score)[] RankByVector(PassageQuery query, int limit)
    {
        float[] question = VectorMath.Normalize(query.Vector.Span);
        var best = new BestOf<PassageKey>(limit);
        foreach ((long key, Entry entry) in _entries)
        {
            if (entry.Unit.Length > 0 && IsInGroup(entry, query))
            {
                best.Add(Key(key), VectorMath.Dot(question, entry.Unit));
            }
        }

        return best.Descending();
    }

    private static bool IsInGroup(Entry entry, PassageQuery query) => query.Group is null || entry.Document.Group == query.Group;

    private PassageKey Key(long key) => new(_entries[key].Document.Id, _entries[key].Passage.Start, key);

    private PassageHit Hit(PassageKey key, double score)
    {
        Entry entry = _entries[key.Row];
        return new PassageHit(
            entry.Document.Id, entry.Document.Group, entry.Passage.Start, entry.Passage.Length, entry.Text, score);
    }
}
