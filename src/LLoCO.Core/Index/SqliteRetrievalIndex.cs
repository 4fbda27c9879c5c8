using System.Runtime.CompilerServices;
using LLoCO.Core.Compression;
using LLoCO.Core.Trust;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>
/// An index in one SQLite file: text, BM25 through FTS5, summary embeddings, dense vectors. The default index.
/// </summary>
/// <remarks>
/// <para>Safe for concurrent use by any number of readers and one writer, also from several processes of one machine; a second
/// writer waits. Not for network file systems, on which SQLite's locks do not hold.</para>
/// <para>A call that has returned is durable (write-ahead log, <c>synchronous = FULL</c>); a call that was killed has changed
/// nothing. The files <c>-wal</c> and <c>-shm</c> beside the index belong to it while it is open.</para>
/// <para>Any call may throw <see cref="LlocoException"/> where the file is damaged, locked for longer than
/// <see cref="SqliteIndexOptions.BusyTimeout"/>, or the disk is full; a call that writes, where the file was removed or replaced
/// since it was opened.</para>
/// </remarks>
public sealed class SqliteRetrievalIndex : IRetrievalIndex, IRegroupable
{
    private readonly SqliteStore _store;

    private SqliteRetrievalIndex(SqliteStore store)
    {
        _store = store;
        KeptVectors = new SqliteKeptVectors(store.Connect);
    }

    /// <summary>Gets the dense vectors that are kept in memory.</summary>
    internal SqliteKeptVectors KeptVectors { get; }

    /// <summary>Gets the full path of the file.</summary>
    public string Path => _store.Path;

    /// <summary>Gets whether the file is only read: by request (<see cref="SqliteIndexOptions.ReadOnly"/>), or because it cannot
    /// be written. Calls that write then throw <see cref="LlocoException"/>.</summary>
    public bool IsReadOnly => _store.IsReadOnly;

    /// <summary>Opens an index file, or creates a new one. A file that cannot be written is opened read-only.</summary>
    /// <param name="path">The file. Its folder must exist.</param>
    /// <param name="options">How to open it; defaults where <see langword="null"/>.</param>
    /// <returns>The index, to be disposed.</returns>
    /// <exception cref="LlocoException">The file is not an index, is damaged, has a newer schema version (the message gives
    /// both) or other tables than this library makes (the message names one), or cannot be made.</exception>
    public static SqliteRetrievalIndex Open(string path, SqliteIndexOptions? options = null)
    {
        options ??= new SqliteIndexOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BusyTimeout, TimeSpan.FromSeconds(1), nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BusyTimeout, TimeSpan.FromHours(1), nameof(options));
        return new SqliteRetrievalIndex(SqliteStore.Open(path, options));
    }

    /// <inheritdoc/>
    public ValueTask<ModelFingerprint?> LoadFingerprintAsync(CancellationToken cancellationToken = default) =>
        _store.ReadAsync(SqliteDocuments.LoadFingerprint, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask BindAsync(ModelFingerprint fingerprint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);

        // If the index is already bound, this needs no lock and no write access.
        bool bound = await _store.ReadAsync(
            connection => SqliteDocuments.IsBound(connection, fingerprint, Path), cancellationToken).ConfigureAwait(false);
        if (!bound && !IsReadOnly)
        {
            await WriteAsync(connection => SqliteDocuments.Bind(connection, fingerprint, Path), cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask<DocumentRecord?> FindAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return _store.ReadAsync(connection => SqliteDocuments.Record(connection, documentId), cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DocumentRecord> ListAsync(
        string? group = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Read at once: a transaction held open by a slow consumer would prevent the write-ahead log from being emptied.
        List<DocumentRecord> records = await _store.ReadAsync(
            connection => SqliteDocuments.Records(connection, group), cancellationToken).ConfigureAwait(false);
        foreach (DocumentRecord record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return record;
        }
    }

    /// <inheritdoc/>
    public ValueTask<SummaryEmbeddings?> LoadSummaryAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return _store.ReadAsync(connection => SqliteDocuments.LoadSummary(connection, documentId), cancellationToken);
    }

    /// <inheritdoc/>
    ValueTask<IReadOnlyList<string>?> IRetrievalIndex.LoadTokenHashesAsync(string documentId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return _store.ReadAsync(
            connection => SqliteDocuments.FindKey(connection, documentId) is long key
                ? new SqliteSegments(connection, SqliteSegments.OfDocuments).LoadTokenHashes(key)
                : null,
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<string?> LoadTextAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return _store.ReadAsync(connection => SqliteDocuments.LoadText(connection, documentId), cancellationToken);
    }

    /// <inheritdoc/>
    ValueTask<IReadOnlyList<Passage>?> IRetrievalIndex.LoadPassagesAsync(string documentId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return _store.ReadAsync(connection => SqlitePassages.Load(connection, documentId), cancellationToken);
    }

    /// <inheritdoc/>
    ValueTask<DocumentFidelity?> IRetrievalIndex.LoadFidelityAsync(string documentId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return _store.ReadAsync(connection => SqliteFidelity.Load(connection, documentId), cancellationToken);
    }

    /// <inheritdoc/>
    ValueTask<DocumentFamiliarity?> IRetrievalIndex.LoadFamiliarityAsync(
        string documentId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return _store.ReadAsync(connection => SqliteFamiliarity.Load(connection, documentId), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask PutAsync(IndexedDocument document, CancellationToken cancellationToken = default)
    {
        IndexGuard.Check(document);
        await WriteAsync(
            connection =>
            {
                SqliteDocuments.Bind(connection, document.Summary.Fingerprint, Path);
                SqliteDocuments.Put(connection, document, cancellationToken);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return _store.WriteAsync(connection => SqliteDocuments.Delete(connection, documentId), cancellationToken);
    }

    /// <inheritdoc/>
    ValueTask<int> IRegroupable.RegroupAsync(IReadOnlyDictionary<string, string> groups, CancellationToken cancellationToken) =>
        _store.WriteAsync(connection => SqliteDocuments.Regroup(connection, groups, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask SaveCheckpointAsync(IngestCheckpoint checkpoint, CancellationToken cancellationToken = default)
    {
        IndexGuard.Check(checkpoint);
        await WriteAsync(
            connection =>
            {
                SqliteDocuments.Bind(connection, checkpoint.Summary.Fingerprint, Path);
                SqliteCheckpoints.Save(connection, checkpoint);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<IngestCheckpoint?> FindCheckpointAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return _store.ReadAsync(connection => SqliteCheckpoints.Find(connection, documentId), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PassageHit>> SearchAsync(PassageQuery query, CancellationToken cancellationToken = default)
    {
        IndexGuard.Check(query);
        return _store.ReadAsync(connection => SqliteSearch.Search(connection, query, KeptVectors), cancellationToken);
    }

    /// <summary>Waits for calls in progress and closes the file.</summary>
    /// <returns>A task that ends when the file can be moved or deleted.</returns>
    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync().ConfigureAwait(false);
        KeptVectors.Dispose();
    }

    private async ValueTask WriteAsync(Action<SqliteConnection> work, CancellationToken cancellationToken) =>
        await _store.WriteAsync(
            connection =>
            {
                work(connection);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
}
