using LLoCO.Orleans;

namespace LLoCO.Tool.Verbs.Cluster;

/// <summary>What a verb that starts a job was told.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Group">The group.</param>
/// <param name="Priority">The priority.</param>
/// <param name="Watch">Whether to follow the job.</param>
internal sealed record StartedJob(ClusterOptions Cluster, string Group, int Priority, bool Watch);

/// <summary>What is done to a job.</summary>
internal enum JobsAction
{
    /// <summary>Lets silos take no further units.</summary>
    Pause,

    /// <summary>Lets it go on.</summary>
    Resume,

    /// <summary>Ends the job; what was done stays.</summary>
    Cancel,

    /// <summary>Gives what was set aside a new chance.</summary>
    Retry,
}
