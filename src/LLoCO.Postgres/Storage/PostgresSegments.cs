using System.Security.Cryptography;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Trust;
using Npgsql;
using NpgsqlTypes;

namespace LLoCO.Postgres.Storage;

/// <summary>Summary embeddings as one row per segment.</summary>
internal static class PostgresSegments
{
    private static readonly (string Column, NpgsqlDbType Type)[] Columns =
    [
        ("tenant", NpgsqlDbType.Text), ("owner", NpgsqlDbType.Bigint), ("ordinal", NpgsqlDbType.Integer),
        ("tokens", NpgsqlDbType.Integer), ("vectors", NpgsqlDbType.Integer), ("token_hash", NpgsqlDbType.Text),
        ("payload_hash", NpgsqlDbType.Bytea), ("payload", NpgsqlDbType.Bytea),
    ];

    private static readonly (string Column, NpgsqlDbType Type)[] FidelityColumns =
    [
        .. Columns, ("score", NpgsqlDbType.Double), ("agreement", NpgsqlDbType.Double), ("probes", NpgsqlDbType.Integer),
        ("raw", NpgsqlDbType.Double), ("summary", NpgsqlDbType.Double), ("baseline", NpgsqlDbType.Double),
    ];

    private sealed record Row(int Tokens, int Vectors, byte[] PayloadHash, byte[] Payload);

    /// <summary>Writes the segments of a document or checkpoint.</summary>
    /// <param name="session">A session in a transaction.</param>
    /// <param name="table"><c>segments</c>, or <c>checkpoint_segments</c>, which have no fidelity.</param>
    /// <param name="owner">Key of the document or checkpoint.</param>
    /// <param name="tokenHashes">One per segment.</param>
    /// <param name="summary">The vectors.</param>
    /// <param name="fidelity">One per segment, or <see langword="null"/>.</param>
    /// <param name="first">The first segment to write; those before are there.</param>
    public static async Task AddAsync(
        PostgresSession session,
        string table,
        long owner,
        IReadOnlyList<string> tokenHashes,
        SummaryEmbeddings summary,
        IReadOnlyList<SegmentFidelity>? fidelity = null,
        int first = 0)
    {
        if (first == summary.Segments.Count)
        {
            return;
        }

        await using RowWriter rows = await RowWriter.BeginAsync(
            session.Connection, table, fidelity is null ? Columns : FidelityColumns, session.MayCopy,
            summary.Segments.Count - first, session.CancellationToken)
            .ConfigureAwait(false);
        for (int i = first; i < summary.Segments.Count; i++)
        {
            SegmentSummary segment = summary.Segments[i];
            byte[] payload = Payload(summary, segment);
            object?[] values =
            [
                session.Tenant, owner, i, segment.TokenCount, segment.VectorCount, tokenHashes[i], SHA256.HashData(payload), payload,
            ];
            await rows.AddAsync(
                fidelity is null ? values : [.. values, .. Figures(fidelity[i])], session.CancellationToken).ConfigureAwait(false);
        }

        await rows.CompleteAsync(session.CancellationToken).ConfigureAwait(false);
    }

    /// <summary>Counts the first segments that are stored as they are given, and removes the others.</summary>
    /// <param name="session">A session in a transaction.</param>
    /// <param name="owner">Key of the checkpoint.</param>
    /// <param name="tokenHashes">One per segment.</param>
    /// <param name="summary">The vectors.</param>
    /// <returns>The number.</returns>
    public static async Task<int> KeepEqualAsync(
        PostgresSession session, long owner, IReadOnlyList<string> tokenHashes, SummaryEmbeddings summary)
    {
        List<(int Tokens, int Vectors, string TokenHash, byte[] PayloadHash)> stored = await session.RowsAsync(
            "SELECT tokens, vectors, token_hash, payload_hash FROM checkpoint_segments WHERE owner = $1 ORDER BY ordinal",
            row => (row.GetInt32(0), row.GetInt32(1), row.GetString(2), row.GetFieldValue<byte[]>(3)),
            owner).ConfigureAwait(false);
        int equal = 0;
        while (equal < stored.Count && equal < summary.Segments.Count
            && stored[equal].Tokens == summary.Segments[equal].TokenCount && stored[equal].Vectors == summary.Segments[equal].VectorCount
            && stored[equal].TokenHash == tokenHashes[equal]
            && stored[equal].PayloadHash.AsSpan().SequenceEqual(SHA256.HashData(Payload(summary, summary.Segments[equal]))))
        {
            equal++;
        }

        await session.ExecuteAsync(
            "DELETE FROM checkpoint_segments WHERE owner = $1 AND ordinal >= $2", owner, equal).ConfigureAwait(false);
        return equal;
    }

