using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Trust;
using Npgsql;
using NpgsqlTypes;

namespace LLoCO.Postgres.Storage;

/// <summary>Documents as rows.</summary>
internal static class PostgresDocuments
{
    private const string Segments = "segments";

    /// <summary>Reads the records of one document, of one group, or of all.</summary>
    /// <param name="session">The session.</param>
    /// <param name="id">Only this document, or all with <see langword="null"/>.</param>
    /// <param name="group">Only this group, or all with <see langword="null"/>.</param>
    /// <returns>The records, by id.</returns>
    public static Task<List<DocumentRecord>> RecordsAsync(PostgresSession session, string? id, string? group)
    {
        string filter = id is not null ? "AND id = $2" : group is not null ? "AND \"group\" = $2" : string.Empty;
        return session.RowsAsync(
            $"""
            SELECT id, "group", content_hash, tokens, summary_count, segment_count, fidelity, marked, origin FROM documents
            WHERE tenant = $1 {filter} ORDER BY id
            """,
            row => new DocumentRecord(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5))
            {
                Fidelity = row.Find<double>(6),
                IsMarked = row.Find<bool>(7) ?? false,
                Origin = row.IsDBNull(8) ? null : row.GetString(8),
            },
            (id ?? group) is { } value ? [session.Tenant, value] : [session.Tenant]);
    }

    /// <summary>Reads a document's text.</summary>
    /// <param name="session">The session.</param>
    /// <param name="id">The document.</param>
    /// <returns>The text, or <see langword="null"/>.</returns>
    public static async Task<string?> LoadTextAsync(PostgresSession session, string id) =>
        (await session.RowsAsync(
            "SELECT text, utf16 FROM documents WHERE tenant = $1 AND id = $2", row => ReadText(row, 0, id), session.Tenant, id)
            .ConfigureAwait(false)).FirstOrDefault();

    /// <summary>Decodes a text column that is followed by the column <c>utf16</c>.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">The text's column.</param>
    /// <param name="id">The document, for the message.</param>
    /// <returns>The text.</returns>
    public static string ReadText(NpgsqlDataReader row, int column, string id)
    {
        try
        {
            return StoredText.Decode(row.GetFieldValue<byte[]>(column), row.GetBoolean(column + 1));
        }
        catch (ArgumentException error)
        {
            throw PostgresFaults.Damaged(id, "its text is not UTF-8", error);
        }
    }

    /// <summary>Reads a document's summary embeddings.</summary>
    /// <param name="session">A session that sees one state.</param>
    /// <param name="id">The document.</param>
    /// <returns>The embeddings, or <see langword="null"/>.</returns>
    public static async Task<SummaryEmbeddings?> LoadSummaryAsync(PostgresSession session, string id) =>
        await FindAsync(session, id).ConfigureAwait(false) is { } head
            ? await PostgresSegments.LoadSummaryAsync(session, Segments, id, head).ConfigureAwait(false)
            : null;

    /// <summary>Reads a document's token hashes.</summary>
    /// <param name="session">A session that sees one state.</param>
    /// <param name="id">The document.</param>
    /// <returns>One per segment, or <see langword="null"/>.</returns>
    public static async Task<IReadOnlyList<string>?> LoadTokenHashesAsync(PostgresSession session, string id) =>
        await FindAsync(session, id).ConfigureAwait(false) is { } head
            ? await PostgresSegments.LoadTokenHashesAsync(session, Segments, head.Key).ConfigureAwait(false)
            : null;

    /// <summary>Reads a document's fidelity.</summary>
    /// <param name="session">A session that sees one state.</param>
    /// <param name="id">The document.</param>
    /// <returns>The fidelity, or <see langword="null"/>.</returns>
    public static async Task<DocumentFidelity?> LoadFidelityAsync(PostgresSession session, string id)
    {
        List<(long Key, DocumentFidelity Fidelity)> found = await session.RowsAsync(
            """
            SELECT key, fidelity, agreement, probes, given, marked FROM documents
            WHERE tenant = $1 AND id = $2 AND fidelity IS NOT NULL
            """,
            row => (row.GetInt64(0), new DocumentFidelity(
                row.GetDouble(1), row.GetDouble(2), row.GetInt32(3), row.GetBoolean(4), row.GetBoolean(5), [])),
            session.Tenant,
            id).ConfigureAwait(false);
        return found.Count == 0
            ? null
            : found[0].Fidelity with
            {
                Segments = await session.RowsAsync(
                    """
                    SELECT ordinal, score, agreement, probes, raw, summary, baseline FROM segments WHERE owner = $1 ORDER BY ordinal
                    """,
                    row => PostgresSegments.ReadFidelity(row, 0),
                    found[0].Key).ConfigureAwait(false),
            };
    }

    /// <summary>Reads how well the model knows a document's text.</summary>
    /// <param name="session">The session.</param>
    /// <param name="id">The document.</param>
    /// <returns>The figures, or <see langword="null"/>.</returns>
    public static async Task<DocumentFamiliarity?> LoadFamiliarityAsync(PostgresSession session, string id) =>
        (await session.RowsAsync(
            """
            SELECT pieces_per_word, loss, kinds, unknown FROM documents
            WHERE tenant = $1 AND id = $2 AND pieces_per_word IS NOT NULL
            """,
            row => new DocumentFamiliarity(row.GetDouble(0), row.Find<double>(1))
            {
                Unknown = row.GetFieldValue<string[]>(2).Zip(row.GetFieldValue<double[]>(3))
                    .ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal),
            },
            session.Tenant,
            id).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>Writes a document in place of one of the same id, and removes its checkpoint.</summary>
    /// <param name="session">A session in a transaction.</param>
    /// <param name="document">The document, already checked.</param>
    public static async Task PutAsync(PostgresSession session, IndexedDocument document)
    {
        // Two writers of one document come one after the other; the large rows are written before the lock that all writers wait for.
        List<List<object[]>> found = await PostgresWrites.BeginAsync(
            session, document.Id, PostgresFingerprints.Read(session.Tenant), FindKey(session.Tenant, document.Id)).ConfigureAwait(false);
        if (found[0].Count > 0 && (string)found[0][0][0] != document.Summary.Fingerprint.ToString())
        {
            await PostgresFingerprints.IsBoundAsync(session, document.Summary.Fingerprint).ConfigureAwait(false);
        }

        if (found[1].Count > 0)
        {
            await RemoveAsync(session, (long)found[1][0][0]).ConfigureAwait(false);
        }

        StoredText text = StoredText.From(document.Text);
        long key = await InsertAsync(session, document, text).ConfigureAwait(false);
        await PostgresSegments.AddAsync(
            session, Segments, key, document.TokenHashes, document.Summary, document.Fidelity?.Segments).ConfigureAwait(false);
        await PostgresPassages.PutAsync(session, key, document, text).ConfigureAwait(false);

        // Behind the writers' lock, and it is refused with all that was written above.
        await session.Place.Quota.EnsureAsync(
            session, document.Id, document.Tokens, text.Bytes.Length + (long)document.Summary.Payload.Length).ConfigureAwait(false);
    }

    /// <summary>Removes a document and its checkpoint.</summary>
    /// <param name="session">A session in a transaction.</param>
    /// <param name="id">The document.</param>
    /// <returns>Whether there was a document.</returns>
    public static async Task<bool> DeleteAsync(PostgresSession session, string id)
    {
        List<List<object[]>> found = await PostgresWrites.BeginAsync(
            session, id, FindKey(session.Tenant, id), PostgresCheckpoints.Delete(session.Tenant, id)).ConfigureAwait(false);
        if (found[0].Count == 0)
        {
            return false;
        }

        await RemoveAsync(session, (long)found[0][0][0]).ConfigureAwait(false);
        return true;
    }

    private static (string Sql, object?[] Values) FindKey(string tenant, string id) =>
        ("SELECT key FROM documents WHERE tenant = $1 AND id = $2", [tenant, id]);

    private static async Task RemoveAsync(PostgresSession session, long key)
    {
        await PostgresStatistics.LockAsync(session).ConfigureAwait(false);
        await PostgresPassages.ForgetAsync(session, key).ConfigureAwait(false);
        await session.ExecuteAsync("DELETE FROM documents WHERE key = $1", key).ConfigureAwait(false);
    }

    private static async Task<(long Key, int Width, int Encoding)?> FindAsync(PostgresSession session, string id)
    {
        List<(long, int, int)> found = await session.RowsAsync(
            "SELECT key, width, encoding FROM documents WHERE tenant = $1 AND id = $2",
            row => (row.GetInt64(0), row.GetInt32(1), row.GetInt32(2)),
            session.Tenant,
            id).ConfigureAwait(false);
        return found.Count == 0 ? null : found[0];
    }

    private static Task<long> InsertAsync(PostgresSession session, IndexedDocument document, StoredText text)
    {
        DocumentFidelity? fidelity = document.Fidelity;
        DocumentFamiliarity? known = document.Familiarity;
        return session.ScalarAsync<long>(
            """
            INSERT INTO documents(tenant, id, "group", content_hash, tokens, summary_count, segment_count, width, encoding, origin, utf16,
                text, fidelity, agreement, probes, given, marked, pieces_per_word, loss, kinds, unknown)
            VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) RETURNING key
            """,
            session.Tenant,
            document.Id,
            document.Group,
            document.ContentHash,
            document.Tokens,
            document.Summary.Count,
            document.Summary.Segments.Count,
            document.Summary.Width,
            (int)document.Summary.Encoding,
            Typed(document.Origin, NpgsqlDbType.Text),
            text.IsUtf16,
            text.Bytes,
            Typed(fidelity?.Score, NpgsqlDbType.Double),
            Typed(fidelity?.Agreement, NpgsqlDbType.Double),
            Typed(fidelity?.Probes, NpgsqlDbType.Integer),
            Typed(fidelity?.IsGiven, NpgsqlDbType.Boolean),
            Typed(fidelity?.IsMarked, NpgsqlDbType.Boolean),
            Typed(known?.PiecesPerWord, NpgsqlDbType.Double),
            Typed(known?.Loss, NpgsqlDbType.Double),
            Typed(known?.Unknown.Keys.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
            Typed(known?.Unknown.Values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Double));
    }

    private static NpgsqlParameter Typed(object? value, NpgsqlDbType type) =>
        new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };
}
