using System.Text.Json;
using Microsoft.Extensions.AI;

namespace LLoCO.Server.Answers;

/// <summary>A request for an answer, read from JSON.</summary>
internal sealed record AnswerRequest
{
    /// <summary>Gets the messages; the last one is the question.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>Gets the options.</summary>
    public required ChatOptions Options { get; init; }

    /// <summary>Gets the model that the request names.</summary>
    public required string Model { get; init; }

    /// <summary>Gets whether the answer is streamed.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>Gets whether the stream of a completion ends with the token counts.</summary>
    public bool IncludesUsage { get; init; }

    /// <summary>Gets whether the caller may learn the scores of sources.</summary>
    public bool TellsScores { get; init; }

    /// <summary>Gets the estimate of what full text would have cost; <see langword="null"/> where there is none.</summary>
    public Func<int, FullContextCost>? FullContext { get; init; }

    /// <summary>Gets the caller's own notes, which a response gives back.</summary>
    public JsonElement? Metadata { get; init; }
}
