using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>A passage found for a question.</summary>
/// <param name="Key">Document, place and row.</param>
/// <param name="Group">The document's group.</param>
/// <param name="Score">Its score.</param>
/// <remarks>No struct: lists and sorting of one would be compiled at the first search of a process, which takes longer than the
/// search.</remarks>
internal sealed record FoundPassage(PassageKey Key, string Group, double Score)
{
    /// <summary>Orders the best first; equal ones by document and place.</summary>
    public static int Compare(FoundPassage left, FoundPassage right)
    {
        int order = right.Score.CompareTo(left.Score);
        return order != 0 ? order : left.Key.CompareTo(right.Key);
    }
}

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

    // Of passages that hold a term, one in so many is expected to be of a group that is named.
    private const int Elsewhere = 3;

    // Less than this changes no order but that of equal scores.
    private const double Negligible = 1e-3;

    private readonly SqliteConnection _connection;
    private readonly SqliteHits _hits;
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
        (int used, double holding) = TermChoice.First(_terms, group is null ? limit : (int)Math.Min(int.MaxValue, Elsewhere * (long)limit));
        while (used > 0)
        {
            using var matches = new SqliteMatches(_connection, _terms.Take(used).Select(term => term.Text));
            bool counts = TermChoice.Bound(_terms[used..], withEmpty: false) > Negligible;
            int depth = counts ? (int)Math.Min(int.MaxValue, (long)limit + Math.Max(Reserve, DepthOf(holding))) : limit;
            List<FoundPassage> best = matches.Take(group, depth);
            int next = TermChoice.Next(_terms, used, best.Count >= limit ? best[limit - 1].Score : 0, best.Count);
            if (next > used)
            {
                (used, holding) = (next, double.MaxValue);
                continue;
            }

            best = counts ? AddFrequent(best, used) : best;
            return best.Count > limit ? best[..limit] : best;
        }

        return [];
    }

    /// <summary>All passages that were found, where they are few: in another order, the terms left out may lift any of them.</summary>
    private static int DepthOf(double holding) => holding <= TermChoice.AllScored ? (int)holding : 0;

    /// <summary>Adds what the terms left out are worth in the passages found, and orders these again.</summary>
    private List<FoundPassage> AddFrequent(List<FoundPassage> found, int used)
    {
        string[] words = new string[_terms.Count - used];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = _terms[used + i].Text;
        }

        int[] counts = new int[words.Length];
        var scored = new List<FoundPassage>(found.Count);
        foreach (FoundPassage one in found)
        {
            int length = SearchTerms.Count(_hits.Read(one.Key.Row).Text, words, counts);
            double score = one.Score;
            for (int i = 0; i < words.Length; i++)
            {
                score += Bm25Formula.Score(_terms[used + i].Idf, counts[i], length, _averageLength);
            }

            scored.Add(one with { Score = score });
        }

        scored.Sort(FoundPassage.Compare);
        return scored;
    }
}
