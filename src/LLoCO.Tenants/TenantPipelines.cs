using LLoCO.Core;
using LLoCO.Core.Validation;

namespace LLoCO.Tenants;

/// <summary>
/// Pipelines of many tenants over one model. Weights are in memory once; each tenant has an index, prefixes and adapters of its own, in its
/// folder of a <see cref="TenantStore"/>. Pipelines are opened at the first use, and closed when others need their places.
/// </summary>
/// <remarks>Safe for concurrent use. What tenants share is the model with its adapters, the time of the machine, and the tokenizer with its
/// memory of words; no state of one tenant's documents.</remarks>
public sealed class TenantPipelines : IAsyncDisposable, IDisposable
{
    private readonly TenantStore _store;
    private readonly LlocoPipeline _shared;
    private readonly TenantPipelineOptions _options;
    private readonly Lock _lock = new();
    private readonly Dictionary<TenantId, OpenPipeline> _open = [];
    private long _uses;
    private bool _disposed;

    /// <summary>Uses a model for tenants.</summary>
    /// <param name="store">The tenants.</param>
    /// <param name="shared">The pipeline whose model, settings and adapters all tenants use; its own documents are none of theirs. Stays the
    /// caller's, and must be disposed after this object.</param>
    /// <param name="options">How many stay open; defaults with <see langword="null"/>.</param>
    /// <exception cref="LlocoException">An option is out of range.</exception>
    public TenantPipelines(TenantStore store, LlocoPipeline shared, TenantPipelineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(shared);
        (_store, _shared, _options) = (store, shared, options ?? new TenantPipelineOptions());
        OptionsFaults.ThrowIfAny(_options, "options of tenants' pipelines");
    }

    /// <summary>Gets the tenants.</summary>
    public TenantStore Store => _store;

    /// <summary>Opens a tenant's pipeline, or goes on with the one that is open.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="quota">How much it may keep, where the pipeline is not open yet; any amount with <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends the waiting; a pipeline that is being opened is opened.</param>
    /// <returns>Its use, to be disposed.</returns>
    /// <exception cref="LlocoException">The tenant's files cannot be opened.</exception>
    public async Task<TenantLease> OpenAsync(TenantId tenant, TenantQuota? quota = null, CancellationToken cancellationToken = default)
    {
        List<OpenPipeline> leaving = [];
        OpenPipeline found;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_open.TryGetValue(tenant, out OpenPipeline? known))
            {
                MakeRoom(leaving);
                known = new OpenPipeline(Task.Run(() => BuildAsync(tenant, quota), CancellationToken.None));
                _open.Add(tenant, known);
            }

            found = known;
            found.Users++;
            found.LastUse = ++_uses;
        }

        try
        {
            await CloseAsync(leaving).ConfigureAwait(false);
            (TenantSpace space, LlocoPipeline pipeline) = await found.Opening.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new TenantLease(space, pipeline, () => Leave(tenant, found));
        }
        catch
        {
            Leave(tenant, found);
            throw;
        }
    }

    /// <summary>Closes a tenant's pipeline, and removes everything that the tenant has.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="cancellationToken">As that of <see cref="TenantStore.WipeAsync"/>.</param>
    /// <returns>A task that ends when no file of it is left.</returns>
    /// <exception cref="LlocoException">The tenant is in use, here or in another process of this machine.</exception>
    public async Task WipeAsync(TenantId tenant, CancellationToken cancellationToken = default)
    {
        List<OpenPipeline> leaving = [];
        lock (_lock)
        {
            if (_open.TryGetValue(tenant, out OpenPipeline? known) && known.Users == 0)
            {
                _open.Remove(tenant);
                leaving.Add(known);
            }
        }

        await CloseAsync(leaving).ConfigureAwait(false);
        await _store.WipeAsync(tenant, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes all pipelines, those in use too.</summary>
    /// <returns>A task that ends when they are closed.</returns>
    public async ValueTask DisposeAsync()
    {
        List<OpenPipeline> leaving;
        lock (_lock)
        {
            _disposed = true;
            leaving = [.. _open.Values];
            _open.Clear();
        }

        await CloseAsync(leaving).ConfigureAwait(false);
    }

    /// <summary>Calls <see cref="DisposeAsync"/> and waits for it. Containers that are disposed synchronously need this.</summary>
    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).GetAwaiter().GetResult();

    private async Task<(TenantSpace Space, LlocoPipeline Pipeline)> BuildAsync(TenantId tenant, TenantQuota? quota)
    {
        TenantSpace space = await _store.OpenAsync(tenant, quota).ConfigureAwait(false);
        try
        {
            var prefixes = new PrefixCacheOptions { MaxBytes = _options.MaxPrefixBytes / _options.MaxOpen };
            LlocoPipelineBuilder builder = space.Apply(LlocoPipeline.CreateBuilder(_shared), prefixes);
            return (space, await builder.BuildAsync().ConfigureAwait(false));
        }
        catch
        {
            await space.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void MakeRoom(List<OpenPipeline> leaving)
    {
        IEnumerable<KeyValuePair<TenantId, OpenPipeline>> idle = _open.Where(one => one.Value.Users == 0).OrderBy(one => one.Value.LastUse);
        foreach ((TenantId tenant, OpenPipeline one) in idle.Take(Math.Max(0, _open.Count + 1 - _options.MaxOpen)).ToArray())
        {
            _open.Remove(tenant);
            leaving.Add(one);
        }
    }

    private void Leave(TenantId tenant, OpenPipeline one)
    {
        lock (_lock)
        {
            one.Users--;

            // What could not be opened is tried again by the next.
            if (one.Opening.IsFaulted && _open.GetValueOrDefault(tenant) == one)
            {
                _open.Remove(tenant);
            }
        }
    }

    private static async Task CloseAsync(List<OpenPipeline> leaving)
    {
        foreach (OpenPipeline one in leaving)
        {
            (TenantSpace space, LlocoPipeline pipeline) opened;
            try
            {
                opened = await one.Opening.ConfigureAwait(false);
            }
            catch (Exception)
            {
                // Told to who wanted to open it.
                continue;
            }

            await opened.pipeline.DisposeAsync().ConfigureAwait(false);
            await opened.space.DisposeAsync().ConfigureAwait(false);
        }
    }

    private sealed class OpenPipeline(Task<(TenantSpace Space, LlocoPipeline Pipeline)> opening)
    {
        public Task<(TenantSpace Space, LlocoPipeline Pipeline)> Opening => opening;

        public int Users { get; set; }

        public long LastUse { get; set; }
    }
}
