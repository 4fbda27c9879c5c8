using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LLoCO.Core.Index;

/// <summary>Cosine similarity over the dense vectors of an index file: every one is compared, where SQLite holds it, without a copy and without
/// its document, or in memory by its bytes first (<see cref="SqliteKeptVectors"/>). Only the best are looked up.</summary>
internal static class SqliteVectorSearch
{
    /// <summary>The vectors of all passages that have one, with key, document and start.</summary>
    public const string OfAll = "SELECT key, owner, start, vector FROM passages NOT INDEXED WHERE vector IS NOT NULL";

    private const string OfAGroup = """
        SELECT p.key, p.owner, p.start, p.vector FROM documents d JOIN passages p ON p.owner = d.key
        WHERE d."group" = $group AND p.vector IS NOT NULL
        """;

    /// <summary>Ranks passages.</summary>
    /// <param name="connection">A connection inside a read transaction.</param>
    /// <param name="kept">The vectors of that state in memory, or <see langword="null"/>.</param>
    /// <param name="query">The search, already checked.</param>
    /// <param name="limit">Most passages to return.</param>
    /// <returns>The best first; equal ones by document and place.</returns>
    public static List<(PassageKey Key, double Score)> Rank(SqliteConnection connection, KeptVectors? kept, PassageQuery query, int limit)
    {
        float[] question = VectorMath.Normalize(query.Vector.Span);
        var nearest = new NearestVectors(limit);
        if (kept is null)
        {
            CompareAll(connection, question, query.Group, nearest);
        }
        else
        {
            CompareAgain(connection, question, kept.Candidates(question, query.Group, limit), nearest);
        }

        nearest.Drop();
        return Order(connection, nearest.Kept, limit);
    }

    /// <summary>Gets a vector where SQLite holds it: the reader's own way makes an array of it.</summary>
    /// <param name="row">A row; the vector is there until the next one.</param>
    /// <param name="column">The column.</param>
    /// <returns>The numbers.</returns>
    public static ReadOnlySpan<float> VectorOf(SqliteDataReader row, int column) =>
        MemoryMarshal.Cast<byte, float>(raw.sqlite3_column_blob(row.Handle, column));

    /// <summary>Says that a vector is not as long as the others.</summary>
    /// <param name="connection">A connection inside a read transaction.</param>
    /// <param name="owner">The row of its document.</param>
    /// <param name="numbers">Its length.</param>
    /// <returns>The error.</returns>
    public static LlocoException Damaged(SqliteConnection connection, long owner, int numbers) =>
        SqliteFaults.Damaged(DocumentOf(connection, owner), $"a dense vector has {numbers} numbers");

    private static void CompareAll(SqliteConnection connection, float[] question, string? group, NearestVectors nearest)
    {
        using SqliteCommand command = group is null ? connection.Command(OfAll) : connection.Command(OfAGroup, ("$group", group));
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            ReadOnlySpan<float> vector = VectorOf(row, 3);
            if (vector.Length != question.Length)
            {
                throw Damaged(connection, row.GetInt64(1), vector.Length);
            }

            double score = VectorMath.Dot(question, vector);
            if (nearest.MayTake(score))
            {
                nearest.Take(new NearPassage(row.GetInt64(0), row.GetInt64(1), row.GetInt32(2), score), score);
            }
        }
    }

    /// <summary>Compares passages as the file has them, until the others cannot be as near.</summary>
    private static void CompareAgain(SqliteConnection connection, float[] question, List<NearPassage> candidates, NearestVectors nearest)
    {
        using SqliteCommand command = connection.Command("SELECT vector FROM passages WHERE key = $key");
        foreach (NearPassage one in candidates.OrderByDescending(one => one.Score).TakeWhile(one => nearest.MayTake(one.Score)))
        {
            command.Set(("$key", one.Row));
            using SqliteDataReader row = command.ExecuteReader();
            double score = row.Read()
                ? VectorMath.Dot(question, VectorOf(row, 0))
                : throw new InvalidOperationException($"there is no passage {one.Row}, whose vector was kept");
            nearest.Take(one with { Score = score }, score);
        }
    }

    private static List<(PassageKey Key, double Score)> Order(SqliteConnection connection, List<NearPassage> kept, int limit)
    {
        var ids = new Dictionary<long, string>();
        var found = new List<(PassageKey Key, double Score)>(kept.Count);
        foreach (NearPassage one in kept)
        {
            if (!ids.TryGetValue(one.Owner, out string? id))
            {
                ids[one.Owner] = id = DocumentOf(connection, one.Owner);
            }

            found.Add((new PassageKey(id, one.Start, one.Row), one.Score));
        }

        found.Sort((left, right) => right.Score.CompareTo(left.Score) is not 0 and var order ? order : left.Key.CompareTo(right.Key));
        return found.Count > limit ? found[..limit] : found;
    }

    private static string DocumentOf(SqliteConnection connection, long owner) =>
        connection.Scalar<string>("SELECT id FROM documents WHERE key = $owner", ("$owner", owner)) ?? string.Empty;
}
