using LLoCO.Core;
using LLoCO.Core.Index;
using NpgsqlTypes;
using Pgvector;

namespace LLoCO.Postgres.Storage;

/// <summary>A document's passages as rows, with the ids and counts of their terms.</summary>
internal static class PostgresPassages
{
    private static readonly (string Column, NpgsqlDbType Type)[] Columns =
    [
        ("tenant", NpgsqlDbType.Text), ("owner", NpgsqlDbType.Bigint), ("group", NpgsqlDbType.Text), ("start", NpgsqlDbType.Integer),
        ("length", NpgsqlDbType.Integer), ("byte_start", NpgsqlDbType.Integer), ("byte_length", NpgsqlDbType.Integer),
        ("words", NpgsqlDbType.Integer), ("terms", NpgsqlDbType.Array | NpgsqlDbType.Integer),
        ("counts", NpgsqlDbType.Array | NpgsqlDbType.Smallint), ("vector", NpgsqlDbType.Unknown),
    ];

    /// <summary>Writes the passages of a document, binds the index to the document's model and removes its checkpoint. Takes the writers'
    /// lock.</summary>
    /// <param name="session">A session in a transaction.</param>
    /// <param name="owner">The document's key.</param>
    /// <param name="document">The document, already checked.</param>
    /// <param name="text">Its text as it is stored.</param>
    public static async Task PutAsync(PostgresSession session, long owner, IndexedDocument document, StoredText text)
    {
        int width = document.Passages.Count == 0 ? 0 : document.Passages[0].Vector.Length;
        List<Dictionary<string, int>> terms = [.. document.Passages.Select(passage => Count(document.Text, passage))];
        await CountAsync(
            session,
            document,
            new PostgresStatistics(
                terms.Count, terms.Sum(counts => (long)counts.Values.Sum()), width == 0 ? 0 : terms.Count, width)).ConfigureAwait(false);
        if (terms.Count == 0)
        {
            return;
        }

        Dictionary<string, int> ids = await PostgresTerms.AddAsync(
            session,
            terms.SelectMany(counts => counts.Keys).CountBy(term => term, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal))
            .ConfigureAwait(false);
        await using RowWriter rows = await RowWriter.BeginAsync(
            session.Connection, "passages", Columns, session.MayCopy, terms.Count, session.CancellationToken).ConfigureAwait(false);
        int i = 0;
        foreach ((int start, int length) in text.Locate(document.Text, document.Passages))
        {
            Passage passage = document.Passages[i];
            Dictionary<string, int> counts = terms[i++];
            await rows.AddAsync(
                [
                    session.Tenant, owner, document.Group, passage.Start, passage.Length, start, length, counts.Values.Sum(),
                    counts.Keys.Select(term => ids[term]).ToArray(), counts.Values.Select(Short).ToArray(),
                    width == 0 ? null : new Vector(VectorMath.Normalize(passage.Vector.Span)),
                ],
                session.CancellationToken).ConfigureAwait(false);
        }

        await rows.CompleteAsync(session.CancellationToken).ConfigureAwait(false);
    }

    private static async Task CountAsync(PostgresSession session, IndexedDocument document, PostgresStatistics more)
    {
        List<List<object[]>> found = await session.TogetherAsync(
            PostgresStatistics.Add(session.Tenant, more),
            PostgresFingerprints.Read(session.Tenant),
            PostgresCheckpoints.Delete(session.Tenant, document.Id)).ConfigureAwait(false);
        if (more.Width > 0)
        {
            IndexGuard.CheckWidth(more.Width, (int)found[0][0][0]);
        }

        ModelFingerprint fingerprint = document.Summary.Fingerprint;
        if (found[1].Count == 0 || (string)found[1][0][0] != fingerprint.ToString())
        {
            await PostgresFingerprints.BindAsync(session, fingerprint, document.Id).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the passages of a document from the counts; the rows go with the document.</summary>
    /// <param name="session">A session that holds the writers' lock.</param>
    /// <param name="owner">The document's key.</param>
    public static async Task ForgetAsync(PostgresSession session, long owner)
    {
        List<(int[] Terms, int Words, bool HasVector)> rows = await session.RowsAsync(
            "SELECT terms, words, vector IS NOT NULL FROM passages WHERE owner = $1",
            row => (row.GetFieldValue<int[]>(0), row.GetInt32(1), row.GetBoolean(2)),
            owner).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            return;
        }

        await PostgresTerms.TakeAsync(session, rows.SelectMany(row => row.Terms).CountBy(id => id).ToDictionary()).ConfigureAwait(false);
        await session.TogetherAsync(PostgresStatistics.Add(session.Tenant, new PostgresStatistics(
            -rows.Count, -rows.Sum(row => (long)row.Words), -rows.Count(row => row.HasVector), 0))).ConfigureAwait(false);
    }

    /// <summary>Loads the passages of a document.</summary>
    /// <param name="session">The session.</param>
    /// <param name="documentId">The document's id.</param>
    /// <returns>The passages in text order; <see langword="null"/> where there is no such document.</returns>
    public static async Task<IReadOnlyList<Passage>?> LoadAsync(PostgresSession session, string documentId)
    {
        List<Passage?> rows = await session.RowsAsync<Passage?>(
            """
            SELECT p.start, p.length, p.vector FROM documents d LEFT JOIN passages p ON p.owner = d.key
            WHERE d.tenant = $1 AND d.id = $2 ORDER BY p.start, p.key
            """,
            row => row.IsDBNull(0)
                ? null
                : new Passage(row.GetInt32(0), row.GetInt32(1), row.IsDBNull(2) ? default : row.GetFieldValue<Vector>(2).Memory),
            session.Tenant,
            documentId).ConfigureAwait(false);
        return rows.Count == 0 ? null : [.. rows.OfType<Passage>()];
    }

    private static Dictionary<string, int> Count(string text, Passage passage) =>
        PostgresTerms.Extract(text.Substring(passage.Start, passage.Length))
            .CountBy(term => term, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);

    // So many of one term in a passage are worth as much as more of them.
    private static short Short(int count) => (short)Math.Min(count, short.MaxValue);
}
