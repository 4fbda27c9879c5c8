using System.Runtime.CompilerServices;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Trust;
using LLoCO.Postgres.Search;
using LLoCO.Postgres.Storage;
using Npgsql;

namespace LLoCO.Postgres;

/// <summary>
/// An index in PostgreSQL with pgvector, for many documents, several machines and several tenants. Ranks as
/// <see cref="SqliteRetrievalIndex"/> does.
/// </summary>
/// <remarks>
/// <para>Safe for concurrent use by any number of readers and writers, from any number of machines. Writers of one tenant come one after
/// the other for the last milliseconds of a document.</para>
/// <para>A call that has returned is durable as far as the server's <c>synchronous_commit</c> says; a call that was interrupted has
/// changed nothing. Lost connections, a server that restarts, and deadlocks are tried again for
/// <see cref="PostgresIndexOptions.RetryFor"/>.</para>
/// <para>Any call may throw <see cref="LlocoException"/> where the server cannot be reached for longer, refuses, or is full.</para>
/// </remarks>
public sealed class PostgresRetrievalIndex : IRetrievalIndex
{
    private readonly PostgresStore _store;
    private readonly int _approximateFrom;

    private PostgresRetrievalIndex(PostgresStore store, int approximateFrom) => (_store, _approximateFrom) = (store, approximateFrom);

    /// <summary>Gets the address without the password.</summary>
    public string Address => _store.Place.ToString();

    /// <summary>Gets the tenant whose documents this index holds; empty for the one without a name.</summary>
    public string Tenant => _store.Place.Tenant;

    /// <summary>Opens an index, and makes its tables or brings them up to date where that is needed.</summary>
    /// <param name="address">The address (<see cref="PostgresAddress"/>).</param>
    /// <param name="options">How to open it; defaults where <see langword="null"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The index, to be disposed.</returns>
    /// <exception cref="LlocoException">The address cannot be read, the server cannot be reached, has no pgvector, or holds an index of a
    /// newer version (the message gives both).</exception>
    public static async Task<PostgresRetrievalIndex> OpenAsync(
        string address, PostgresIndexOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PostgresIndexOptions();
        LLoCO.Core.Validation.OptionsFaults.ThrowIfAny(options, "the PostgreSQL index");
        var place = new PostgresPlace(PostgresAddress.Parse(address), options);
        var index = new PostgresRetrievalIndex(
            await PostgresStore.OpenAsync(place, options, cancellationToken).ConfigureAwait(false), options.ApproximateFrom);
        await index.EnsureVectorIndexAsync(cancellationToken).ConfigureAwait(false);
        return index;
    }

    /// <inheritdoc/>
    public ValueTask<ModelFingerprint?> LoadFingerprintAsync(CancellationToken cancellationToken = default) =>
        new(_store.ReadAsync((connection, cancel) => PostgresFingerprints.LoadAsync(Session(connection, cancel)), cancellationToken));

    /// <inheritdoc/>
    public async ValueTask BindAsync(ModelFingerprint fingerprint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);

