using System.Security.Cryptography;
using LLoCO.Core.Compression;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>Stores summary embeddings one row per segment, for documents and for checkpoints.</summary>
/// <param name="connection">A connection inside a transaction.</param>
/// <param name="table"><see cref="OfDocuments"/> or <see cref="OfCheckpoints"/>.</param>
internal readonly struct SqliteSegments(SqliteConnection connection, string table)
{
    /// <summary>The table of finished documents.</summary>
    public const string OfDocuments = "segments";

    /// <summary>The table of documents that are being ingested.</summary>
    public const string OfCheckpoints = "checkpoint_segments";

    private sealed record Row(int Tokens, int Vectors, string TokenHash, byte[] PayloadHash, byte[] Payload);

    /// <summary>Makes the stored segments equal to the given ones. Leading rows that are already equal are not written, so a
    /// checkpoint that is one segment longer writes one row.</summary>
    /// <param name="owner">Key of the document or checkpoint.</param>
    /// <param name="tokenHashes">One per segment.</param>
    /// <param name="summary">The vectors.</param>
    public void Save(long owner, IReadOnlyList<string> tokenHashes, SummaryEmbeddings summary)
    {
        int rowBytes = SummaryPayload.RowBytes(summary.Width, summary.Encoding);
        List<Row> stored = connection.Rows(
            $"SELECT tokens, vectors, token_hash, payload_hash FROM {table} WHERE owner = $owner ORDER BY ordinal",
            row => new Row(row.GetInt32(0), row.GetInt32(1), row.GetString(2), row.GetFieldValue<byte[]>(3), []),
            ("$owner", owner));
        bool keep = true;
        for (int i = 0; i < summary.Segments.Count; i++)
        {
            SegmentSummary segment = summary.Segments[i];
            ReadOnlyMemory<byte> payload =
                summary.Payload.Slice(segment.VectorStart * rowBytes, segment.VectorCount * rowBytes);
            byte[] hash = SHA256.HashData(payload.Span);
            keep = keep && i < stored.Count
                && stored[i].Tokens == segment.TokenCount && stored[i].Vectors == segment.VectorCount
                && stored[i].TokenHash == tokenHashes[i] && stored[i].PayloadHash.AsSpan().SequenceEqual(hash);
            if (!keep)
            {
                connection.Execute(
                    $"""
                    INSERT OR REPLACE INTO {table}(owner, ordinal, tokens, vectors, token_hash, payload_hash, payload)
                    VALUES($owner, $ordinal, $tokens, $vectors, $token_hash, $payload_hash, $payload)
                    """,
                    ("$owner", owner),
                    ("$ordinal", i),
                    ("$tokens", segment.TokenCount),
                    ("$vectors", segment.VectorCount),
                    ("$token_hash", tokenHashes[i]),
                    ("$payload_hash", hash),
                    ("$payload", payload.ToArray()));
            }
        }

        connection.Execute(
            $"DELETE FROM {table} WHERE owner = $owner AND ordinal >= $count",
            ("$owner", owner),
            ("$count", summary.Segments.Count));
    }

    /// <summary>Reads the token hashes.</summary>
    /// <param name="owner">Key of the document or checkpoint.</param>
    /// <returns>One per segment.</returns>
    public IReadOnlyList<string> LoadTokenHashes(long owner) =>
        connection.Rows(
            $"SELECT token_hash FROM {table} WHERE owner = $owner ORDER BY ordinal", row => row.GetString(0), ("$owner", owner));

    /// <summary>Reads the vectors and checks them against their hashes.</summary>
    /// <param name="owner">Key of the document or checkpoint.</param>
    /// <param name="documentId">The document.</param>
    /// <param name="width">Numbers per vector.</param>
    /// <param name="encoding">The layout.</param>
    /// <param name="fingerprint">The model that made them.</param>
    /// <returns>The summary embeddings.</returns>
    /// <exception cref="LlocoException">A row is damaged.</exception>
    public SummaryEmbeddings LoadSummary(
        long owner, string documentId, int width, SummaryEncoding encoding, ModelFingerprint fingerprint)
    {
        List<Row> rows = connection.Rows(
            $"SELECT tokens, vectors, payload_hash, payload FROM {table} WHERE owner = $owner ORDER BY ordinal",
            row => new Row(
                row.GetInt32(0), row.GetInt32(1), "", row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3)),
            ("$owner", owner));
        for (int i = 0; i < rows.Count; i++)
        {
            if (!SHA256.HashData(rows[i].Payload).AsSpan().SequenceEqual(rows[i].PayloadHash))
            {
                throw SqliteFaults.Damaged(documentId, $"the vectors of segment {i} do not have their hash");
            }
        }

        try
        {
            IReadOnlyList<SegmentSummary> map = SegmentMap.FromCounts(rows.Select(row => (row.Tokens, row.Vectors)));
            int count = rows.Count == 0 ? 0 : map[^1].VectorStart + map[^1].VectorCount;
            byte[] payload = new byte[rows.Sum(row => row.Payload.Length)];
            int at = 0;
            foreach (Row row in rows)
            {
                row.Payload.CopyTo(payload, at);
                at += row.Payload.Length;
            }

            return new SummaryEmbeddings(documentId, count, width, encoding, payload, map, fingerprint);
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            throw SqliteFaults.Damaged(documentId, error.Message, error);
        }
    }
}
