using LLoCO.Core.Compression;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>Documents and checkpoints as rows. Every method runs inside the caller's transaction.</summary>
internal static class SqliteDocuments
{
    private const string Columns =
        "id, \"group\", content_hash, documents.tokens, summary_count, segment_count, fidelity.score, fidelity.marked, "
        + "origins.origin";

    /// <summary>Reads the fingerprint.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>The fingerprint, or <see langword="null"/> in an index that was never bound.</returns>
    public static ModelFingerprint? LoadFingerprint(SqliteConnection connection)
    {
        string? text = connection.Scalar<string>("SELECT value FROM properties WHERE name = 'fingerprint'");
        return text is null ? null : ModelFingerprint.Parse(text);
    }

    /// <summary>Checks whether an index already has a fingerprint, so that no write is needed.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="fingerprint">The fingerprint of the model in use.</param>
    /// <param name="path">The file, for the message.</param>
    /// <returns>Whether it has this one; <see langword="false"/> if it is empty and may take it.</returns>
    /// <exception cref="FingerprintMismatchException">It contains data of another model.</exception>
    public static bool IsBound(SqliteConnection connection, ModelFingerprint fingerprint, string path)
    {
        ModelFingerprint? found = LoadFingerprint(connection);
        if (found is not null && found != fingerprint && HoldsWork(connection))
        {
            fingerprint.EnsureMatches(found, $"index {path}");
        }

        return found == fingerprint;
    }

    /// <summary>Stores a fingerprint, or compares it with the stored one.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="fingerprint">The fingerprint of the model in use.</param>
    /// <param name="path">The file, for the message.</param>
    public static void Bind(SqliteConnection connection, ModelFingerprint fingerprint, string path)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        if (IsBound(connection, fingerprint, path))
        {
            return;
        }

