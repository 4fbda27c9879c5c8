using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Trust;
using LLoCO.Orleans.Work;

namespace LLoCO.Orleans;

/// <summary>The index of a silo: documents are in the index that all silos share, the segments of unfinished ones in a checkpoint store. A
/// silo that has lost a document to another one does not write it any more.</summary>
/// <param name="inner">The shared index; disposed with this one.</param>
/// <param name="checkpoints">Where segments are kept.</param>
public sealed class ClusterIndex(IRetrievalIndex inner, ICheckpointStore checkpoints) : IRetrievalIndex
{
    /// <inheritdoc/>
    public ValueTask BindAsync(ModelFingerprint fingerprint, CancellationToken cancellationToken = default) =>
        inner.BindAsync(fingerprint, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ModelFingerprint?> LoadFingerprintAsync(CancellationToken cancellationToken = default) =>
        inner.LoadFingerprintAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<DocumentRecord?> FindAsync(string documentId, CancellationToken cancellationToken = default)
    {
        DocumentRecord? record = await inner.FindAsync(documentId, cancellationToken).ConfigureAwait(false);
        if (record is not null && HeldLease.Current is not null)
        {
            // A silo may have died after it had written the document and before it removed the segments.
            await RemoveLeftAsync(record, cancellationToken).ConfigureAwait(false);
        }

        return record;
    }

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
    public ValueTask<DocumentFamiliarity?> LoadFamiliarityAsync(
        string documentId, CancellationToken cancellationToken = default) =>
        inner.LoadFamiliarityAsync(documentId, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="LeaseLostException">The document was given to another silo meanwhile.</exception>
    public async ValueTask PutAsync(IndexedDocument document, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        HeldLease.Current?.EnsureHeld();
        await inner.PutAsync(document, cancellationToken).ConfigureAwait(false);
        await checkpoints.RemoveAsync(document.Id, CancellationToken.None).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default)
    {
        await checkpoints.RemoveAsync(documentId, cancellationToken).ConfigureAwait(false);
        return await inner.DeleteAsync(documentId, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="LeaseLostException">The document was given to another silo meanwhile.</exception>
    public async ValueTask SaveCheckpointAsync(IngestCheckpoint checkpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        HeldLease.Current?.EnsureHeld();
        await checkpoints.SaveAsync(checkpoint, cancellationToken).ConfigureAwait(false);
        if (HeldLease.Current is { IsLost: true }
            && await inner.FindAsync(checkpoint.DocumentId, cancellationToken).ConfigureAwait(false) is { } record)
        {
            // This process was stopped while it wrote, and another silo has finished the document meanwhile.
            await RemoveLeftAsync(record, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IngestCheckpoint?> FindCheckpointAsync(string documentId, CancellationToken cancellationToken = default) =>
        checkpoints.FindAsync(documentId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PassageHit>> SearchAsync(PassageQuery query, CancellationToken cancellationToken = default) =>
        inner.SearchAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task RemoveLeftAsync(DocumentRecord record, CancellationToken cancellationToken)
    {
        IngestCheckpoint? left = await checkpoints.FindAsync(record.Id, cancellationToken).ConfigureAwait(false);
        if (left?.ContentHash == record.ContentHash)
        {
            await checkpoints.RemoveAsync(record.Id, cancellationToken).ConfigureAwait(false);
        }
    }
}
