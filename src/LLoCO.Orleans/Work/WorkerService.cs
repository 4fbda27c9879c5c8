using LLoCO.Core;
using LLoCO.Orleans.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace LLoCO.Orleans.Work;

/// <summary>Takes units for a silo, as many as it has free slots: a silo that is busy, or hangs, takes none. Nothing is sent to
/// silos.</summary>
/// <param name="grains">The cluster.</param>
/// <param name="silo">This silo.</param>
/// <param name="threads">Its slots.</param>
/// <param name="runners">What it can do.</param>
/// <param name="fault">Why it must not go on; it then ends with that error, and by the host's default the host with it.</param>
/// <param name="options">The number of slots.</param>
/// <param name="logger">Told of failed attempts.</param>
internal sealed class WorkerService(
    IGrainFactory grains, ILocalSiloDetails silo, ComputeThreads threads, IEnumerable<IUnitRunner> runners, SiloFault fault,
    ClusterOptions options, ILogger<WorkerService> logger) : BackgroundService
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Slots == 0)
        {
            return;
        }

        TimeSpan pause = Shortest;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (fault.Error is { } error)
            {
                throw new LlocoException($"This silo takes no more work: {error.Message}", error);
            }

            try
            {
                await threads.WaitAsync(stoppingToken).ConfigureAwait(false);
                pause = await TakeAsync().ConfigureAwait(false) ? TimeSpan.Zero : Longer(pause);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed) when (failed is not OutOfMemoryException)
            {
                pause = Longest;
                Log.NotReached(logger, failed, pause.TotalSeconds);
            }

            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => TimeSpan.FromTicks(Math.Clamp(pause.Ticks * 2, Shortest.Ticks, Longest.Ticks));

    private async Task<bool> TakeAsync()
    {
        string fingerprint = runners.First().Fingerprint;
        foreach (string jobId in await grains.GetGrain<IJobBoardGrain>(0).ListAsync().ConfigureAwait(false))
        {
            IJobGrain job = grains.GetGrain<IJobGrain>(jobId);
            if (await job.LeaseAsync(silo.SiloAddress.ToString(), fingerprint, options.Protocol).ConfigureAwait(false) is not { } lease)
            {
                continue;
            }

            if (!await grains.GetGrain<IWorkGrain>($"{jobId}/{lease.Lease}").StartAsync(lease).ConfigureAwait(false))
            {
                await job.EndAsync(new WorkOutcome(lease.Unit, lease.Lease, WorkOutcomeKind.Released)).ConfigureAwait(false);
            }

            return true;
        }

        return false;
    }
}
