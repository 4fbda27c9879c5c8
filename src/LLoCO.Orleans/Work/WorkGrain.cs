using System.Diagnostics;
using LLoCO.Orleans.Jobs;
using LLoCO.Postgres;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Placement;

namespace LLoCO.Orleans.Work;

/// <summary>Runs a unit on the compute threads of its silo, and says that it does until it has told the job what became of it.</summary>
/// <param name="threads">The slots of the silo.</param>
/// <param name="runners">What can be done.</param>
/// <param name="fault">Told why this silo must not go on.</param>
/// <param name="logger">Told of beginnings and ends.</param>
[PreferLocalPlacement]
internal sealed class WorkGrain(
    ComputeThreads threads, IEnumerable<IUnitRunner> runners, SiloFault fault, ILogger<WorkGrain> logger) : Grain, IWorkGrain, IDisposable
{
    private const int BeatsOfLease = 6;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly WorkProgress _progress = new();
    private HeldLease? _held;

    /// <inheritdoc/>
    public Task<bool> StartAsync(WorkLease lease)
    {
        ArgumentNullException.ThrowIfNull(lease);
        if (_held is not null)
        {
            return Task.FromResult(true);
        }

        var held = new HeldLease(lease.Unit, lease.Seconds);
        IUnitRunner runner = runners.First(one => one.Kind == lease.Spec.Kind);
        CancellationToken stop = _stop.Token;
        Task<long>? work = threads.TryRun(() => held.RunAsync(() => runner.RunAsync(lease, _progress, stop)));
        if (work is null)
        {
            DeactivateOnIdle();
            return Task.FromResult(false);
        }

        _held = held;
        DelayDeactivation(TimeSpan.FromDays(365));
        Log.Taken(logger, lease.JobId, lease.Unit);
        FollowAsync(lease, held, work).Ignore();
        return Task.FromResult(true);
    }

    /// <inheritdoc/>
    public Task StopAsync() => _stop.CancelAsync();

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _stop.CancelAsync();

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    /// <summary>Says from time to time that the work goes on, and stops it when it is not wanted any more. Runs on the grain's
    /// scheduler, which the work leaves free.</summary>
    private async Task FollowAsync(WorkLease lease, HeldLease held, Task<long> work)
    {
        TimeSpan beat = TimeSpan.FromSeconds(lease.Seconds / BeatsOfLease);
        IJobGrain job = GrainFactory.GetGrain<IJobGrain>(lease.JobId);
        while (await Task.WhenAny(work, Task.Delay(Shorter(beat, held))).ConfigureAwait(true) != work)
        {
            try
            {
                long asked = Stopwatch.GetTimestamp();
                (long done, long all) = _progress.Steps;
                if (await job.RenewAsync(lease.Unit, lease.Lease, done, all).WaitAsync(Shorter(beat, held)).ConfigureAwait(true))
                {
                    held.Extend(asked);
                }
                else
                {
                    await _stop.CancelAsync().ConfigureAwait(true);
                }
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // The job's silo may be gone: its grain is found elsewhere soon, or this lease ends.
                if (held.IsLost)
                {
                    await _stop.CancelAsync().ConfigureAwait(true);
                }
            }
        }

        await TellAsync(job, lease, held, work).ConfigureAwait(true);
        DeactivateOnIdle();
    }

    // The work must have stopped when its lease ends, not a beat later.
    private static TimeSpan Shorter(TimeSpan beat, HeldLease held) => held.IsLost || held.Left > beat ? beat : held.Left + Tick;

    private async Task TellAsync(IJobGrain job, WorkLease lease, HeldLease held, Task<long> work)
    {
        WorkOutcome outcome = Describe(lease, work);
        if (work.Exception?.InnerException is PostgresVersionException error)
        {
            fault.Set(error);
        }

        Log.Ended(logger, lease.JobId, lease.Unit, outcome.Kind.ToString());
        TimeSpan pause = TimeSpan.FromSeconds(lease.Seconds / BeatsOfLease);
        while (true)
        {
            try
            {
                await job.EndAsync(outcome).ConfigureAwait(true);
                return;
            }
            catch (Exception failed) when (failed is not OutOfMemoryException)
            {
                if (held.IsLost)
                {
                    Log.NotTold(logger, failed, lease.JobId, lease.Unit);
                    return;
                }

                await Task.Delay(pause).ConfigureAwait(true);
            }
        }
    }

    private WorkOutcome Describe(WorkLease lease, Task<long> work) => work switch
    {
        { IsCompletedSuccessfully: true } => new WorkOutcome(lease.Unit, lease.Lease, WorkOutcomeKind.Done, work.Result),
        { Exception.InnerException: null or OperationCanceledException or LeaseLostException } when _stop.IsCancellationRequested =>
            new WorkOutcome(lease.Unit, lease.Lease, WorkOutcomeKind.Released),
        { Exception.InnerException: LeaseLostException } => new WorkOutcome(lease.Unit, lease.Lease, WorkOutcomeKind.Released),

        // Not the unit's fault: it keeps its chances, however long the index is away.
        { Exception.InnerException: PostgresUnavailableException or PostgresVersionException } => new WorkOutcome(
            lease.Unit, lease.Lease, WorkOutcomeKind.Released, Reason: work.Exception.InnerException.Message),
        { Exception.InnerException: { } error } =>
            new WorkOutcome(lease.Unit, lease.Lease, WorkOutcomeKind.Failed, Reason: error.Message),
        _ => new WorkOutcome(lease.Unit, lease.Lease, WorkOutcomeKind.Released),
    };
}
