using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>Reads passages with their texts, each once.</summary>
internal sealed class SqliteHits : IDisposable
{
    private readonly SqliteCommand _read;
    private readonly Dictionary<long, PassageHit> _hits = [];

    /// <summary>Prepares to read.</summary>
    /// <param name="connection">A connection inside a read transaction.</param>
    public SqliteHits(SqliteConnection connection) => _read = connection.Command(
        """
        SELECT d.id, d."group", p.start, p.length, substr(d.text, p.byte_start + 1, p.byte_length), d.utf16
        FROM passages p JOIN documents d ON d.key = p.owner WHERE p.key = $key
        """);

    /// <summary>Reads a passage.</summary>
    /// <param name="key">Its key in the index.</param>
    /// <returns>The passage, without a score.</returns>
    public PassageHit Read(long key)
    {
        if (_hits.TryGetValue(key, out PassageHit? known))
        {
            return known;
        }

        _read.Set(("$key", key));
        using SqliteDataReader row = _read.ExecuteReader();
        if (!row.Read())
        {
            throw new InvalidOperationException($"there is no passage {key}, which is a match");
        }

        var hit = new PassageHit(
            row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3), SqliteDocuments.ReadText(row, 4, row.GetString(0)), 0);
        _hits.Add(key, hit);
        return hit;
    }

    /// <inheritdoc/>
    public void Dispose() => _read.Dispose();
}
