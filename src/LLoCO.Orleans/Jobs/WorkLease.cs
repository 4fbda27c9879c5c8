using Orleans;

namespace LLoCO.Orleans.Jobs;

/// <summary>A unit that a silo has for a time.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Unit">The unit's id.</param>
/// <param name="Path">The file that it is read from.</param>
/// <param name="Lease">The number of the lease.</param>
/// <param name="Seconds">How long it is in force without a word.</param>
/// <param name="Spec">What the job is to do.</param>
[GenerateSerializer]
[Immutable]
internal sealed record WorkLease(string JobId, string Unit, string Path, long Lease, double Seconds, JobSpec Spec);

/// <summary>What became of a unit.</summary>
/// <param name="Unit">The unit's id.</param>
/// <param name="Lease">The number of the lease.</param>
/// <param name="Kind">Done, failed or given back.</param>
/// <param name="Tokens">Tokens of the document, if it is done.</param>
/// <param name="Reason">Why it failed.</param>
[GenerateSerializer]
[Immutable]
internal sealed record WorkOutcome(string Unit, long Lease, WorkOutcomeKind Kind, long Tokens = 0, string Reason = "");

/// <summary>How work on a unit ended.</summary>
internal enum WorkOutcomeKind
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It was stopped, and what was done of it is kept.</summary>
    Released,
}
