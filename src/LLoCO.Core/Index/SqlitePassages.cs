using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>
/// A document's passages as rows, and their terms in FTS5. Every method runs inside the caller's transaction.
/// </summary>
/// <remarks>FTS5's <c>contentless_delete</c> would make removal shorter, but does not update the table's row and word counts, and
/// every later BM25 score would be wrong. The <c>'delete'</c> command keeps them right; it needs the text exactly as it was
/// added.</remarks>
internal static class SqlitePassages
{
    /// <summary>Reads the width of the stored dense vectors.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>Numbers per vector, or <see langword="null"/> where no passage has one.</returns>
    public static int? VectorWidth(SqliteConnection connection) =>
        connection.Scalar<object>("SELECT length(vector) FROM passages WHERE vector IS NOT NULL LIMIT 1") is long bytes
            ? (int)(bytes / sizeof(float))
            : null;

    /// <summary>Writes the passages of a document.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="owner">The document's key.</param>
    /// <param name="document">The document, already checked.</param>
    /// <param name="text">Its text as it is stored.</param>
    /// <param name="cancellationToken">Checked between passages.</param>
    public static void Put(
        SqliteConnection connection, long owner, IndexedDocument document, StoredText text, CancellationToken cancellationToken)
    {
        if (document.Passages.Count > 0 && document.Passages[0].Vector.Length > 0)
        {
            IndexGuard.CheckWidth(document.Passages[0].Vector.Length, VectorWidth(connection));
        }

        // Each command is prepared once for all passages, because preparing takes longer than a small insert.
        using SqliteCommand addRow = connection.Command(
            """
            INSERT INTO passages(owner, start, length, byte_start, byte_length, vector)
            VALUES($owner, $start, $length, $byte_start, $byte_length, $vector) RETURNING key
            """,
            ("$owner", owner));
        using SqliteCommand addTerms = connection.Command("INSERT INTO passage_terms(rowid, text) VALUES($key, $text)");
        int i = 0;
        foreach ((int start, int length) in text.Locate(document.Text, document.Passages))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Passage passage = document.Passages[i++];
            addRow.Set(("$start", passage.Start), ("$length", passage.Length), ("$byte_start", start), ("$byte_length", length));
            addRow.Set(("$vector", Bytes(passage.Vector)));
            addTerms.Set(("$key", addRow.ExecuteScalar()), ("$text", Terms(document.Text, passage.Start, passage.Length)));
            addTerms.ExecuteNonQuery();
        }
    }

    /// <summary>Fills the terms of all passages into a table that is still empty.</summary>
    /// <param name="connection">The connection.</param>
    /// <exception cref="LlocoException">The stored passages are not inside their text.</exception>
    public static void AddTerms(SqliteConnection connection)
    {
        using SqliteCommand add = connection.Command("INSERT INTO passage_terms(rowid, text) VALUES($key, $text)");
        foreach ((long owner, string id) in connection.Rows(
            "SELECT key, id FROM documents ORDER BY key", row => (row.GetInt64(0), row.GetString(1))))
        {
            // One document at a time, because all texts together may exceed memory.
            string text = SqliteDocuments.LoadText(connection, id)!;
            foreach ((long key, int start, int length) in Ranges(connection, owner, text, id))
            {
                add.Set(("$key", key), ("$text", Terms(text, start, length)));
                add.ExecuteNonQuery();
            }
        }
    }

    /// <summary>Removes the passages of a document.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="owner">The document's key.</param>
    /// <param name="text">The document's text.</param>
    /// <param name="documentId">The document, for the message.</param>
    /// <exception cref="LlocoException">The stored passages are not inside the text.</exception>
    public static void Delete(SqliteConnection connection, long owner, string text, string documentId)
    {
        using SqliteCommand removeTerms = connection.Command(
            "INSERT INTO passage_terms(passage_terms, rowid, text) VALUES('delete', $key, $text)");
        foreach ((long key, int start, int length) in Ranges(connection, owner, text, documentId))
        {
            removeTerms.Set(("$key", key), ("$text", Terms(text, start, length)));
            removeTerms.ExecuteNonQuery();
        }

        connection.Execute("DELETE FROM passages WHERE owner = $owner", ("$owner", owner));
    }

    /// <summary>Loads the passages of a document.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="documentId">The document's id.</param>
    /// <returns>The passages in text order; <see langword="null"/> where there is no such document.</returns>
    /// <exception cref="LlocoException">A stored passage cannot be.</exception>
    public static IReadOnlyList<Passage>? Load(SqliteConnection connection, string documentId) =>
        SqliteDocuments.FindKey(connection, documentId) is not long owner
            ? null
            : connection.Rows(
                "SELECT start, length, vector FROM passages WHERE owner = $owner ORDER BY start, key",
                row => new Passage(row.GetInt32(0), row.GetInt32(1), row.IsDBNull(2) ? default : Vector(row.GetFieldValue<byte[]>(2), documentId)),
                ("$owner", owner));

    private static ReadOnlyMemory<float> Vector(byte[] stored, string documentId) => stored.Length % sizeof(float) == 0
        ? MemoryMarshal.Cast<byte, float>(stored).ToArray()
        : throw SqliteFaults.Damaged(documentId, $"a dense vector has {stored.Length} bytes");

    private static List<(long Key, int Start, int Length)> Ranges(
        SqliteConnection connection, long owner, string text, string documentId)
    {
        List<(long Key, int Start, int Length)> ranges = connection.Rows(
            "SELECT key, start, length FROM passages WHERE owner = $owner",
            row => (row.GetInt64(0), row.GetInt32(1), row.GetInt32(2)),
            ("$owner", owner));
        return ranges.Exists(range => range.Start < 0 || range.Length < 0 || range.Start > text.Length - range.Length)
            ? throw SqliteFaults.Damaged(documentId, "a passage lies outside its text")
            : ranges;
    }

    private static string Terms(string text, int start, int length) => SearchTerms.ToFts5Text(text.Substring(start, length));

    private static byte[]? Bytes(ReadOnlyMemory<float> vector) =>
        vector.IsEmpty ? null : MemoryMarshal.AsBytes(VectorMath.Normalize(vector.Span).AsSpan()).ToArray();
}
