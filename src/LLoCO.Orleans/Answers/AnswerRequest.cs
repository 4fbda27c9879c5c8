using Orleans;

namespace LLoCO.Orleans.Answers;

/// <summary>A question for the silo that holds its documents.</summary>
/// <param name="Id">The client's number for it.</param>
/// <param name="Question">The question.</param>
/// <param name="Options">How to answer it, as JSON.</param>
/// <param name="Seconds">How long the silo may work on it.</param>
[GenerateSerializer]
[Immutable]
internal sealed record AnswerRequest(Guid Id, string Question, string Options, double Seconds);

/// <summary>What is there of an answer.</summary>
/// <param name="Text">The text behind what the reader has; empty if there is no more yet.</param>
/// <param name="Answer">The whole answer as JSON, if it has ended well.</param>
/// <param name="Fault">Why it failed, if it did.</param>
[GenerateSerializer]
[Immutable]
internal sealed record AnswerPart(string Text, string? Answer, string? Fault)
{
    /// <summary>Gets whether the silo does not know the question: it was restarted.</summary>
    [Id(0)]
    public bool IsLost { get; init; }
}