    /// <summary>Reads the token hashes.</summary>
    /// <param name="session">The session.</param>
    /// <param name="table">The table.</param>
    /// <param name="owner">Key of the document or checkpoint.</param>
    /// <returns>One per segment.</returns>
    public static async Task<IReadOnlyList<string>> LoadTokenHashesAsync(PostgresSession session, string table, long owner) =>
        await session.RowsAsync(
            $"SELECT token_hash FROM {table} WHERE owner = $1 ORDER BY ordinal", row => row.GetString(0), owner).ConfigureAwait(false);

    /// <summary>Reads the vectors and checks them against their hashes.</summary>
    /// <param name="session">A session that sees one state.</param>
    /// <param name="table">The table.</param>
    /// <param name="documentId">The document.</param>
    /// <param name="head">Key, width and encoding.</param>
    /// <returns>The summary embeddings.</returns>
    /// <exception cref="LlocoException">A row is damaged.</exception>
    public static async Task<SummaryEmbeddings> LoadSummaryAsync(
        PostgresSession session, string table, string documentId, (long Key, int Width, int Encoding) head)
    {
        ModelFingerprint fingerprint = await PostgresFingerprints.LoadAsync(session).ConfigureAwait(false)
            ?? throw PostgresFaults.Damaged(documentId, "the index has vectors but no fingerprint");
        List<Row> rows = await session.RowsAsync(
            $"SELECT tokens, vectors, payload_hash, payload FROM {table} WHERE owner = $1 ORDER BY ordinal",
            row => new Row(row.GetInt32(0), row.GetInt32(1), row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3)),
            head.Key).ConfigureAwait(false);
        int damaged = rows.FindIndex(row => !SHA256.HashData(row.Payload).AsSpan().SequenceEqual(row.PayloadHash));
        if (damaged >= 0)
        {
            throw PostgresFaults.Damaged(documentId, $"the vectors of segment {damaged} do not have their hash");
        }

        try
        {
            IReadOnlyList<SegmentSummary> map = SegmentMap.FromCounts(rows.Select(row => (row.Tokens, row.Vectors)));
            int count = rows.Count == 0 ? 0 : map[^1].VectorStart + map[^1].VectorCount;
            byte[] payload = [.. rows.SelectMany(row => row.Payload)];
            return new SummaryEmbeddings(documentId, count, head.Width, (SummaryEncoding)head.Encoding, payload, map, fingerprint);
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            throw PostgresFaults.Damaged(documentId, error.Message, error);
        }
    }

    /// <summary>Reads the fidelity of segments.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">The column of the ordinal; the figures follow.</param>
    /// <returns>The fidelity.</returns>
    public static SegmentFidelity ReadFidelity(NpgsqlDataReader row, int column) => new(
        row.GetInt32(column), row.GetDouble(column + 1), row.GetDouble(column + 2), row.GetInt32(column + 3),
        row.GetDouble(column + 4), row.GetDouble(column + 5), row.GetDouble(column + 6));

    private static object?[] Figures(SegmentFidelity fidelity) =>
        [fidelity.Score, fidelity.Agreement, fidelity.Probes, fidelity.Raw, fidelity.Summary, fidelity.Nothing];

    private static byte[] Payload(SummaryEmbeddings summary, SegmentSummary segment)
    {
        int rowBytes = SummaryPayload.RowBytes(summary.Width, summary.Encoding);
        return summary.Payload.Slice(segment.VectorStart * rowBytes, segment.VectorCount * rowBytes).ToArray();
    }
}
