using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>
/// The passages that hold any of some terms, by score. They are looked up as they are asked for, so that a search pays for the
/// best ones and not for all; what was looked up is kept for a second look.
/// </summary>
internal sealed class SqliteMatches : IDisposable
{
    // Equal scores are ordered by document. More of them than this, as in a thousand copies of one text, stay as they come.
    private const int LongestTie = 1_000;

    private readonly SqliteCommand _ranking;
    private readonly SqliteCommand _lookUp;
    private readonly SqliteDataReader _rows;
    private readonly List<FoundPassage> _found = [];
    private (long Row, double Score)? _next;

    /// <summary>Ranks passages.</summary>
    /// <param name="connection">A connection inside a read transaction.</param>
    /// <param name="terms">The terms; at least one.</param>
    public SqliteMatches(SqliteConnection connection, IEnumerable<string> terms)
    {
        _ranking = connection.Command(
            "SELECT rowid, rank FROM passage_terms WHERE passage_terms MATCH $terms ORDER BY rank",
            ("$terms", SearchTerms.ToFts5Query(terms)));
        _lookUp = connection.Command(
            "SELECT d.id, d.\"group\", p.start FROM passages p JOIN documents d ON d.key = p.owner WHERE p.key = $key");
        _rows = _ranking.ExecuteReader();
        _next = ReadNext();
    }

    /// <summary>Takes the best.</summary>
    /// <param name="group">Only of this group, or of all with <see langword="null"/>.</param>
    /// <param name="limit">Most to return.</param>
    /// <returns>The best first; equal ones by document and place.</returns>
    public List<FoundPassage> Take(string? group, int limit)
    {
        var taken = new List<FoundPassage>(Math.Min(limit, 64));
        for (int i = 0; taken.Count < limit && (i < _found.Count || Grow()); i++)
        {
            if (group is null || _found[i].Group == group)
            {
                taken.Add(_found[i]);
            }
        }

        return taken;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _ranking.Dispose();
        _lookUp.Dispose();
    }

    /// <summary>Looks up the next passage, with all of the same score.</summary>
    private bool Grow()
    {
        if (_next is not { } first)
        {
            return false;
        }

        int start = _found.Count;
        do
        {
            _found.Add(LookUp(_next.Value.Row, first.Score));
            _next = ReadNext();
        }
        while (_next?.Score == first.Score && _found.Count - start < LongestTie);
        if (_found.Count - start > 1)
        {
            List<FoundPassage> tie = _found[start..];
            tie.Sort(FoundPassage.Compare);
            _found.RemoveRange(start, tie.Count);
            _found.AddRange(tie);
        }

        return true;
    }

    private FoundPassage LookUp(long key, double score)
    {
        _lookUp.Set(("$key", key));
        using SqliteDataReader row = _lookUp.ExecuteReader();
        return row.Read()
            ? new FoundPassage(new PassageKey(row.GetString(0), row.GetInt32(2), key), row.GetString(1), score)
            : throw new InvalidOperationException($"the terms of passage {key} have no passage");
    }

    private (long Row, double Score)? ReadNext() => _rows.Read() ? (_rows.GetInt64(0), -_rows.GetDouble(1)) : null;
}
