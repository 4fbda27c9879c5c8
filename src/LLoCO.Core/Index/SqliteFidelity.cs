using LLoCO.Core.Trust;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>Fidelity as rows. Every method runs inside the caller's transaction.</summary>
internal static class SqliteFidelity
{
    /// <summary>Writes the fidelity of a document that has none yet.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="owner">Key of the document.</param>
    /// <param name="fidelity">The fidelity, already checked; nothing is written for <see langword="null"/>.</param>
    public static void Save(SqliteConnection connection, long owner, DocumentFidelity? fidelity)
    {
        if (fidelity is null)
        {
            return;
        }

        connection.Execute(
            """
            INSERT INTO fidelity(owner, score, agreement, probes, given, marked)
            VALUES($owner, $score, $agreement, $probes, $given, $marked)
            """,
            ("$owner", owner),
            ("$score", fidelity.Score),
            ("$agreement", fidelity.Agreement),
            ("$probes", fidelity.Probes),
            ("$given", fidelity.IsGiven),
            ("$marked", fidelity.IsMarked));
        foreach (SegmentFidelity segment in fidelity.Segments)
        {
            connection.Execute(
                """
                INSERT INTO segment_fidelity(owner, ordinal, score, agreement, probes, raw, summary, baseline)
                VALUES($owner, $ordinal, $score, $agreement, $probes, $raw, $summary, $baseline)
                """,
                ("$owner", owner),
                ("$ordinal", segment.Index),
                ("$score", segment.Score),
                ("$agreement", segment.Agreement),
                ("$probes", segment.Probes),
                ("$raw", segment.Raw),
                ("$summary", segment.Summary),
                ("$baseline", segment.Nothing));
        }
    }

    /// <summary>Reads the fidelity of a document.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="documentId">The document.</param>
    /// <returns>The fidelity, or <see langword="null"/> where there is none.</returns>
    public static DocumentFidelity? Load(SqliteConnection connection, string documentId)
    {
        if (SqliteDocuments.FindKey(connection, documentId) is not long owner)
        {
            return null;
        }

        List<SegmentFidelity> segments = connection.Rows(
            """
            SELECT ordinal, score, agreement, probes, raw, summary, baseline FROM segment_fidelity
            WHERE owner = $owner ORDER BY ordinal
            """,
            row => new SegmentFidelity(
                row.GetInt32(0), row.GetDouble(1), row.GetDouble(2), row.GetInt32(3), row.GetDouble(4), row.GetDouble(5),
                row.GetDouble(6)),
            ("$owner", owner));
        return connection.Rows(
            "SELECT score, agreement, probes, given, marked FROM fidelity WHERE owner = $owner",
            row => new DocumentFidelity(
                row.GetDouble(0), row.GetDouble(1), row.GetInt32(2), row.GetBoolean(3), row.GetBoolean(4), segments),
            ("$owner", owner)).FirstOrDefault();
    }
}
