using LLoCO.Core.Trust;

namespace LLoCO.Core;

/// <summary>What became of one document.</summary>
/// <param name="DocumentId">The document.</param>
/// <param name="Group">Its group.</param>
/// <param name="Outcome">What was done.</param>
public sealed record IngestResult(string DocumentId, string Group, IngestOutcome Outcome)
{
    /// <summary>Gets the tokens of the document; 0 where it failed before they were counted.</summary>
    public int Tokens { get; init; }

    /// <summary>Gets the summary vectors that stand for it in the index; 0 where it failed.</summary>
    public int SummaryVectors { get; init; }

    /// <summary>Gets the segments that it was cut into.</summary>
    public int Segments { get; init; }

    /// <summary>Gets the segments compressed now; the others were taken over from the index or from an interrupted
    /// ingest.</summary>
    public int SegmentsCompressed { get; init; }

    /// <summary>Gets the fidelity; <see langword="null"/> where it was not measured now
    /// (<see cref="LlocoPipelineBuilder.UseFidelity"/>).</summary>
    public DocumentFidelity? Fidelity { get; init; }

    /// <summary>Gets the part of <see cref="Elapsed"/> that measuring it took.</summary>
    public TimeSpan FidelityTime { get; init; }

    /// <summary>Gets the time spent on it.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Gets why it failed; <see langword="null"/> where it did not. The index then holds what it held before.</summary>
    public Exception? Failure { get; init; }

    /// <summary>Turns a failure into an exception: for programs that cannot go on without the document.</summary>
    /// <returns>The same result, where the document did not fail.</returns>
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

    /// <summary>It had grown or changed behind its first segments: only the segments that differ were compressed.</summary>
    Appended = 2,

    /// <summary>Its text had changed from the first segment on, or it was told to (<see cref="SourceDocument.Replaces"/>):
    /// it took the old one's place.</summary>
    Replaced = 3,

    /// <summary><see cref="IngestResult.Failure"/> says why; other documents go on.</summary>
    Failed = 4,
}

/// <summary>How far the ingest of one document is.</summary>
/// <param name="DocumentId">The document.</param>
/// <param name="DocumentNumber">Its place among the documents of this call, from 1.</param>
/// <param name="SegmentsDone">Segments done, those taken over included.</param>
/// <param name="Segments">Segments in all.</param>
public readonly record struct IngestProgress(string DocumentId, int DocumentNumber, int SegmentsDone, int Segments);
