using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>Ranks the passages of an index file. Every method runs inside the caller's read transaction.</summary>
internal static class SqliteSearch
{
    /// <summary>Ranks passages for a question.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="query">The search, already checked.</param>
    /// <returns>The best passages first.</returns>
    public static IReadOnlyList<PassageHit> Search(SqliteConnection connection, PassageQuery query)
    {
        bool dense = false;
        if (!query.Vector.IsEmpty)
        {
            int? width = SqlitePassages.VectorWidth(connection);
            IndexGuard.CheckWidth(query.Vector.Length, width);
            dense = width is not null;
        }

        using var hits = new SqliteHits(connection);
        var text = new SqliteTextSearch(connection, hits, query.Text);
        if (!dense)
        {
            return [.. text.Rank(query.Group, query.Limit).Select(found => hits.Read(found.Key.Row) with { Score = found.Score })];
        }

        int depth = RankingDepth.For(query.Limit);
        return [.. ScoreFusion.Fuse(
                [.. text.Rank(query.Group, depth).Select(found => (found.Key, found.Score))], RankByVector(connection, query, depth))
            .Take(query.Limit)
            .Select(found => hits.Read(found.Key.Row) with { Score = found.Score })];
    }

    private static (PassageKey Key, double Score)[] RankByVector(SqliteConnection connection, PassageQuery query, int limit)
    {
        float[] question = VectorMath.Normalize(query.Vector.Span);
        var best = new BestOf<PassageKey>(limit);
        using SqliteCommand command = connection.Command(
            """
            SELECT p.key, d.id, p.start, p.vector FROM passages p JOIN documents d ON d.key = p.owner
            WHERE p.vector IS NOT NULL AND ($group IS NULL OR d."group" = $group)
            """,
            ("$group", query.Group));
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            var vector = MemoryMarshal.Cast<byte, float>(row.GetFieldValue<byte[]>(3));
            if (vector.Length != question.Length)
            {
                throw SqliteFaults.Damaged(row.GetString(1), $"a dense vector has {vector.Length} numbers");
            }

            best.Add(new PassageKey(row.GetString(1), row.GetInt32(2), row.GetInt64(0)), VectorMath.Dot(question, vector));
        }

        return best.Descending();
    }
}
