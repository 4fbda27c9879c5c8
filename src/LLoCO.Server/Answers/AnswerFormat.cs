using LLoCO.Core;
using Microsoft.Extensions.AI;

namespace LLoCO.Server.Answers;

/// <summary>The JSON of an answer in OpenAI's form.</summary>
/// <param name="Id">The id of the response: random, so that it tells nothing about other requests.</param>
/// <param name="Model">The model that was asked for.</param>
/// <param name="IsChat">Whether it is a chat's; otherwise a completion's.</param>
internal sealed record AnswerFormat(string Id, string Model, bool IsChat)
{
    private readonly long _created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>Makes the format of a response.</summary>
    public static AnswerFormat Create(string model, bool isChat) =>
        new((isChat ? "chatcmpl-" : "cmpl-") + Guid.NewGuid().ToString("N"), model, isChat);

    /// <summary>Makes a response that is not streamed.</summary>
    public object Whole(ChatResponse response)
    {
        string finish = Finish(response.FinishReason)!;
        object choice = IsChat
            ? new { index = 0, message = new { role = "assistant", content = response.Text }, finish_reason = finish }
            : new { index = 0, text = response.Text, finish_reason = finish };
        return new
        {
            id = Id,
            @object = IsChat ? "chat.completion" : "text_completion",
            created = _created,
            model = Model,
            choices = new[] { choice },
            usage = Usage(response.Usage),
            lloco = AnswerDetails.Create(response),
        };
    }

    /// <summary>Makes the first chunk of a chat, which names the author.</summary>
    public object First() => Chunk(new { role = "assistant", content = string.Empty }, null, null);

    /// <summary>Makes a chunk of text.</summary>
    public object Piece(string text) => IsChat ? Chunk(new { content = text }, null, null) : Text(text, null, null);

    /// <summary>Makes the chunk that says why the answer ended, and what it rests on.</summary>
    public object Last(ChatResponse response)
    {
        object? details = AnswerDetails.Create(response);
        string? finish = Finish(response.FinishReason);
        return IsChat ? Chunk(new { }, finish, details) : Text(string.Empty, finish, details);
    }

    /// <summary>Makes the chunk of token counts.</summary>
    public object Counts(ChatResponse response) => new
    {
        id = Id, @object = Object, created = _created, model = Model, choices = Array.Empty<object>(), usage = Usage(response.Usage),
    };

    private string Object => IsChat ? "chat.completion.chunk" : "text_completion";

    private static string? Finish(ChatFinishReason? reason) =>
        reason is null ? null : reason == ChatFinishReason.Length ? "length" : "stop";

    private static object? Usage(UsageDetails? usage) => usage is null ? null : new
    {
        prompt_tokens = usage.InputTokenCount,
        completion_tokens = usage.OutputTokenCount,
        total_tokens = usage.TotalTokenCount,
        prompt_tokens_details = new { cached_tokens = usage.CachedInputTokenCount },
    };

    private object Chunk(object delta, string? finish, object? details) => Around(new { index = 0, delta, finish_reason = finish }, details);

    private object Text(string text, string? finish, object? details) => Around(new { index = 0, text, finish_reason = finish }, details);

    private object Around(object choice, object? details) => new
    {
        id = Id, @object = Object, created = _created, model = Model, choices = new[] { choice }, lloco = details,
    };
}
