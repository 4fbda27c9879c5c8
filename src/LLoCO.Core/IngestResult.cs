using System.Text.Json.Serialization;
using LLoCO.Core.Pipeline;
using LLoCO.Core.Trust;

namespace LLoCO.Core;

/// <summary>The result of ingesting one document.</summary>
/// <param name="DocumentId">The document.</param>
/// <param name="Group">Its group.</param>
/// <param name="Outcome">What was done.</param>
public sealed record IngestResult(string DocumentId, string Group, IngestOutcome Outcome)
{
    /// <summary>Gets the tokens of the document; 0 if it failed before they were counted.</summary>
    public int Tokens { get; init; }

    /// <summary>Gets the number of its summary vectors in the index; 0 if it failed.</summary>
    public int SummaryVectors { get; init; }

    /// <summary>Gets the segments that it was cut into.</summary>
    public int Segments { get; init; }

    /// <summary>
    /// Gets the segments compressed in this call; the others came from the index or from an interrupted ingest.
    /// </summary>
    public int SegmentsCompressed { get; init; }

    /// <summary>
    /// Gets the fidelity; <see langword="null"/> if this call did not measure it
    /// (<see cref="LlocoPipelineBuilder.UseFidelity"/>).
    /// </summary>
    public DocumentFidelity? Fidelity { get; init; }

    /// <summary>Gets the part of <see cref="Elapsed"/> that measuring it took.</summary>
    public TimeSpan FidelityTime { get; init; }

    /// <summary>Gets the reasons not to rely on answers about the document; empty if there are none.</summary>
    [JsonInclude]
    internal IReadOnlyList<Doubt> Doubts { get; init; } = [];

    /// <summary>Gets the reasons not to rely on answers about the document, as text; <see langword="null"/> if there are none.</summary>
    public string? Warning => Doubt.Join(Doubts);

    /// <summary>Gets the time spent on it.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Gets why it failed; <see langword="null"/> if it did not. A failure leaves the index unchanged.</summary>
    /// <remarks>In JSON it is its kind and message; read back, it is a <see cref="LlocoException"/> with that message.</remarks>
    [JsonConverter(typeof(FailureJsonConverter))]
    public Exception? Failure { get; init; }

    /// <summary>Throws if the document failed, for programs that cannot continue without it.</summary>
    /// <returns>This result, if the document did not fail.</returns>
    /// <exception cref="LlocoException">It failed; the message names the document and says why, <see cref="Failure"/> is the inner
    /// exception.</exception>
    public IngestResult EnsureSuccess() => Failure is null
        ? this
        : throw new LlocoException($"The document '{DocumentId}' was not ingested: {Failure.Message}", Failure);
}

/// <summary>What an ingest did with a document.</summary>
public enum IngestOutcome
{
    /// <summary>It was new.</summary>
    Added = 0,

    /// <summary>The index held the same text in the same group: nothing was done.</summary>
    Unchanged = 1,

    /// <summary>Its first segments are unchanged: only the segments after them were compressed.</summary>
    Appended = 2,

    /// <summary>
    /// It replaced the stored document: the text differs from the first segment on, or <see cref="SourceDocument.Replaces"/> was
    /// set.
    /// </summary>
    Replaced = 3,

    /// <summary>It failed; <see cref="IngestResult.Failure"/> says why. Other documents are not affected.</summary>
    Failed = 4,
}

/// <summary>The progress of ingesting one document.</summary>
/// <param name="DocumentId">The document.</param>
/// <param name="DocumentNumber">Its place among the documents of this call, from 1.</param>
/// <param name="SegmentsDone">Segments done, those taken over included.</param>
/// <param name="Segments">Segments in all.</param>
public readonly record struct IngestProgress(string DocumentId, int DocumentNumber, int SegmentsDone, int Segments);
