using Orleans;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace LLoCO.Orleans.Jobs;

/// <summary>A job: knows its units, gives them to silos for a time, and hears what became of them. Its key is the job's id.</summary>
[Version(ClusterProtocol.Version)]
internal interface IJobGrain : IGrainWithStringKey
{
    /// <summary>Creates the job.</summary>
    /// <param name="spec">What it is to do.</param>
    Task CreateAsync(JobSpec spec);

    /// <summary>Adds documents.</summary>
    /// <param name="documents">At most 1,000.</param>
    Task AddAsync(IReadOnlyList<JobDocument> documents);

    /// <summary>Lets silos take units.</summary>
    Task StartAsync();

    /// <summary>Gives a silo a unit.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="fingerprint">The fingerprint of its model.</param>
    /// <param name="protocol">The version of the cluster's protocol that it knows.</param>
    /// <returns>The unit; <see langword="null"/> if there is none for it.</returns>
    Task<WorkLease?> LeaseAsync(string silo, string fingerprint, int protocol);

    /// <summary>Hears that a silo works on a unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="lease">The number of its lease.</param>
    /// <param name="done">Segments or steps that are done.</param>
    /// <param name="all">All of them; 0 as long as that is not known.</param>
    /// <returns>Whether it shall go on: the job is neither paused nor cancelled, and the unit is still its own.</returns>
    Task<bool> RenewAsync(string unit, long lease, long done, long all);

    /// <summary>Hears what became of a unit.</summary>
    /// <param name="outcome">What became of it.</param>
    Task EndAsync(WorkOutcome outcome);

    /// <summary>Pauses, resumes, cancels or retries the job, or changes its priority.</summary>
    /// <param name="action">What to do.</param>
    /// <param name="priority">The new priority, for that action.</param>
    Task ControlAsync(JobAction action, int priority);

    /// <summary>Describes the job.</summary>
    [AlwaysInterleave]
    Task<JobStatus> StatusAsync();

    /// <summary>Waits for a change.</summary>
    /// <param name="version">The version that the caller knows.</param>
    /// <param name="longest">The longest time to wait; the answer then says that nothing has changed.</param>
    /// <returns>The state with all changes since.</returns>
    [AlwaysInterleave]
    Task<JobStatus> WaitAsync(long version, TimeSpan longest);
}

/// <summary>What is done to a job.</summary>
internal enum JobAction
{
    /// <summary>Lets silos take no further units.</summary>
    Pause,

    /// <summary>Lets it go on.</summary>
    Resume,

    /// <summary>Ends the job; what was done stays.</summary>
    Cancel,

    /// <summary>Gives units that were set aside a new chance.</summary>
    Retry,

    /// <summary>Changes the priority.</summary>
    Prioritize,
}
