using LLoCO.Core;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace LLoCO.Orleans.Jobs;

/// <summary>A job over its events: each is durable before anyone hears of it, so another silo continues where this one ended.</summary>
/// <param name="store">The events of jobs.</param>
/// <param name="options">Limits and the length of leases.</param>
/// <param name="clock">Time of leases.</param>
/// <param name="logger">Told of lost silos and of units that are set aside.</param>
internal sealed partial class JobGrain(IJobStore store, ClusterOptions options, TimeProvider clock, ILogger<JobGrain> logger) : Grain, IJobGrain
{
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JobLedger _ledger = null!;
    private bool _isMarkedClosed;
    private int _writer;

    private string Id => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _ledger = new JobLedger(Id, options, clock);
        if (!JobNames.IsValid(Id))
        {
            return;
        }

        Replay(await store.ReadAsync(Id, cancellationToken).ConfigureAwait(true));
        TimeSpan period = TimeSpan.FromSeconds(options.LeaseSeconds / 6);
        this.RegisterGrainTimer(ExpireAsync, new GrainTimerCreationOptions { DueTime = period, Period = period });
    }

    /// <inheritdoc/>
    public async Task CreateAsync(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (_ledger.Spec is not null)
        {
            throw new LlocoException($"There is a job '{Id}' already. Give this one another id.");
        }

        await GrainFactory.GetGrain<IJobBoardGrain>(0).OpenAsync(Id, spec.Priority).ConfigureAwait(true);
        await KeepAsync([new JobEvent(JobEventKind.Created) { Spec = spec, Protocol = options.Protocol }]).ConfigureAwait(true);
    }

    /// <inheritdoc/>
    public Task AddAsync(IReadOnlyList<JobDocument> documents)
    {
        _ledger.EnsureCreated();
        if (_ledger.State is not JobState.Filling)
        {
            throw new LlocoException($"The job '{Id}' was started; no documents can be added. Start another job.");
        }

        return _ledger.Units + documents.Count > options.MaxDocuments
            ? throw new ClusterBusyException($"The job '{Id}' would have more than {options.MaxDocuments} documents (MaxDocuments). "
                + "Start several jobs.")
            : KeepAsync([new JobEvent(JobEventKind.Added) { Documents = documents }]);
    }

    /// <inheritdoc/>
    public Task StartAsync()
    {
        _ledger.EnsureCreated();
        return KeepAsync([new JobEvent(JobEventKind.Started)]);
    }

    /// <inheritdoc/>
    public async Task<WorkLease?> LeaseAsync(string silo, string fingerprint, int protocol)
    {
        if (_ledger.Newer is not null)
        {
            // Perhaps the next activation is on a silo that knows more.
            DeactivateOnIdle();
            return null;
        }

        if (_ledger.State != JobState.Running)
        {
            return null;
        }

        await BecomeWriterAsync().ConfigureAwait(true);
        IReadOnlyList<JobEvent> events = _ledger.Lease(silo, fingerprint, _writer, count: 1, protocol);
        if (events.Count == 0)
        {
            return null;
        }

        await KeepAsync(events).ConfigureAwait(true);
        JobEvent given = events[^1];
        return new WorkLease(Id, given.Unit, _ledger.Find(given.Unit)!.Path, given.Lease, options.LeaseSeconds, _ledger.Spec!);
    }

    /// <inheritdoc/>
    public async Task<bool> RenewAsync(string unit, long lease, long done, long all)
    {
        await BecomeWriterAsync().ConfigureAwait(true);
        long before = _ledger.Version;
        bool goesOn = _ledger.Renew(unit, lease, done, all);
        if (_ledger.Version != before)
        {
            Tell();
        }

        if (goesOn)
        {
            // A promise that is kept: whoever becomes the writer after this gives the lease its whole length from then.
            await EnsureLastAsync().ConfigureAwait(true);
        }

        return goesOn;
    }

    /// <inheritdoc/>
    public Task EndAsync(WorkOutcome outcome)
    {
        var word = new JobEvent(outcome.Kind switch
        {
            WorkOutcomeKind.Done => JobEventKind.Done,
            WorkOutcomeKind.Failed => JobEventKind.Failed,
            _ => JobEventKind.Released,
        })
        {
            Unit = outcome.Unit, Lease = outcome.Lease, Text = outcome.Reason, Number = outcome.Tokens,
        };
        return _ledger.IsNews(word) ? KeepAsync([word]) : Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task ControlAsync(JobAction action, int priority)
    {
        _ledger.EnsureCreated();
        if (_ledger.State == JobState.Cancelled && action != JobAction.Cancel)
        {
            throw new LlocoException($"The job '{Id}' was cancelled. Start another one: what was done is kept and not done again.");
        }

        await KeepAsync(
        [
            new JobEvent(action switch
            {
                JobAction.Pause => JobEventKind.Paused,
                JobAction.Resume => JobEventKind.Resumed,
                JobAction.Cancel => JobEventKind.Cancelled,
                JobAction.Retry => JobEventKind.Retried,
                _ => JobEventKind.Prioritized,
            }) { Number = priority },
        ]).ConfigureAwait(true);
        if (!_ledger.Describe().IsEnded)
        {
            await GrainFactory.GetGrain<IJobBoardGrain>(0).OpenAsync(Id, _ledger.Priority).ConfigureAwait(true);
        }
    }

    /// <inheritdoc/>
    public Task<JobStatus> StatusAsync() => Task.FromResult(_ledger.Describe());

    /// <inheritdoc/>
    public async Task<JobStatus> WaitAsync(long version, TimeSpan longest)
    {
        if (_ledger.Version == version)
        {
            await Task.WhenAny(_changed.Task, Task.Delay(longest)).ConfigureAwait(true);
        }

        return _ledger.Describe();
    }

    private async Task ExpireAsync(CancellationToken cancellationToken)
    {
        if (_ledger.Expire().Count > 0)
        {
            await BecomeWriterAsync().ConfigureAwait(true);
        }

        IReadOnlyList<JobEvent> events = _ledger.Expire();
        if (events.Count > 0)
        {
            foreach (JobEvent lost in events)
            {
                Log.LeaseExpired(logger, Id, lost.Unit, lost.Text);
            }

            await KeepAsync(events).ConfigureAwait(true);
        }
    }
}
