using Orleans;
using Orleans.Runtime;

namespace LLoCO.Orleans.Jobs;

/// <summary>Keeps the open jobs in memory: the store has them, and an activation reads them there.</summary>
/// <param name="store">The events of jobs.</param>
/// <param name="options">The limit.</param>
internal sealed class JobBoardGrain(IJobStore store, ClusterOptions options) : Grain, IJobBoardGrain
{
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (string jobId in await store.ListOpenAsync(cancellationToken).ConfigureAwait(true))
        {
            JobStatus status = await GrainFactory.GetGrain<IJobGrain>(jobId).StatusAsync().ConfigureAwait(true);
            _open[jobId] = status.Priority;
        }
    }

    /// <inheritdoc/>
    public Task OpenAsync(string jobId, int priority)
    {
        if (!_open.ContainsKey(jobId) && _open.Count >= options.MaxOpenJobs)
        {
            throw new ClusterBusyException($"{_open.Count} jobs are not ended, and there may be no more (MaxOpenJobs). Wait for one to end, "
                + "or cancel one: 'lloco jobs list' names them.");
        }

        _open[jobId] = priority;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task CloseAsync(string jobId)
    {
        _open.Remove(jobId);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync() => Task.FromResult<IReadOnlyList<string>>(
    [
        // Ids begin with the time: of equal priorities, the older job comes first.
        .. _open.OrderByDescending(job => job.Value).ThenBy(job => job.Key, StringComparer.Ordinal).Select(job => job.Key),
    ]);
}
