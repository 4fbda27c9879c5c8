using System.Text.Json;
using LLoCO.Orleans.Storage;

namespace LLoCO.Orleans.Jobs;

/// <summary>What happened to a job. The events of a job, in any order that keeps those of a writer in theirs, give its state.</summary>
internal enum JobEventKind
{
    /// <summary>A kind that another version writes; it is passed over.</summary>
    Unknown,

    /// <summary>The job was created.</summary>
    Created,

    /// <summary>Documents were added.</summary>
    Added,

    /// <summary>All documents are there.</summary>
    Started,

    /// <summary>A silo with a model took the first unit: only silos with this model may take others.</summary>
    Bound,

    /// <summary>A silo took a unit.</summary>
    Leased,

    /// <summary>A silo gave a unit back.</summary>
    Released,

    /// <summary>A silo was not heard of in time.</summary>
    Lost,

    /// <summary>A unit failed.</summary>
    Failed,

    /// <summary>A unit is done.</summary>
    Done,

    /// <summary>The job was paused.</summary>
    Paused,

    /// <summary>The job goes on.</summary>
    Resumed,

    /// <summary>The job was cancelled.</summary>
    Cancelled,

    /// <summary>Units that were set aside get a new chance.</summary>
    Retried,

    /// <summary>The priority changed.</summary>
    Prioritized,
}

/// <summary>An event of a job.</summary>
/// <param name="Kind">What happened.</param>
internal sealed record JobEvent(JobEventKind Kind)
{
    /// <summary>Gets the unit.</summary>
    public string Unit { get; init; } = string.Empty;

    /// <summary>Gets the number of the lease; those of later leases are larger.</summary>
    public long Lease { get; init; }

    /// <summary>Gets the silo, the reason, or the fingerprint.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>Gets the priority, or the tokens of a document.</summary>
    public long Number { get; init; }

    /// <summary>Gets the version of the cluster's protocol that the job was begun with; <see langword="null"/> for the first one, and
    /// for events that say nothing of it.</summary>
    public int? Protocol { get; init; }

    /// <summary>Gets what the job is to do.</summary>
    public JobSpec? Spec { get; init; }

    /// <summary>Gets the documents that were added.</summary>
    public IReadOnlyList<JobDocument> Documents { get; init; } = [];

    /// <summary>Reads an event.</summary>
    /// <param name="line">What <see cref="Write"/> made.</param>
    /// <returns>The event, or <see langword="null"/> for one of a newer version.</returns>
    public static JobEvent? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<JobEvent>(line, StoreJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the event as a line.</summary>
    public string Write() => JsonSerializer.Serialize(this, StoreJson.Options);
}
