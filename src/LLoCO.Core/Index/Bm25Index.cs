namespace LLoCO.Core.Index;

/// <summary>
/// BM25 in memory, with the formula and constants of FTS5's <c>bm25()</c> (https://www.sqlite.org/fts5.html#the_bm25_function):
/// k1 1.2, b 0.75, <c>idf = ln((N - n + 0.5) / (n + 0.5))</c>, at least 1e-6.
/// </summary>
internal sealed class Bm25Index
{
    private const double K1 = 1.2;
    private const double B = 0.75;
    private const double SmallestIdf = 1e-6;

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

            double idf = Math.Max(SmallestIdf, Math.Log((_lengths.Count - counts.Count + 0.5) / (counts.Count + 0.5)));
            foreach ((long key, int count) in counts)
            {
                double norm = K1 * (1 - B + (B * _lengths[key] / averageLength));
                scores[key] = scores.GetValueOrDefault(key) + (idf * count * (K1 + 1) / (count + norm));
            }
        }

        return scores;
    }
}