        connection.Execute(
            "INSERT OR REPLACE INTO properties(name, value) VALUES('fingerprint', $value)",
            ("$value", fingerprint.ToString()));
    }

    /// <summary>Reads the record of one document.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="id">The document.</param>
    /// <returns>The record, or <see langword="null"/>.</returns>
    public static DocumentRecord? Record(SqliteConnection connection, string id)
    {
        List<DocumentRecord> records = Read(connection, "WHERE id = $id", ("$id", id));
        return records.Count == 0 ? null : records[0];
    }

    /// <summary>Reads the records of one group, or of all.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="group">Only this group, or all with <see langword="null"/>.</param>
    /// <returns>The records, by id.</returns>
    public static List<DocumentRecord> Records(SqliteConnection connection, string? group) => group is null
        ? Read(connection, string.Empty)
        : Read(connection, "WHERE \"group\" = $group", ("$group", group));

    // One statement for all, with "$id IS NULL OR id = $id", would go through all documents to find one.
    private static List<DocumentRecord> Read(
        SqliteConnection connection, string where, params ReadOnlySpan<(string Name, object? Value)> values) =>
        connection.Rows(
            $"""
            SELECT {Columns} FROM documents LEFT JOIN fidelity ON fidelity.owner = documents.key
                LEFT JOIN origins ON origins.owner = documents.key {where} ORDER BY id
            """,
            row => new DocumentRecord(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5))
            {
                Fidelity = row.IsDBNull(6) ? null : row.GetDouble(6),
                IsMarked = !row.IsDBNull(7) && row.GetBoolean(7),
                Origin = row.IsDBNull(8) ? null : row.GetString(8),
            },
            values);

    /// <summary>Finds a document's key.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="id">The document.</param>
    /// <returns>The key, or <see langword="null"/>.</returns>
    public static long? FindKey(SqliteConnection connection, string id) =>
        connection.Scalar<object>("SELECT key FROM documents WHERE id = $id", ("$id", id)) as long?;

    /// <summary>Reads a document's text.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="id">The document.</param>
    /// <returns>The text, or <see langword="null"/>.</returns>
    public static string? LoadText(SqliteConnection connection, string id)
    {
        List<string> texts = connection.Rows(
            "SELECT text, utf16 FROM documents WHERE id = $id",
            row => ReadText(row, 0, id),
            ("$id", id));
        return texts.Count == 0 ? null : texts[0];
    }

    /// <summary>Decodes a text column that is followed by the column <c>utf16</c>.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">The text's column.</param>
    /// <param name="id">The document, for the message.</param>
    /// <returns>The text.</returns>
    public static string ReadText(SqliteDataReader row, int column, string id)
    {
        try
        {
            return StoredText.Decode(row.GetFieldValue<byte[]>(column), row.GetBoolean(column + 1));
        }
        catch (ArgumentException error)
        {
            throw SqliteFaults.Damaged(id, "its text is not UTF-8", error);
        }
    }

    /// <summary>Reads a document's summary embeddings.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="id">The document.</param>
    /// <returns>The embeddings, or <see langword="null"/>.</returns>
    public static SummaryEmbeddings? LoadSummary(SqliteConnection connection, string id)
    {
        List<(long Key, int Width, int Encoding)> found = connection.Rows(
            "SELECT key, width, encoding FROM documents WHERE id = $id",
            row => (row.GetInt64(0), row.GetInt32(1), row.GetInt32(2)),
            ("$id", id));
        return found.Count == 0
            ? null
            : new SqliteSegments(connection, SqliteSegments.OfDocuments).LoadSummary(
                found[0].Key, id, found[0].Width, (SummaryEncoding)found[0].Encoding, FingerprintOf(connection, id));
    }

    /// <summary>Writes a document in place of one of the same id, and removes its checkpoint.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="document">The document, already checked.</param>
    /// <param name="cancellationToken">Checked between passages.</param>
    public static void Put(SqliteConnection connection, IndexedDocument document, CancellationToken cancellationToken)
    {
        Delete(connection, document.Id);
        StoredText text = StoredText.From(document.Text);
        long key = connection.Scalar<long>(
            """
            INSERT INTO documents(id, "group", content_hash, tokens, summary_count, segment_count, width, encoding, utf16, text)
            VALUES($id, $group, $content_hash, $tokens, $summary_count, $segment_count, $width, $encoding, $utf16, $text)
            RETURNING key
            """,
            ("$id", document.Id),
            ("$group", document.Group),
            ("$content_hash", document.ContentHash),
            ("$tokens", document.Tokens),
            ("$summary_count", document.Summary.Count),
            ("$segment_count", document.Summary.Segments.Count),
            ("$width", document.Summary.Width),
            ("$encoding", (int)document.Summary.Encoding),
            ("$utf16", text.IsUtf16),
            ("$text", text.Bytes));
        new SqliteSegments(connection, SqliteSegments.OfDocuments).Save(key, document.TokenHashes, document.Summary);
        SqliteFidelity.Save(connection, key, document.Fidelity);
        SqliteFamiliarity.Save(connection, key, document.Familiarity);
        if (document.Origin is not null)
        {
            connection.Execute(
                "INSERT INTO origins(owner, origin) VALUES($owner, $origin)", ("$owner", key), ("$origin", document.Origin));
        }

        SqlitePassages.Put(connection, key, document, text, cancellationToken);
    }

    /// <summary>Moves documents to other groups, with all their parts.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="groups">The new group of each document, by id.</param>
    /// <param name="cancellationToken">Checked before each document.</param>
    /// <returns>The number of documents that there were.</returns>
    public static int Regroup(
        SqliteConnection connection, IReadOnlyDictionary<string, string> groups, CancellationToken cancellationToken)
    {
        using SqliteCommand update = connection.Command(
            "UPDATE documents SET \"group\" = $group WHERE id = $id OR (id > $first AND id < $end)");
        int moved = 0;
        foreach ((string id, string group) in groups)
        {
            cancellationToken.ThrowIfCancellationRequested();
            update.Set(
                ("$group", group), ("$id", id), ("$first", id + DocumentParts.Mark), ("$end", id + (char)(DocumentParts.Mark + 1)));
            moved += update.ExecuteNonQuery() > 0 ? 1 : 0;
        }

        return moved;
    }

    /// <summary>Removes a document and its checkpoint.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="id">The document.</param>
    /// <returns>Whether there was a document.</returns>
    public static bool Delete(SqliteConnection connection, string id)
    {
        connection.Execute("DELETE FROM checkpoints WHERE document_id = $id", ("$id", id));
        if (FindKey(connection, id) is not long key)
        {
            return false;
        }

        SqlitePassages.Delete(connection, key, LoadText(connection, id)!, id);
        connection.Execute("DELETE FROM documents WHERE key = $key", ("$key", key));
        return true;
    }

    private static bool HoldsWork(SqliteConnection connection) => connection.Scalar<long>(
        "SELECT EXISTS(SELECT 1 FROM documents) OR EXISTS(SELECT 1 FROM checkpoints)") != 0;

    /// <summary>Reads the fingerprint of an index that holds vectors.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="documentId">The document whose vectors are read, for the message.</param>
    /// <returns>The fingerprint.</returns>
    public static ModelFingerprint FingerprintOf(SqliteConnection connection, string documentId) =>
        LoadFingerprint(connection) ?? throw SqliteFaults.Damaged(documentId, "the index has vectors but no fingerprint");
}
