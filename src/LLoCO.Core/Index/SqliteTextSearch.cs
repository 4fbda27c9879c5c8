using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>A passage found for a question.</summary>
/// <param name="Key">Document, place and row.</param>
/// <param name="Group">The document's group.</param>
/// <param name="Score">Its score.</param>
internal readonly record struct FoundPassage(PassageKey Key, string Group, double Score);

/// <summary>
/// BM25 over an index file. The telling words of a question find the passages: FTS5 ranks those that hold one, and only the best
/// are looked up. Frequent words take no part where they could not lift another passage into the result; they are then counted in
/// the passages found.
/// </summary>
/// <remarks>
/// <see cref="TermChoice"/> chooses the words. In small indexes every word takes part, and scores are those of FTS5. In others a passage
/// far down may have been ordered without its frequent words, and words that stand in half of all passages are left out where others
/// find any.
/// </remarks>
internal sealed class SqliteTextSearch
{
    // So many passages are ranked in a few milliseconds, whatever they hold.
    private const int SmallIndex = 1_000;

    // Passages beyond the limit that frequent words may lift into it.
    private const int Reserve = 16;

    // Less than this changes no order but that of equal scores.
    private const double Negligible = 1e-3;

    private readonly SqliteConnection _connection;
    private readonly SqliteHits _hits;
    private readonly Dictionary<(int Used, long Row), double> _added = [];
    private readonly List<CountedTerm> _terms;
    private readonly double _averageLength;

    /// <summary>Prepares a search.</summary>
    /// <param name="connection">A connection inside a read transaction.</param>
    /// <param name="hits">Reads the passages of the same connection.</param>
    /// <param name="question">Any text.</param>
    public SqliteTextSearch(SqliteConnection connection, SqliteHits hits, string question)
    {
        (_connection, _hits) = (connection, hits);
        (long passages, _averageLength) = SqliteTermCounts.Totals(connection);
        IEnumerable<string> terms = SearchTerms.Extract(question).Distinct(StringComparer.Ordinal);
        _terms = passages <= SmallIndex
            ? [.. terms.Select(term => new CountedTerm(term, 0, 0))]
            : SqliteTermCounts.Count(connection, terms, passages);
    }

    /// <summary>Ranks passages.</summary>
    /// <param name="group">Only of this group, or of all with <see langword="null"/>.</param>
    /// <param name="limit">Most passages to return; at least 1.</param>
    /// <returns>The best first.</returns>
    public List<FoundPassage> Rank(string? group, int limit)
    {
        int used = TermChoice.First(_terms);
        while (used > 0)
        {
            using var matches = new SqliteMatches(_connection, _terms.Take(used).Select(term => term.Text));
            bool counts = TermChoice.Bound(_terms[used..], withEmpty: false) > Negligible;
            int depth = counts ? (int)Math.Min(int.MaxValue, (long)limit + Reserve) : limit;
            List<FoundPassage> best = matches.Take(group, depth);
            int next = TermChoice.Next(_terms, used, best.Count >= limit ? best[limit - 1].Score : 0, best.Count);
            if (next > used)
            {
                used = next;
                continue;
            }

            best = counts ? AddFrequent(best, used) : best;
            return best.Count > limit ? best[..limit] : best;
        }

        return [];
    }

    /// <summary>Adds what the terms left out are worth in the passages found, and orders these again.</summary>
    private List<FoundPassage> AddFrequent(List<FoundPassage> found, int used)
    {
        Dictionary<string, int> places = Enumerable.Range(used, _terms.Count - used)
            .ToDictionary(place => _terms[place].Text, StringComparer.Ordinal);
        int[] counts = new int[_terms.Count];
        return [.. found
            .Select(one => one with { Score = one.Score + Added(one.Key.Row, used, places, counts) })
            .OrderByDescending(one => one.Score)
            .ThenBy(one => one.Key)];
    }

    private double Added(long row, int used, Dictionary<string, int> places, int[] counts)
    {
        if (_added.TryGetValue((used, row), out double added))
        {
            return added;
        }

        Array.Clear(counts);
        IReadOnlyList<string> words = SearchTerms.Extract(_hits.Read(row).Text);
        foreach (string word in words)
        {
            if (places.TryGetValue(word, out int place))
            {
                counts[place]++;
            }
        }

        for (int place = used; place < counts.Length; place++)
        {
            added += Bm25Formula.Score(_terms[place].Idf, counts[place], words.Count, _averageLength);
        }

        _added.Add((used, row), added);
        return added;
    }
}
