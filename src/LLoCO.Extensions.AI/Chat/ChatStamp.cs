using LLoCO.Core;
using Microsoft.Extensions.AI;

namespace LLoCO.Extensions.AI.Chat;

/// <summary>What all pieces of one response share.</summary>
/// <param name="Id">The id of response and message: random, so that it tells nothing about other requests.</param>
/// <param name="ModelId">The model that was asked for.</param>
/// <param name="CreatedAt">When the response began.</param>
/// <param name="ConversationId">The conversation that is kept; <see langword="null"/> where none is.</param>
internal sealed record ChatStamp(string Id, string ModelId, DateTimeOffset CreatedAt, string? ConversationId)
{
    /// <summary>Makes the response of an answer that is not streamed.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="turns">Turns of the history.</param>
    public ChatResponse ToResponse(LlocoAnswer answer, int turns) => new(
        new ChatMessage(ChatRole.Assistant, [ChatAnswer.Annotate(new TextContent(answer.Text), answer)])
        {
            MessageId = Id,
            AdditionalProperties = ChatAnswer.Describe(answer, turns),
        })
    {
        ResponseId = Id,
        ConversationId = ConversationId,
        ModelId = ModelId,
        CreatedAt = CreatedAt,
        FinishReason = ChatAnswer.ReadFinish(answer),
        Usage = ChatAnswer.CountTokens(answer),
        AdditionalProperties = ChatAnswer.Describe(answer, turns),
        RawRepresentation = answer,
    };

    /// <summary>Makes an update of a streamed response.</summary>
    /// <param name="contents">What it adds.</param>
    public ChatResponseUpdate ToUpdate(IList<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ResponseId = Id, MessageId = Id, ConversationId = ConversationId, ModelId = ModelId, CreatedAt = CreatedAt,
    };

    /// <summary>Makes the last update: sources, usage, finish reason.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="turns">Turns of the history.</param>
    public ChatResponseUpdate ToLastUpdate(LlocoAnswer answer, int turns)
    {
        ChatResponseUpdate update = ToUpdate(
            [ChatAnswer.Annotate(new TextContent(string.Empty), answer), new UsageContent(ChatAnswer.CountTokens(answer))]);
        update.FinishReason = ChatAnswer.ReadFinish(answer);
        update.AdditionalProperties = ChatAnswer.Describe(answer, turns);
        update.RawRepresentation = answer;
        return update;
    }
}
