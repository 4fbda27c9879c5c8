using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Trust;

namespace LLoCO.Tenants;

/// <summary>The index of one tenant, with its quota.</summary>
/// <param name="tenant">The tenant.</param>
/// <param name="inner">Its index; disposed with this one.</param>
/// <param name="quota">Its quota.</param>
/// <param name="folder">Its files.</param>
internal sealed class TenantIndex(TenantId tenant, IRetrievalIndex inner, TenantQuota quota, TenantFolder folder) : IRetrievalIndex
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly TenantWrites _writes = new(folder.WriteLock, tenant);
    private (long Documents, long Tokens)? _kept;

    /// <inheritdoc/>
    public ValueTask BindAsync(ModelFingerprint fingerprint, CancellationToken cancellationToken = default) =>
        inner.BindAsync(fingerprint, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ModelFingerprint?> LoadFingerprintAsync(CancellationToken cancellationToken = default) =>
        inner.LoadFingerprintAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DocumentRecord?> FindAsync(string documentId, CancellationToken cancellationToken = default) =>
        inner.FindAsync(documentId, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<DocumentRecord> ListAsync(string? group = null, CancellationToken cancellationToken = default) =>
        inner.ListAsync(group, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SummaryEmbeddings?> LoadSummaryAsync(string documentId, CancellationToken cancellationToken = default) =>
        inner.LoadSummaryAsync(documentId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>?> LoadTokenHashesAsync(string documentId, CancellationToken cancellationToken = default) =>
        inner.LoadTokenHashesAsync(documentId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<string?> LoadTextAsync(string documentId, CancellationToken cancellationToken = default) =>
        inner.LoadTextAsync(documentId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Passage>?> LoadPassagesAsync(string documentId, CancellationToken cancellationToken = default) =>
        inner.LoadPassagesAsync(documentId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DocumentFidelity?> LoadFidelityAsync(string documentId, CancellationToken cancellationToken = default) =>
        inner.LoadFidelityAsync(documentId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DocumentFamiliarity?> LoadFamiliarityAsync(string documentId, CancellationToken cancellationToken = default) =>
        inner.LoadFamiliarityAsync(documentId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IngestCheckpoint?> FindCheckpointAsync(string documentId, CancellationToken cancellationToken = default) =>
        inner.FindCheckpointAsync(documentId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PassageHit>> SearchAsync(PassageQuery query, CancellationToken cancellationToken = default)
    {
        TenantMeter.Searched(tenant);
        return inner.SearchAsync(query, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask PutAsync(IndexedDocument document, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        await WriteAsync(
            document.Id, document.Tokens, document.Text.Length + (long)document.Summary.Payload.Length,
            () => inner.PutAsync(document, cancellationToken), isWhole: true, cancellationToken).ConfigureAwait(false);
        TenantMeter.Added(tenant, document.Tokens);
    }

    /// <inheritdoc/>
    public async ValueTask SaveCheckpointAsync(IngestCheckpoint checkpoint, CancellationToken cancellationToken = default)
    {
        // A document that will not be kept is refused at its first segment, and not after hours.
        ArgumentNullException.ThrowIfNull(checkpoint);
        await WriteAsync(
            checkpoint.DocumentId, checkpoint.Summary.RawTokens, checkpoint.Summary.Payload.Length,
            () => inner.SaveCheckpointAsync(checkpoint, cancellationToken), isWhole: false, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using TenantWrites.Turn turn = await _writes.BeginAsync(cancellationToken).ConfigureAwait(false);
            turn.Tell();
            _kept = null;
            return await inner.DeleteAsync(documentId, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Counts what is kept.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<TenantUsage> CountAsync(CancellationToken cancellationToken)
    {
        (long documents, long tokens) = await ReadKeptAsync(cancellationToken).ConfigureAwait(false);
        return new TenantUsage(documents, tokens, folder.CountBytes());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        _writing.Dispose();
    }

    private async Task WriteAsync(
        string documentId, long tokens, long bytes, Func<ValueTask> write, bool isWhole, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // What is counted is still so when it is written: other processes wait.
            using TenantWrites.Turn turn = await _writes.BeginAsync(cancellationToken).ConfigureAwait(false);
            _kept = turn.IsNews ? null : _kept;
            DocumentRecord? before = await inner.FindAsync(documentId, cancellationToken).ConfigureAwait(false);
            (long Documents, long Tokens) kept = _kept ?? await ReadKeptAsync(cancellationToken).ConfigureAwait(false);
            (long Documents, long Tokens) after = (kept.Documents + (before is null ? 1 : 0), kept.Tokens - (before?.Tokens ?? 0) + tokens);
            Ensure(quota.MaxDocuments, after.Documents, "documents");
            Ensure(quota.MaxTokens, after.Tokens, "tokens");
            if (quota.MaxBytes is not null)
            {
                Ensure(quota.MaxBytes, folder.CountBytes() + bytes, "bytes");
            }

            if (isWhole)
            {
                turn.Tell();
            }
            else
            {
                turn.Know();
            }

            _kept = null;
            await write().ConfigureAwait(false);
            _kept = isWhole ? after : kept;
        }
        finally
        {
            _writing.Release();
        }
    }

    private void Ensure(long? limit, long wanted, string what)
    {
        if (limit is { } most && wanted > most)
        {
            TenantMeter.Refused(tenant);
            throw new QuotaExceededException(tenant, what, most, wanted);
        }
    }

    private async Task<(long Documents, long Tokens)> ReadKeptAsync(CancellationToken cancellationToken)
    {
        (long documents, long tokens) = (0L, 0L);
        await foreach (DocumentRecord record in inner.ListAsync(null, cancellationToken).ConfigureAwait(false))
        {
            documents++;
            tokens += record.Tokens;
        }

        return (documents, tokens);
    }
}
