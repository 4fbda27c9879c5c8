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
            // A silo that died before it marked the job as closed leaves an ended one among the open ones.
            JobStatus status = await AskAsync(jobId).ConfigureAwait(true);
            if (!status.IsEnded)
            {
                _open[jobId] = status.Priority;
            }
        }
    }

    /// <inheritdoc/>
    public async Task OpenAsync(string jobId, int priority)
    {
        if (!_open.ContainsKey(jobId) && _open.Count >= options.MaxOpenJobs)
        {
            await RemoveEndedAsync().ConfigureAwait(true);
        }

        if (!_open.ContainsKey(jobId) && _open.Count >= options.MaxOpenJobs)
        {
            throw new ClusterBusyException($"{_open.Count} jobs are not ended, and there may be no more (MaxOpenJobs). Wait for one to end, "
                + "or cancel one: 'lloco jobs list' names them.");
        }

        _open[jobId] = priority;
    }

    /// <inheritdoc/>
    public async Task CloseAsync(string jobId)
    {
        // The job does not wait for this word, which may come after the one that opened it again.
        if ((await AskAsync(jobId).ConfigureAwait(true)).IsEnded)
        {
            _open.Remove(jobId);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync() => Task.FromResult<IReadOnlyList<string>>(
    [
        // Ids begin with the time: of equal priorities, the older job comes first.
        .. _open.OrderByDescending(job => job.Value).ThenBy(job => job.Key, StringComparer.Ordinal).Select(job => job.Key),
    ]);

    private Task<JobStatus> AskAsync(string jobId) => GrainFactory.GetGrain<IJobGrain>(jobId).StatusAsync();

    /// <summary>Removes jobs whose word that they have ended is on its way, or was lost with a silo.</summary>
    private async Task RemoveEndedAsync()
    {
        foreach (string jobId in _open.Keys.ToArray())
        {
            if ((await AskAsync(jobId).ConfigureAwait(true)).IsEnded)
            {
                _open.Remove(jobId);
            }
        }
    }
}
