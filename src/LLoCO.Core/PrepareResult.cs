namespace LLoCO.Core;

/// <summary>What became of the preparation of one document (<see cref="LlocoPipeline.PrepareAsync"/>).</summary>
/// <param name="DocumentId">The document.</param>
/// <param name="Adapter">The adapter whose questions it is prepared for; <see langword="null"/> for the base model.</param>
/// <param name="Outcome">What was done.</param>
public sealed record PrepareResult(string DocumentId, string? Adapter, PrepareOutcome Outcome)
{
    /// <summary>Gets the summary vectors that were read; 0 where it failed before they were loaded.</summary>
    public int SummaryVectors { get; init; }

    /// <summary>Gets the time spent on it.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Gets why it failed; <see langword="null"/> where it did not.</summary>
    public Exception? Failure { get; init; }
}

/// <summary>What a preparation did with a document.</summary>
public enum PrepareOutcome
{
    /// <summary>Its summary vectors were read, and the keys and values are kept now.</summary>
    Computed = 0,

    /// <summary>The keys and values were kept already, whole and right.</summary>
    Known = 1,

    /// <summary><see cref="PrepareResult.Failure"/> says why; other documents go on.</summary>
    Failed = 2,
}
