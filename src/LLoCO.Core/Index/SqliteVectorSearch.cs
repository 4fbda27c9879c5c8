using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LLoCO.Core.Index;

/// <summary>Cosine similarity over the dense vectors of an index file: every one is compared where SQLite holds it, without a copy and without
/// its document, and only the best are looked up.</summary>
internal static class SqliteVectorSearch
{
    // What has fallen behind is dropped when so many have been kept beyond those wanted.
    private const int Slack = 1_024;

    private const string OfAll = "SELECT key, owner, start, vector FROM passages NOT INDEXED WHERE vector IS NOT NULL";

    private const string OfAGroup = """
        SELECT p.key, p.owner, p.start, p.vector FROM documents d JOIN passages p ON p.owner = d.key
        WHERE d."group" = $group AND p.vector IS NOT NULL
        """;

    /// <summary>Ranks passages.</summary>
    /// <param name="connection">A connection inside a read transaction.</param>
    /// <param name="query">The search, already checked.</param>
    /// <param name="limit">Most passages to return.</param>
    /// <returns>The best first; equal ones by document and place.</returns>
    public static List<(PassageKey Key, double Score)> Rank(SqliteConnection connection, PassageQuery query, int limit)
    {
        float[] question = VectorMath.Normalize(query.Vector.Span);
        var kept = new List<Near>();
        var worst = new PriorityQueue<long, double>();
        using SqliteCommand command = query.Group is null
            ? connection.Command(OfAll)
            : connection.Command(OfAGroup, ("$group", query.Group));
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            // The reader's own way to a blob makes an array of it.
            ReadOnlySpan<float> vector = MemoryMarshal.Cast<byte, float>(raw.sqlite3_column_blob(row.Handle, 3));
            if (vector.Length != question.Length)
            {
                throw SqliteFaults.Damaged(DocumentOf(connection, row.GetInt64(1)), $"a dense vector has {vector.Length} numbers");
            }

            double score = VectorMath.Dot(question, vector);
            if (worst.Count < limit)
            {
                worst.Enqueue(0, score);
            }
            else if (worst.TryPeek(out _, out double least) && score >= least)
            {
                worst.DequeueEnqueue(0, score);
            }
            else
            {
                continue;
            }

            kept.Add(new Near(row.GetInt64(0), row.GetInt64(1), row.GetInt32(2), score));
            if (kept.Count > (2L * limit) + Slack)
            {
                Drop(kept, worst);
            }
        }

        Drop(kept, worst);
        return Order(connection, kept, limit);
    }

    /// <summary>Drops what is no longer among the best; of equal ones none.</summary>
    private static void Drop(List<Near> kept, PriorityQueue<long, double> worst)
    {
        if (worst.TryPeek(out _, out double least))
        {
            kept.RemoveAll(one => one.Score < least);
        }
    }

    private static List<(PassageKey Key, double Score)> Order(SqliteConnection connection, List<Near> kept, int limit)
    {
        var ids = new Dictionary<long, string>();
        var found = new List<(PassageKey Key, double Score)>(kept.Count);
        foreach (Near one in kept)
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

    private readonly record struct Near(long Row, long Owner, int Start, double Score);
}
