using LLoCO.Core;

namespace LLoCO.Tenants;

/// <summary>The use of a tenant's pipeline. It stays open until it is disposed.</summary>
public sealed class TenantLease : IAsyncDisposable
{
    private readonly Action _end;
    private int _disposed;

    internal TenantLease(TenantSpace space, LlocoPipeline pipeline, Action end) => (Space, Pipeline, _end) = (space, pipeline, end);

    /// <summary>Gets what the tenant has.</summary>
    public TenantSpace Space { get; }

    /// <summary>Gets its pipeline. It reaches documents, prefixes and adapters of this tenant alone, and the adapters of the shared
    /// model.</summary>
    public LlocoPipeline Pipeline { get; }

    /// <summary>Ends the use. The pipeline may be closed from now on.</summary>
    /// <returns>A task that is completed.</returns>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _end();
        }

        return ValueTask.CompletedTask;
    }
}
