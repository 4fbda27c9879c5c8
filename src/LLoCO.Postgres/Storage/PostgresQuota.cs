namespace LLoCO.Postgres.Storage;

/// <summary>How much a tenant may keep, counted in the database, so that it holds for the writers of all machines together.</summary>
/// <param name="MaxDocuments">Most documents, or <see langword="null"/>.</param>
/// <param name="MaxTokens">Most tokens of all documents, or <see langword="null"/>.</param>
/// <param name="MaxBytes">Most bytes of texts and summary embeddings, or <see langword="null"/>.</param>
internal sealed record PostgresQuota(long? MaxDocuments, long? MaxTokens, long? MaxBytes)
{
    // The length of a bytea is known without reading it.
    private const string Bytes = """
        (SELECT coalesce(sum(octet_length(d.text) + (SELECT coalesce(sum(octet_length(s.payload)), 0) FROM segments s WHERE s.owner = d.key)), 0)
            FROM documents d WHERE d.tenant = $1 AND d.id <> $2)::bigint
        """;

    /// <summary>Refuses what would exceed the quota.</summary>
    /// <param name="session">A session in a transaction. If it holds the writers' lock, what is counted is still so when it is
    /// committed.</param>
    /// <param name="documentId">The document; what is kept of it is replaced.</param>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="bytes">Bytes of its text and summary embeddings.</param>
    /// <exception cref="PostgresQuotaException">It would.</exception>
    public async Task EnsureAsync(PostgresSession session, string documentId, long tokens, long bytes)
    {
        if (this is { MaxDocuments: null, MaxTokens: null, MaxBytes: null })
        {
            return;
        }

        List<(long Documents, long Tokens, long Bytes)> kept = await session.RowsAsync(
            $"""
            SELECT count(*), coalesce(sum(tokens), 0)::bigint, {(MaxBytes is null ? "0::bigint" : Bytes)}
            FROM documents WHERE tenant = $1 AND id <> $2
            """,
            row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)),
            session.Tenant,
            documentId).ConfigureAwait(false);
        Ensure(session, MaxDocuments, kept[0].Documents + 1, "documents");
        Ensure(session, MaxTokens, kept[0].Tokens + tokens, "tokens");
        Ensure(session, MaxBytes, kept[0].Bytes + bytes, "bytes");
    }

    private static void Ensure(PostgresSession session, long? limit, long wanted, string what)
    {
        if (limit is { } most && wanted > most)
        {
            throw new PostgresQuotaException(
                $"The tenant '{session.Tenant}' may keep {most:N0} {what} in {session.Place}, and would have {wanted:N0}. Remove documents of "
                + "it, or raise its quota.");
        }
    }
}
