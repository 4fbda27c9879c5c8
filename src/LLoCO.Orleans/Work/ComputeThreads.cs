namespace LLoCO.Orleans.Work;

/// <summary>
/// Threads of their own for work that computes, so many as a silo has slots. Grains share a few threads, and a grain that computes on them
/// keeps every other grain of the silo waiting, heartbeats included.
/// </summary>
internal sealed class ComputeThreads : IDisposable
{
    private readonly SemaphoreSlim _free;

    /// <summary>Creates the slots.</summary>
    /// <param name="slots">The number of units at the same time.</param>
    public ComputeThreads(int slots) => _free = new SemaphoreSlim(slots, Math.Max(slots, 1));

    /// <summary>Waits until a slot is free. It is not taken.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        _free.Release();
    }

    /// <summary>Runs work in a free slot, on a thread of its own.</summary>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="work">The work; it may compute and block.</param>
    /// <returns>Its task; <see langword="null"/> if no slot is free, and nothing was begun.</returns>
    public Task<T>? TryRun<T>(Func<Task<T>> work)
    {
        if (!_free.Wait(0))
        {
            return null;
        }

        // The default scheduler: a grain's own is the one that must stay free.
        return Task.Factory.StartNew(
            () =>
            {
                try
                {
                    return work().GetAwaiter().GetResult();
                }
                finally
                {
                    _free.Release();
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();
}
