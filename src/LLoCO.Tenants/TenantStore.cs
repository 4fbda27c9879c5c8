using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Core.Validation;

namespace LLoCO.Tenants;

/// <summary>
/// The tenants of a folder. Each has files of its own, so that a query that forgets the tenant cannot exist, and removing a tenant
/// leaves nothing of it in a page of a shared database.
/// <code>
/// FOLDER/tenant-acme/index.db    documents, checkpoints
///                    prefixes/   keys and values
///                    adapters/   weights with their calibrations
///                    jobs/       training runs, replies of teachers
/// </code>
/// </summary>
/// <remarks>Safe for concurrent use. Without a store, an index file is that of one user, as before.</remarks>
public sealed class TenantStore
{
    private readonly string _root;
    private readonly Func<TenantId, string, CancellationToken, Task<IRetrievalIndex>> _open;
    private readonly Lock _lock = new();
    private readonly Dictionary<TenantId, int> _inUse = [];

    /// <summary>Uses a folder, which is created where it does not exist.</summary>
    /// <param name="folder">The folder of all tenants.</param>
    /// <param name="open">Opens the index of a tenant in place of a SQLite file, such as one on a server that holds rows of this tenant
    /// alone; gets the tenant and the file that would be used. It is disposed by the space. <see cref="WipeAsync"/> then removes its
    /// documents one by one, and what the server keeps of removed rows is the server's to clean.</param>
    public TenantStore(string folder, Func<TenantId, string, CancellationToken, Task<IRetrievalIndex>>? open = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        _root = Path.GetFullPath(folder);
        OwnsIndexes = open is null;
        _open = open ?? ((_, file, _) => Task.FromResult<IRetrievalIndex>(SqliteRetrievalIndex.Open(file)));
        Directory.CreateDirectory(_root);
        TenantFolder.Sweep(_root);
    }

    /// <summary>Gets whether indexes are files of the store.</summary>
    public bool OwnsIndexes { get; }

    /// <summary>Finds the tenants that have something here.</summary>
    /// <returns>The tenants, by name.</returns>
    public IReadOnlyList<TenantId> FindTenants() => [.. TenantFolder.Find(_root)];

    /// <summary>Opens what a tenant has.</summary>
    /// <param name="tenant">The tenant; a new one where it has nothing yet.</param>
    /// <param name="quota">How much it may keep; any amount with <see langword="null"/>. It counts for what is written through this
    /// space.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The tenant's space, to be disposed.</returns>
    /// <exception cref="LlocoException">The quota has a value out of range, or the index cannot be opened.</exception>
    public async Task<TenantSpace> OpenAsync(TenantId tenant, TenantQuota? quota = null, CancellationToken cancellationToken = default)
    {
        quota ??= new TenantQuota();
        OptionsFaults.ThrowIfAny(quota, "tenant's quota");
        var folder = new TenantFolder(_root, tenant);
        lock (_lock)
        {
            _inUse[tenant] = _inUse.GetValueOrDefault(tenant) + 1;
            folder.Create();
        }

        FileStream? held = null;
        try
        {
            held = FolderLock.TryShare(folder.OpenLock)
                ?? throw new LlocoException($"The tenant '{tenant}' is being removed by another process. Open it again when that is done.");
            IRetrievalIndex inner = await _open(tenant, folder.Index, cancellationToken).ConfigureAwait(false);
            return new TenantSpace(tenant, new TenantIndex(tenant, inner, quota, folder), folder, () => Close(tenant, held));
        }
        catch
        {
            Close(tenant, held);
            throw;
        }
    }

    /// <summary>Removes everything that a tenant has: documents, checkpoints, prefixes, adapters, calibrations, jobs.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="cancellationToken">Checked before anything is removed, and between documents of an index that is no file here.</param>
    /// <returns>A task that ends when no file of it is left.</returns>
    /// <exception cref="LlocoException">The tenant is open, in this process or another one of this machine.</exception>
    public async Task WipeAsync(TenantId tenant, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var folder = new TenantFolder(_root, tenant);
        EnsureClosed(tenant);
        using FileStream? alone = Directory.Exists(folder.Path)
            ? FolderLock.TryTake(folder.OpenLock) ?? throw new LlocoException(
                $"The tenant '{tenant}' is in use by another process. End it, or let it close the tenant.")
            : null;
        if (!OwnsIndexes)
        {
            await RemoveDocumentsAsync(tenant, folder, cancellationToken).ConfigureAwait(false);
        }

        lock (_lock)
        {
            EnsureClosed(tenant);
            folder.Remove();
        }
    }

    private async Task RemoveDocumentsAsync(TenantId tenant, TenantFolder folder, CancellationToken cancellationToken)
    {
        await using IRetrievalIndex index = await _open(tenant, folder.Index, cancellationToken).ConfigureAwait(false);
        List<DocumentRecord> records =
            await index.ListAsync(null, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        foreach (DocumentRecord record in records)
        {
            await index.DeleteAsync(record.Id, cancellationToken).ConfigureAwait(false);
        }
    }

    private void EnsureClosed(TenantId tenant)
    {
        lock (_lock)
        {
            if (_inUse.GetValueOrDefault(tenant) > 0)
            {
                throw new LlocoException($"The tenant '{tenant}' is in use. Dispose its pipelines and its space first.");
            }
        }
    }

    private void Close(TenantId tenant, FileStream? held)
    {
        held?.Dispose();
        lock (_lock)
        {
            _inUse[tenant]--;
        }
    }
}
