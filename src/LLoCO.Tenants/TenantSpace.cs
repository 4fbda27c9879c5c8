using LLoCO.Core;
using LLoCO.Core.Index;

namespace LLoCO.Tenants;

/// <summary>What one tenant has: an index, prefixes, adapters with their calibrations, and a folder for jobs. Nothing in it reaches
/// another tenant's.</summary>
/// <remarks>Safe for concurrent use. Dispose it after the pipelines that use it.</remarks>
public sealed class TenantSpace : IAsyncDisposable
{
    private const string AdapterSettings = "adapter_config.json";

    private readonly TenantIndex _index;
    private readonly TenantFolder _folder;
    private readonly Action _close;
    private int _disposed;

    internal TenantSpace(TenantId tenant, TenantIndex index, TenantFolder folder, Action close)
    {
        Tenant = tenant;
        _index = index;
        _folder = folder;
        _close = close;
    }

    /// <summary>Gets the tenant.</summary>
    public TenantId Tenant { get; }

    /// <summary>Gets its index. It holds documents of this tenant alone, and refuses what its quota does not allow.</summary>
    public IRetrievalIndex Index => _index;

    /// <summary>Gets the folder of its adapters: each in a folder named as its group, its calibration beside the weights.</summary>
    public string AdaptersFolder => _folder.Adapters;

    /// <summary>Gets the folder of its training runs and other work.</summary>
    public string JobsFolder => _folder.Jobs;

    /// <summary>Lets a pipeline use all that the tenant has: index, prefixes and adapters.</summary>
    /// <param name="builder">The description of the pipeline, which no other tenant uses.</param>
    /// <param name="prefixes">The settings of the prefix cache; its folder becomes the tenant's. By default as the pipeline's.</param>
    /// <returns>The same builder.</returns>
    public LlocoPipelineBuilder Apply(LlocoPipelineBuilder builder, PrefixCacheOptions? prefixes = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.UseIndex(Index).UsePrefixCache((prefixes ?? new PrefixCacheOptions()) with { Folder = _folder.Prefixes });
        foreach (string adapter in Directory.EnumerateDirectories(_folder.Adapters).Order(StringComparer.Ordinal))
        {
            if (File.Exists(Path.Combine(adapter, AdapterSettings)))
            {
                builder.AddAdapter(Path.GetFileName(adapter), adapter);
            }
        }

        return builder;
    }

    /// <summary>Counts what the tenant keeps.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<TenantUsage> CountUsageAsync(CancellationToken cancellationToken = default) => _index.CountAsync(cancellationToken);

    /// <summary>Closes the index.</summary>
    /// <returns>A task that ends when the tenant's files can be removed.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _index.DisposeAsync().ConfigureAwait(false);
            _close();
        }
    }
}
