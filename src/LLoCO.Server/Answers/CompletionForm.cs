using Microsoft.Extensions.AI;

namespace LLoCO.Server.Answers;

/// <summary>An answer of OpenAI's chat completions, or of its completions.</summary>
/// <param name="request">The request.</param>
/// <param name="isChat">Whether it is a chat's.</param>
internal sealed class CompletionForm(AnswerRequest request, bool isChat) : AnswerForm(request)
{
    private readonly string _id = NewId(isChat ? "chatcmpl-" : "cmpl-");

    private string Kind => isChat ? "chat.completion.chunk" : "text_completion";

    /// <inheritdoc/>
    public override object Whole(ChatResponse response)
    {
        string finish = Finish(response);
        object choice = isChat
            ? new { index = 0, message = new { role = "assistant", content = response.Text }, finish_reason = finish }
            : new { index = 0, text = response.Text, finish_reason = finish };
        return new
        {
            id = _id,
            @object = isChat ? "chat.completion" : "text_completion",
            created = Created,
            model = Model,
            choices = new[] { choice },
            usage = Usage(response.Usage),
            lloco = Details(response),
        };
    }

    /// <inheritdoc/>
    public override IEnumerable<ServerEvent> Begin() =>
        isChat ? [new(null, Chunk(new { role = "assistant", content = string.Empty }, null, null))] : [];

    /// <inheritdoc/>
    public override IEnumerable<ServerEvent> Piece(string text) =>
        [new(null, isChat ? Chunk(new { content = text }, null, null) : Text(text, null, null))];

    /// <inheritdoc/>
    public override IEnumerable<ServerEvent> End(ChatResponse response)
    {
        object? details = Details(response);
        string finish = Finish(response);
        yield return new(null, isChat ? Chunk(new { }, finish, details) : Text(string.Empty, finish, details));
        if (Request.IncludesUsage)
        {
            yield return new(null, new
            {
                id = _id, @object = Kind, created = Created, model = Model, choices = Array.Empty<object>(), usage = Usage(response.Usage),
            });
        }

        yield return new(null, "[DONE]");
    }

    private static string Finish(ChatResponse response) => IsCut(response) ? "length" : "stop";

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
        id = _id, @object = Kind, created = Created, model = Model, choices = new[] { choice }, lloco = details,
    };
}
