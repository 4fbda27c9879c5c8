namespace LLoCO.Core.Index;

/// <summary>BM25 in memory (<see cref="Bm25Formula"/>).</summary>
internal sealed class Bm25Index
{
    private readonly Dictionary<string, Dictionary<long, int>> _postings = new(StringComparer.Ordinal);
    private readonly Dictionary<long, int> _lengths = [];
    private long _terms;

    /// <summary>Adds a text.</summary>
    /// <param name="key">Its key; not yet used.</param>
    /// <param name="text">The text.</param>
    public void Add(long key, string text)
    {
        int length = 0;
        foreach (string term in SearchTerms.Extract(text))
        {
            length++;
            if (!_postings.TryGetValue(term, out Dictionary<long, int>? counts))
            {
                _postings.Add(term, counts = []);
            }

            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        _lengths.Add(key, length);
        _terms += length;
    }

    /// <summary>Removes a text.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="text">The text as it was added.</param>
    public void Remove(long key, string text)
    {
        foreach (string term in SearchTerms.Extract(text).Distinct(StringComparer.Ordinal))
        {
            Dictionary<long, int> counts = _postings[term];
            counts.Remove(key);
            if (counts.Count == 0)
            {
                _postings.Remove(term);
            }
        }

        _lengths.Remove(key, out int length);
        _terms -= length;
    }

    /// <summary>Scores the texts that hold any term of a question.</summary>
    /// <param name="question">Any text.</param>
    /// <returns>Keys and scores, in no order.</returns>
    public IReadOnlyDictionary<long, double> Score(string question)
    {
        var scores = new Dictionary<long, double>();
        double averageLength = _lengths.Count == 0 ? 0 : (double)_terms / _lengths.Count;
        foreach (string term in SearchTerms.Extract(question).Distinct(StringComparer.Ordinal))
        {
            if (!_postings.TryGetValue(term, out Dictionary<long, int>? counts))
            {
                continue;
            }

            double idf = Bm25Formula.Idf(_lengths.Count, counts.Count);
            foreach ((long key, int count) in counts)
            {
                scores[key] = scores.GetValueOrDefault(key) + Bm25Formula.Score(idf, count, _lengths[key], averageLength);
            }
        }

        return scores;
    }
}