        // If the index is already bound, this needs no lock and no write access.
        bool bound = await _store.ReadAsync(
            (connection, cancel) => PostgresFingerprints.IsBoundAsync(Session(connection, cancel), fingerprint), cancellationToken)
            .ConfigureAwait(false);
        if (!bound)
        {
            await WriteAsync(
                async session =>
                {
                    await PostgresStatistics.LockAsync(session).ConfigureAwait(false);
                    await PostgresFingerprints.BindAsync(session, fingerprint).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<DocumentRecord?> FindAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        List<DocumentRecord> found = await _store.ReadAsync(
            (connection, cancel) => PostgresDocuments.RecordsAsync(Session(connection, cancel), documentId, group: null),
            cancellationToken).ConfigureAwait(false);
        return found.FirstOrDefault();
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DocumentRecord> ListAsync(
        string? group = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Read at once: a slow consumer would hold the connection.
        List<DocumentRecord> records = await _store.ReadAsync(
            (connection, cancel) => PostgresDocuments.RecordsAsync(Session(connection, cancel), id: null, group), cancellationToken)
            .ConfigureAwait(false);
        foreach (DocumentRecord record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return record;
        }
    }

    /// <inheritdoc/>
    public ValueTask<SummaryEmbeddings?> LoadSummaryAsync(string documentId, CancellationToken cancellationToken = default) =>
        LoadAsync(documentId, PostgresDocuments.LoadSummaryAsync, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>?> LoadTokenHashesAsync(string documentId, CancellationToken cancellationToken = default) =>
        LoadAsync(documentId, PostgresDocuments.LoadTokenHashesAsync, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<string?> LoadTextAsync(string documentId, CancellationToken cancellationToken = default) =>
        LoadAsync(documentId, PostgresDocuments.LoadTextAsync, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Passage>?> LoadPassagesAsync(string documentId, CancellationToken cancellationToken = default) =>
        LoadAsync(documentId, PostgresPassages.LoadAsync, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DocumentFidelity?> LoadFidelityAsync(string documentId, CancellationToken cancellationToken = default) =>
        LoadAsync(documentId, PostgresDocuments.LoadFidelityAsync, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DocumentFamiliarity?> LoadFamiliarityAsync(string documentId, CancellationToken cancellationToken = default) =>
        LoadAsync(documentId, PostgresDocuments.LoadFamiliarityAsync, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask PutAsync(IndexedDocument document, CancellationToken cancellationToken = default)
    {
        IndexGuard.Check(document);
        await WriteAsync(session => PostgresDocuments.PutAsync(session, document), cancellationToken).ConfigureAwait(false);
        if (document.Passages.Count > 0 && !document.Passages[0].Vector.IsEmpty)
        {
            await EnsureVectorIndexAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);

        // A first try whose commit was not confirmed may have removed it.
        bool found = false;
        await WriteAsync(
            async session => found |= await PostgresDocuments.DeleteAsync(session, documentId).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        return found;
    }

    /// <inheritdoc/>
    public async ValueTask SaveCheckpointAsync(IngestCheckpoint checkpoint, CancellationToken cancellationToken = default)
    {
        IndexGuard.Check(checkpoint);
        await WriteAsync(session => PostgresCheckpoints.SaveAsync(session, checkpoint), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<IngestCheckpoint?> FindCheckpointAsync(string documentId, CancellationToken cancellationToken = default) =>
        LoadAsync(documentId, PostgresCheckpoints.FindAsync, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PassageHit>> SearchAsync(PassageQuery query, CancellationToken cancellationToken = default)
    {
        IndexGuard.Check(query);
        return new(_store.ReadTogetherAsync(
            (connection, cancel) => PostgresSearch.SearchAsync(Session(connection, cancel), query, _approximateFrom), cancellationToken));
    }

    /// <summary>Lets a role of the database use this index for one tenant, and for no other, whatever SQL it runs: row-level security hides
    /// the rest. Only the owner of the tables can allow it; the role must exist.</summary>
    /// <param name="role">The role, as which users of the tenant connect. It must own nothing here, and be no superuser.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when the role may connect.</returns>
    public async Task ConfineAsync(string role, string tenant, CancellationToken cancellationToken = default)
    {
        IndexGuard.CheckName(role, "role");
        IndexGuard.CheckName(tenant, "tenant");
        await WriteAsync(session => PostgresRoles.ConfineAsync(session, role, tenant), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the connections.</summary>
    /// <returns>A task that ends when they are closed.</returns>
    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private PostgresSession Session(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        new(connection, _store.Place.Tenant, !_store.IsConfined, _store.Place, cancellationToken);

    private ValueTask<T?> LoadAsync<T>(
        string documentId, Func<PostgresSession, string, Task<T?>> load, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return new(_store.ReadTogetherAsync(
            (connection, cancel) => load(Session(connection, cancel), documentId), cancellationToken));
    }

    private async Task WriteAsync(Func<PostgresSession, Task> work, CancellationToken cancellationToken) =>
        await _store.WriteAsync(
            async (connection, cancel) =>
            {
                await work(Session(connection, cancel)).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);

    private async Task EnsureVectorIndexAsync(CancellationToken cancellationToken) => await _store.ReadAsync(
        async (connection, cancel) =>
        {
            await PostgresVectorIndex.EnsureAsync(Session(connection, cancel), _approximateFrom).ConfigureAwait(false);
            return true;
        },
        cancellationToken).ConfigureAwait(false);
}
