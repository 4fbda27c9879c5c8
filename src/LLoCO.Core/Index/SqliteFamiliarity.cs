using LLoCO.Core.Trust;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>Familiarity as rows. Every method runs inside the caller's transaction.</summary>
internal static class SqliteFamiliarity
{
    /// <summary>Writes the familiarity of a document that has none yet.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="owner">Key of the document.</param>
    /// <param name="familiarity">The figures, already checked; nothing is written for <see langword="null"/>.</param>
    public static void Save(SqliteConnection connection, long owner, DocumentFamiliarity? familiarity)
    {
        if (familiarity is null)
        {
            return;
        }

        connection.Execute(
            "INSERT INTO familiarity(owner, pieces_per_word, loss) VALUES($owner, $pieces_per_word, $loss)",
            ("$owner", owner),
            ("$pieces_per_word", familiarity.PiecesPerWord),
            ("$loss", familiarity.Loss));
        foreach ((string kind, double unknown) in familiarity.Unknown)
        {
            connection.Execute(
                "INSERT INTO familiarity_kinds(owner, kind, unknown) VALUES($owner, $kind, $unknown)",
                ("$owner", owner),
                ("$kind", kind),
                ("$unknown", unknown));
        }
    }

    /// <summary>Reads the familiarity of a document.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="documentId">The document.</param>
    /// <returns>The figures, or <see langword="null"/> where there are none.</returns>
    public static DocumentFamiliarity? Load(SqliteConnection connection, string documentId)
    {
        if (SqliteDocuments.FindKey(connection, documentId) is not long owner)
        {
            return null;
        }

        var unknown = new Dictionary<string, double>(
            connection.Rows(
                "SELECT kind, unknown FROM familiarity_kinds WHERE owner = $owner",
                row => KeyValuePair.Create(row.GetString(0), row.GetDouble(1)),
                ("$owner", owner)),
            StringComparer.Ordinal);
        return connection.Rows(
            "SELECT pieces_per_word, loss FROM familiarity WHERE owner = $owner",
            row => new DocumentFamiliarity(row.GetDouble(0), row.IsDBNull(1) ? null : row.GetDouble(1)) { Unknown = unknown },
            ("$owner", owner)).FirstOrDefault();
    }
}
