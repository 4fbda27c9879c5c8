using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>Ranks the passages of an index file. Every method runs inside the caller's read transaction.</summary>
internal static class SqliteSearch
{
    /// <summary>Ranks passages for a question.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="query">The search, already checked.</param>
    /// <param name="keeper">Keeps the dense vectors of the file.</param>
    /// <returns>The best passages first.</returns>
    public static IReadOnlyList<PassageHit> Search(SqliteConnection connection, PassageQuery query, SqliteKeptVectors keeper)
    {
        bool dense = false;
        long version = query.Vector.IsEmpty ? 0 : keeper.Version();
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
        KeptVectors? kept = keeper.Find(connection, version);
        return [.. ScoreFusion.Fuse(
                [.. text.Rank(query.Group, depth).Select(found => (found.Key, found.Score))], SqliteVectorSearch.Rank(connection, kept, query, depth))
            .Take(query.Limit)
            .Select(found => hits.Read(found.Key.Row) with { Score = found.Score })];
    }
}
