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

        if (!dense)
        {
            return ReadHits(connection, RankByText(connection, query, query.Limit));
        }

        int depth = RankingDepth.For(query.Limit);
        PassageKey[] byText = [.. RankByText(connection, query, depth).Select(item => item.Key)];
        PassageKey[] byVector = [.. RankByVector(connection, query, depth)];
        return ReadHits(
            connection,
            ReciprocalRankFusion.Fuse([byText, byVector], Comparer<PassageKey>.Default).Take(query.Limit));
    }

    private static List<(PassageKey Key, double Score)> RankByText(SqliteConnection connection, PassageQuery query, int limit)
    {
        string? terms = SearchTerms.ToFts5Query(query.Text);
        return terms is null
            ? []
            : connection.Rows(
                """
                SELECT p.key, d.id, p.start, -bm25(passage_terms) AS score
                FROM passage_terms JOIN passages p ON p.key = passage_terms.rowid JOIN documents d ON d.key = p.owner
                WHERE passage_terms MATCH $terms AND ($group IS NULL OR d."group" = $group)
                ORDER BY score DESC, d.id, p.start LIMIT $limit
                """,
                row => (new PassageKey(row.GetString(1), row.GetInt32(2), row.GetInt64(0)), row.GetDouble(3)),
                ("$terms", terms),
                ("$group", query.Group),
                ("$limit", limit));
    }

    private static IEnumerable<PassageKey> RankByVector(SqliteConnection connection, PassageQuery query, int limit)
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

    private static List<PassageHit> ReadHits(SqliteConnection connection, IEnumerable<(PassageKey Key, double Score)> ranked)
    {
        var hits = new List<PassageHit>();
        foreach ((PassageKey key, double score) in ranked)
        {
            hits.AddRange(connection.Rows(
                """
                SELECT d.id, d."group", p.start, p.length, substr(d.text, p.byte_start + 1, p.byte_length), d.utf16
                FROM passages p JOIN documents d ON d.key = p.owner WHERE p.key = $key
                """,
                row => new PassageHit(
                    row.GetString(0),
                    row.GetString(1),
                    row.GetInt32(2),
                    row.GetInt32(3),
                    SqliteDocuments.ReadText(row, 4, row.GetString(0)),
                    score),
                ("$key", key.Row)));
        }

        return hits;
    }
}
