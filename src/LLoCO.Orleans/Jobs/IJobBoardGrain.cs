using Orleans;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace LLoCO.Orleans.Jobs;

/// <summary>The jobs of the cluster that are not ended, by priority. There is one.</summary>
[Version(ClusterProtocol.Version)]
internal interface IJobBoardGrain : IGrainWithIntegerKey
{
    /// <summary>Puts a job on the board.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="priority">Its priority.</param>
    /// <exception cref="ClusterBusyException">There are as many jobs as there may be.</exception>
    Task OpenAsync(string jobId, int priority);

    /// <summary>Takes a job from the board, if it has ended.</summary>
    /// <param name="jobId">The job.</param>
    Task CloseAsync(string jobId);

    /// <summary>Lists the jobs in the order in which silos ask them for units.</summary>
    [AlwaysInterleave]
    Task<IReadOnlyList<string>> ListAsync();
}
