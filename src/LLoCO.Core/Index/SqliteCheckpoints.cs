using LLoCO.Core.Compression;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>Checkpoints of documents that are being ingested. Every method runs inside the caller's transaction.</summary>
internal static class SqliteCheckpoints
{
    /// <summary>Writes a checkpoint in place of the document's earlier one.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="checkpoint">The checkpoint, already checked.</param>
    public static void Save(SqliteConnection connection, IngestCheckpoint checkpoint)
    {
        long key = connection.Scalar<long>(
            """
            INSERT INTO checkpoints(document_id, content_hash, width, encoding)
            VALUES($document_id, $content_hash, $width, $encoding)
            ON CONFLICT(document_id) DO UPDATE SET content_hash = $content_hash, width = $width, encoding = $encoding
            RETURNING key
            """,
            ("$document_id", checkpoint.DocumentId),
            ("$content_hash", checkpoint.ContentHash),
            ("$width", checkpoint.Summary.Width),
            ("$encoding", (int)checkpoint.Summary.Encoding));
        new SqliteSegments(connection, SqliteSegments.OfCheckpoints).Save(key, checkpoint.TokenHashes, checkpoint.Summary);
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="documentId">The document.</param>
    /// <returns>The checkpoint, or <see langword="null"/>.</returns>
    public static IngestCheckpoint? Find(SqliteConnection connection, string documentId)
    {
        List<(long Key, string Hash, int Width, int Encoding)> found = connection.Rows(
            "SELECT key, content_hash, width, encoding FROM checkpoints WHERE document_id = $id",
            row => (row.GetInt64(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3)),
            ("$id", documentId));
        if (found.Count == 0)
        {
            return null;
        }

        (long key, string hash, int width, int encoding) = found[0];
        var segments = new SqliteSegments(connection, SqliteSegments.OfCheckpoints);
        ModelFingerprint fingerprint = SqliteDocuments.FingerprintOf(connection, documentId);
        return new IngestCheckpoint(
            documentId,
            hash,
            segments.LoadTokenHashes(key),
            segments.LoadSummary(key, documentId, width, (SummaryEncoding)encoding, fingerprint));
    }
}
