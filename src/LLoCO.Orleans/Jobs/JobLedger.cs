using LLoCO.Core;

namespace LLoCO.Orleans.Jobs;

/// <summary>
/// The state of a job as the sum of its events. Decisions (which unit is next, which lease has ended) give events, which the caller makes
/// durable and applies. Not safe for concurrent use.
/// </summary>
/// <param name="id">The job.</param>
/// <param name="options">Limits and the length of leases.</param>
/// <param name="clock">Ticks for leases: of this process, since clocks of machines differ.</param>
internal sealed partial class JobLedger(string id, ClusterOptions options, TimeProvider clock)
{
    private const int ShownSetAside = 100;

    private readonly Dictionary<string, JobUnit> _units = new(StringComparer.Ordinal);
    private readonly HashSet<JobUnit> _leased = [];
    private readonly HashSet<JobUnit> _setAside = [];
    private readonly Queue<JobUnit> _waiting = new();
    private JobState _state = JobState.Filling;
    private string? _fingerprint;
    private string? _fault;
    private string? _outage;
    private int _priority;
    private int _done;
    private int _lost;
    private long _tokens;
    private long _version;
    private long _lastLease;

    /// <summary>Gets what the job is to do; <see langword="null"/> as long as it is not created.</summary>
    public JobSpec? Spec { get; private set; }

    /// <summary>Gets the version of the cluster's protocol that it was begun with.</summary>
    public int Protocol { get; private set; } = 1;

    /// <summary>Gets why this silo must leave the job alone; <see langword="null"/> if it knows its protocol.</summary>
    public string? Newer => Protocol <= options.Protocol
        ? null
        : $"The job '{id}' was begun with version {Protocol} of the cluster's protocol, and is kept by a silo that knows {options.Protocol}. "
            + "Update the older silos.";

    /// <summary>Gets how far it is.</summary>
    public JobState State => _state == JobState.Running && _done + _setAside.Count == _units.Count ? JobState.Finished : _state;

    /// <summary>Gets its priority.</summary>
    public int Priority => _priority;

    /// <summary>Gets the number of its units.</summary>
    public int Units => _units.Count;

    /// <summary>Gets a number that grows with every change.</summary>
    public long Version => _version;

    /// <summary>Applies an event: one that happens, or one of an earlier writer.</summary>
    /// <param name="happened">The event.</param>
    public void Apply(JobEvent happened)
    {
        _version++;
        _lastLease = Math.Max(_lastLease, happened.Lease);
        switch (happened.Kind)
        {
            case JobEventKind.Created when Spec is null:
                (Spec, _priority, Protocol) = (happened.Spec, happened.Spec?.Priority ?? 0, happened.Protocol ?? 1);
                break;
            case JobEventKind.Added:
                Add(happened.Documents);
                break;
            case JobEventKind.Started when _state == JobState.Filling:
            case JobEventKind.Resumed when _state == JobState.Paused:
                _state = JobState.Running;
                break;
            case JobEventKind.Paused when _state == JobState.Running:
                _state = JobState.Paused;
                break;
            case JobEventKind.Cancelled:
                _state = JobState.Cancelled;
                break;
            case JobEventKind.Bound:
                _fingerprint ??= happened.Text;
                break;
            case JobEventKind.Prioritized:
                _priority = (int)happened.Number;
                break;
            case JobEventKind.Retried:
                Retry();
                break;
            default:
                ApplyToUnit(happened);
                break;
        }
    }

    /// <summary>Decides which units a silo gets.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="fingerprint">Its model.</param>
    /// <param name="writer">The number of the writer that makes the leases, so that those of two writers differ.</param>
    /// <param name="count">How many it asks for.</param>
    /// <param name="protocol">The version of the protocol that the silo knows.</param>
    public IReadOnlyList<JobEvent> Lease(
        string silo, string fingerprint, int writer, int count, int protocol = ClusterProtocol.Version)
    {
        if (State != JobState.Running)
        {
            return [];
        }

        if (protocol < Protocol)
        {
            _fault = $"The silo {silo} knows version {protocol} of the cluster's protocol, the job was begun with {Protocol}. Update that silo.";
            return [];
        }

        if (_fingerprint is not null && _fingerprint != fingerprint)
        {
            _fault = $"The silo {silo} has the model {fingerprint}, the job was begun with {_fingerprint}. Give all silos the same files.";
            return [];
        }

        var events = new List<JobEvent>();
        if (_fingerprint is null)
        {
            events.Add(new JobEvent(JobEventKind.Bound) { Text = fingerprint });
        }

        long lease = Math.Max(_lastLease, (long)writer << 32);
        int bound = events.Count;
        while (events.Count < bound + count && NextWaiting() is { } unit)
        {
            events.Add(new JobEvent(JobEventKind.Leased) { Unit = unit.Id, Lease = ++lease, Text = silo });
        }

        return events.Count > bound ? events : [];
    }

    /// <summary>Decides which leases have ended, because their silo was not heard of.</summary>
    public IReadOnlyList<JobEvent> Expire()
    {
        long now = clock.GetTimestamp();
        return
        [
            .. _leased.Where(unit => unit.Deadline < now)
                .Select(unit => new JobEvent(JobEventKind.Lost) { Unit = unit.Id, Lease = unit.Lease, Text = unit.Silo }),
        ];
    }

    /// <summary>Notes that a silo works on a unit.</summary>
    /// <param name="unitId">The unit.</param>
    /// <param name="lease">The lease that it has.</param>
    /// <param name="done">Steps done.</param>
    /// <param name="all">Steps in all.</param>
    /// <returns>Whether it shall go on.</returns>
    public bool Renew(string unitId, long lease, long done, long all)
    {
        if (!_units.TryGetValue(unitId, out JobUnit? unit) || unit.Lease != lease)
        {
            return false;
        }

        unit.Deadline = NewDeadline();
        if (unit.Steps != (done, all))
        {
            unit.Steps = (done, all);
            _version++;
        }

        return _state == JobState.Running;
    }

    /// <summary>Finds a unit.</summary>
    /// <param name="unitId">Its id.</param>
    public JobUnit? Find(string unitId) => _units.GetValueOrDefault(unitId);

    /// <summary>Tells whether a word about a unit still counts. That it is done counts from anyone, since the index has it.</summary>
    /// <param name="word">The event.</param>
    public bool IsNews(JobEvent word) => _units.TryGetValue(word.Unit, out JobUnit? unit) && !unit.IsDone
        && (word.Kind == JobEventKind.Done || unit.Lease == word.Lease);

    /// <summary>Describes the job.</summary>
    public JobStatus Describe() => new(
        id, Spec?.Kind ?? JobKind.Compress, Spec?.Group ?? string.Empty, State, _priority, _units.Count, _done,
        [.. _setAside.Take(ShownSetAside).Select(unit => new SetAsideUnit(unit.Id, unit.Failures + unit.Lost, unit.Reason))],
        _setAside.Count, [.. _leased.Select(unit => new RunningUnit(unit.Id, unit.Silo, unit.Steps.Done, unit.Steps.All))], _tokens, _lost,
        Newer ?? _fault ?? _outage, _version);

    /// <summary>Refuses a job that does not exist.</summary>
    /// <exception cref="LlocoException">It was never created.</exception>
    public void EnsureCreated()
    {
        if (Spec is null)
        {
            throw JobNames.NoSuchJob(id);
        }
    }
}
