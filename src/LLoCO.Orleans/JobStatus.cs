using Orleans;

namespace LLoCO.Orleans;

/// <summary>How far a job is.</summary>
/// <param name="Id">The job.</param>
/// <param name="Kind">What its units are.</param>
/// <param name="Group">The group of its documents, or of its adapter.</param>
/// <param name="State">Whether it runs.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="Units">Its documents; 1 for an adapter.</param>
/// <param name="Done">Those that are done.</param>
/// <param name="SetAside">Those that failed too often, with the last reason; the first 100.</param>
/// <param name="SetAsideCount">The number of all that are set aside.</param>
/// <param name="Running">Those that silos work on.</param>
/// <param name="Tokens">Tokens of the documents that are done.</param>
/// <param name="Lost">How often a silo was lost, or hung, while it worked on a unit.</param>
/// <param name="Fault">Why no silo takes its units, if silos said so; otherwise <see langword="null"/>.</param>
/// <param name="Version">Grows with every change.</param>
[GenerateSerializer]
[Immutable]
public sealed record JobStatus(
    string Id, JobKind Kind, string Group, JobState State, int Priority, int Units, int Done, IReadOnlyList<SetAsideUnit> SetAside,
    int SetAsideCount, IReadOnlyList<RunningUnit> Running, long Tokens, int Lost, string? Fault, long Version)
{
    /// <summary>Gets whether nothing will be done any more.</summary>
    public bool IsEnded => State is JobState.Cancelled or JobState.Finished;
}

/// <summary>A unit that failed too often.</summary>
/// <param name="Id">The document or adapter.</param>
/// <param name="Failures">How often it failed, lost silos included.</param>
/// <param name="Reason">Why it failed the last time.</param>
[GenerateSerializer]
[Immutable]
public sealed record SetAsideUnit(string Id, int Failures, string Reason);

/// <summary>A unit that a silo works on.</summary>
/// <param name="Id">The document or adapter.</param>
/// <param name="Silo">The silo.</param>
/// <param name="Done">Its segments, or training steps, that are done.</param>
/// <param name="All">Those it has in all; 0 as long as that is not known.</param>
[GenerateSerializer]
[Immutable]
public sealed record RunningUnit(string Id, string Silo, long Done, long All);
