using System.Runtime.CompilerServices;
using LLoCO.Core.Compression;
using LLoCO.Core.Trust;

namespace LLoCO.Core.Index;

/// <summary>
/// An index in memory: for tests, for short-lived sets of documents, and where no file may be written. Ranks as
/// <see cref="SqliteRetrievalIndex"/> does.
/// </summary>
/// <remarks>Safe for concurrent use; a writer waits for readers, and readers wait for it. Nothing is durable.</remarks>
public sealed class InMemoryRetrievalIndex : IRetrievalIndex
{
    private readonly ReaderWriterLockSlim _lock = new();
    private readonly SortedDictionary<string, IndexedDocument> _documents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IngestCheckpoint> _checkpoints = new(StringComparer.Ordinal);
    private readonly InMemoryPassages _passages = new();
    private ModelFingerprint? _fingerprint;
    private bool _disposed;

    /// <inheritdoc/>
    public ValueTask BindAsync(ModelFingerprint fingerprint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        return Write(() => Bind(fingerprint), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<DocumentRecord?> FindAsync(string documentId, CancellationToken cancellationToken = default) =>
        Read(() => Find(documentId) is { } document ? Record(document) : null, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<DocumentRecord> ListAsync(
        string? group = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        DocumentRecord[] records = await Read<DocumentRecord[]>(
            () => [.. _documents.Values.Where(document => group is null || document.Group == group).Select(Record)],
            cancellationToken).ConfigureAwait(false);
        foreach (DocumentRecord record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return record;
        }
    }

    /// <inheritdoc/>
    public ValueTask<SummaryEmbeddings?> LoadSummaryAsync(string documentId, CancellationToken cancellationToken = default) =>
        Read(() => Find(documentId)?.Summary, cancellationToken);

    /// <inheritdoc/>
    ValueTask<ModelFingerprint?> IRetrievalIndex.LoadFingerprintAsync(CancellationToken cancellationToken) =>
        Read(() => _fingerprint, cancellationToken);

    /// <inheritdoc/>
    ValueTask<IReadOnlyList<string>?> IRetrievalIndex.LoadTokenHashesAsync(string documentId, CancellationToken cancellationToken) =>
        Read(() => Find(documentId)?.TokenHashes, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<string?> LoadTextAsync(string documentId, CancellationToken cancellationToken = default) =>
        Read(() => Find(documentId)?.Text, cancellationToken);

    /// <inheritdoc/>
    ValueTask<IReadOnlyList<Passage>?> IRetrievalIndex.LoadPassagesAsync(string documentId, CancellationToken cancellationToken) =>
        Read(() => Find(documentId)?.Passages, cancellationToken);

    /// <inheritdoc/>
    ValueTask<DocumentFidelity?> IRetrievalIndex.LoadFidelityAsync(string documentId, CancellationToken cancellationToken) =>
        Read(() => Find(documentId)?.Fidelity, cancellationToken);

    /// <inheritdoc/>
    ValueTask<DocumentFamiliarity?> IRetrievalIndex.LoadFamiliarityAsync(
        string documentId, CancellationToken cancellationToken) =>
        Read(() => Find(documentId)?.Familiarity, cancellationToken);

    /// <inheritdoc/>
    public ValueTask PutAsync(IndexedDocument document, CancellationToken cancellationToken = default)
    {
        IndexGuard.Check(document);
        return Write(
            () =>
            {
                _passages.CheckWidth(document);
                Bind(document.Summary.Fingerprint);
                Delete(document.Id);
                _documents.Add(document.Id, document);
                _passages.Add(document);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        bool found = false;
        ValueTask done = Write(() => found = Delete(documentId), cancellationToken);
        return done.IsCompletedSuccessfully ? ValueTask.FromResult(found) : Forward(done);

        static async ValueTask<bool> Forward(ValueTask failed)
        {
            await failed.ConfigureAwait(false);
            return false;
        }
    }

    /// <inheritdoc/>
    public ValueTask SaveCheckpointAsync(IngestCheckpoint checkpoint, CancellationToken cancellationToken = default)
    {
        IndexGuard.Check(checkpoint);
        return Write(
            () =>
            {
                Bind(checkpoint.Summary.Fingerprint);
                _checkpoints[checkpoint.DocumentId] = checkpoint;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IngestCheckpoint?> FindCheckpointAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return Read(() => _checkpoints.GetValueOrDefault(documentId), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PassageHit>> SearchAsync(PassageQuery query, CancellationToken cancellationToken = default)
    {
        IndexGuard.Check(query);
        return Read(() => _passages.Search(query), cancellationToken);
    }

    /// <summary>Releases the documents; an index in memory keeps nothing.</summary>
    /// <returns>A finished task.</returns>
    public ValueTask DisposeAsync()
    {
        _lock.EnterWriteLock();
        try
        {
            _disposed = true;
            _documents.Clear();
            _checkpoints.Clear();
            _passages.Clear();
        }
        finally
        {
            _lock.ExitWriteLock();
        }

        return ValueTask.CompletedTask;
    }

    private static DocumentRecord Record(IndexedDocument document) => new(
        document.Id,
        document.Group,
        document.ContentHash,
        document.Tokens,
        document.Summary.Count,
        document.Summary.Segments.Count)
    {
        Fidelity = document.Fidelity?.Score,
        IsMarked = document.Fidelity?.IsMarked ?? false,
        Origin = document.Origin,
    };

    private void Bind(ModelFingerprint fingerprint)
    {
        if (_fingerprint is not null && _documents.Count + _checkpoints.Count > 0)
        {
            fingerprint.EnsureMatches(_fingerprint, "index in memory");
        }

        _fingerprint = fingerprint;
    }

    private IndexedDocument? Find(string documentId)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return _documents.GetValueOrDefault(documentId);
    }

    private bool Delete(string documentId)
    {
        _checkpoints.Remove(documentId);
        if (!_documents.Remove(documentId, out IndexedDocument? document))
        {
            return false;
        }

        _passages.Remove(document);
        return true;
    }

    private ValueTask<T> Read<T>(Func<T> query, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        _lock.EnterReadLock();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return ValueTask.FromResult(query());
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    private ValueTask Write(Action work, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        _lock.EnterWriteLock();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            work();
            return ValueTask.CompletedTask;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }
}
