using System.Text.Json.Serialization;
using LLoCO.Core.Pipeline;

namespace LLoCO.Core;

/// <summary>The result of preparing one document (<see cref="LlocoPipeline.PrepareAsync"/>).</summary>
/// <param name="DocumentId">The document.</param>
/// <param name="Adapter">The adapter of the questions that it is prepared for; <see langword="null"/> for the base model.</param>
/// <param name="Outcome">What was done.</param>
public sealed record PrepareResult(string DocumentId, string? Adapter, PrepareOutcome Outcome)
{
    /// <summary>Gets the number of summary vectors; 0 if it failed before they were loaded.</summary>
    public int SummaryVectors { get; init; }

    /// <summary>Gets the time spent on it.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Gets why it failed; <see langword="null"/> where it did not.</summary>
    [JsonConverter(typeof(FailureJsonConverter))]
    public Exception? Failure { get; init; }
}

/// <summary>What a preparation did with a document.</summary>
public enum PrepareOutcome
{
    /// <summary>Its summary vectors were prefilled, and their KV cache entries are kept now.</summary>
    Computed = 0,

    /// <summary>The KV cache entries were already kept and are intact.</summary>
    Known = 1,

    /// <summary>It failed; <see cref="PrepareResult.Failure"/> says why. Other documents are not affected.</summary>
    Failed = 2,
}
