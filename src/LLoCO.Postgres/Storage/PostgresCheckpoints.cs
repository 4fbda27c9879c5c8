using LLoCO.Core.Index;

namespace LLoCO.Postgres.Storage;

/// <summary>Checkpoints of documents that are being ingested.</summary>
internal static class PostgresCheckpoints
{
    private const string Segments = "checkpoint_segments";

    /// <summary>Writes a checkpoint in place of the document's earlier one; segments that are stored already are not written again.</summary>
    /// <param name="session">A session in a transaction.</param>
    /// <param name="checkpoint">The checkpoint, already checked.</param>
    public static async Task SaveAsync(PostgresSession session, IngestCheckpoint checkpoint)
    {
        await PostgresWrites.BeginAsync(session, checkpoint.DocumentId).ConfigureAwait(false);

        // A document that will not be kept is refused at its first segment, and not after hours.
        await session.Place.Quota.EnsureAsync(
            session, checkpoint.DocumentId, checkpoint.Summary.RawTokens, checkpoint.Summary.Payload.Length).ConfigureAwait(false);
        if (!await PostgresFingerprints.IsBoundAsync(session, checkpoint.Summary.Fingerprint).ConfigureAwait(false))
        {
            await PostgresStatistics.LockAsync(session).ConfigureAwait(false);
            await PostgresFingerprints.BindAsync(session, checkpoint.Summary.Fingerprint).ConfigureAwait(false);
        }

        long key = await session.ScalarAsync<long>(
            """
            INSERT INTO checkpoints(tenant, document_id, content_hash, width, encoding) VALUES($1, $2, $3, $4, $5)
            ON CONFLICT(tenant, document_id) DO UPDATE
                SET content_hash = excluded.content_hash, width = excluded.width, encoding = excluded.encoding
            RETURNING key
            """,
            session.Tenant,
            checkpoint.DocumentId,
            checkpoint.ContentHash,
            checkpoint.Summary.Width,
            (int)checkpoint.Summary.Encoding).ConfigureAwait(false);
        int equal = await PostgresSegments.KeepEqualAsync(
            session, key, checkpoint.TokenHashes, checkpoint.Summary).ConfigureAwait(false);
        await PostgresSegments.AddAsync(
            session, Segments, key, checkpoint.TokenHashes, checkpoint.Summary, first: equal).ConfigureAwait(false);
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="session">A session that sees one state.</param>
    /// <param name="documentId">The document.</param>
    /// <returns>The checkpoint, or <see langword="null"/>.</returns>
    public static async Task<IngestCheckpoint?> FindAsync(PostgresSession session, string documentId)
    {
        List<(string Hash, (long Key, int Width, int Encoding) Head)> found = await session.RowsAsync(
            "SELECT content_hash, key, width, encoding FROM checkpoints WHERE tenant = $1 AND document_id = $2",
            row => (row.GetString(0), (row.GetInt64(1), row.GetInt32(2), row.GetInt32(3))),
            session.Tenant,
            documentId).ConfigureAwait(false);
        return found.Count == 0
            ? null
            : new IngestCheckpoint(
                documentId,
                found[0].Hash,
                await PostgresSegments.LoadTokenHashesAsync(session, Segments, found[0].Head.Key).ConfigureAwait(false),
                await PostgresSegments.LoadSummaryAsync(session, Segments, documentId, found[0].Head).ConfigureAwait(false));
    }

    /// <summary>Gets the statement that removes a checkpoint, if there is one, to be sent with others.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="documentId">The document.</param>
    public static (string Sql, object?[] Values) Delete(string tenant, string documentId) =>
        ("DELETE FROM checkpoints WHERE tenant = $1 AND document_id = $2", [tenant, documentId]);
}
