using LLoCO.Orleans.Jobs;
using Orleans;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace LLoCO.Orleans.Work;

/// <summary>The work on one lease: it compresses a document, or trains an adapter. Its key holds the job and the number of the lease, so
/// that the work of a lease that ended, on a silo that hangs, stops no later one.</summary>
[Version(ClusterProtocol.Version)]
internal interface IWorkGrain : IGrainWithStringKey
{
    /// <summary>Begins the work, and does not wait for it.</summary>
    /// <param name="lease">The unit.</param>
    /// <returns>Whether it was begun, here or before; otherwise the silo has no free slot.</returns>
    Task<bool> StartAsync(WorkLease lease);

    /// <summary>Stops the work after the step in progress. A call that runs into its time-out does not.</summary>
    [AlwaysInterleave]
    Task StopAsync();
}
