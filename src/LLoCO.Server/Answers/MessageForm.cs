using LLoCO.Core;
using LLoCO.Server.Files;
using Microsoft.Extensions.AI;

namespace LLoCO.Server.Answers;

/// <summary>An answer of Anthropic's messages: one text, whose citations are the sources.</summary>
/// <param name="request">The request.</param>
internal sealed class MessageForm(AnswerRequest request) : AnswerForm(request)
{
    private readonly string _id = NewId("msg_");

    /// <inheritdoc/>
    public override object Whole(ChatResponse response) => new
    {
        id = _id,
        type = "message",
        role = "assistant",
        model = Model,
        content = new[] { new { type = "text", text = response.Text, citations = Citations(response) } },
        stop_reason = StopReason(response),
        stop_sequence = ServerJson.Null,
        usage = Usage(response.Usage),
        lloco = Details(response),
    };

    /// <inheritdoc/>
    public override IEnumerable<ServerEvent> Begin() =>
    [
        Event("message_start", new
        {
            type = "message_start",
            message = new
            {
                id = _id,
                type = "message",
                role = "assistant",
                model = Model,
                content = Array.Empty<object>(),
                stop_reason = ServerJson.Null,
                stop_sequence = ServerJson.Null,
                usage = Usage(null),
            },
        }),
        Event("content_block_start", new
        {
            type = "content_block_start", index = 0, content_block = new { type = "text", text = string.Empty },
        }),
        Event("ping", new { type = "ping" }),
    ];

    /// <inheritdoc/>
    public override IEnumerable<ServerEvent> Piece(string text) => [Delta(new { type = "text_delta", text })];

    /// <inheritdoc/>
    public override IEnumerable<ServerEvent> End(ChatResponse response) =>
    [
        .. Citations(response).Select(citation => Delta(new { type = "citations_delta", citation })),
        Event("content_block_stop", new { type = "content_block_stop", index = 0 }),
        Event("message_delta", new
        {
            type = "message_delta",
            delta = new { stop_reason = StopReason(response), stop_sequence = ServerJson.Null },
            usage = Usage(response.Usage),
            lloco = Details(response),
        }),
        Event("message_stop", new { type = "message_stop" }),
    ];

    /// <inheritdoc/>
    public override object Body(ServerException error) => MessageErrorForm.Instance.Body(error);

    /// <inheritdoc/>
    public override IEnumerable<ServerEvent> Events(ServerException error) => MessageErrorForm.Instance.Events(error);

    private static ServerEvent Event(string name, object data) => new(name, data);

    private static ServerEvent Delta(object delta) => Event("content_block_delta", new { type = "content_block_delta", index = 0, delta });

    private static string StopReason(ChatResponse response) => IsCut(response) ? "max_tokens" : "end_turn";

    private static object[] Citations(ChatResponse response)
    {
        IReadOnlyList<AnswerSource> sources = Sources(response);
        string[] documents = [.. sources.Select(source => source.DocumentId).Distinct(StringComparer.Ordinal)];
        return
        [
            .. sources.Select(source => new
            {
                type = "char_location",
                cited_text = source.Text,
                document_index = Array.IndexOf(documents, source.DocumentId),
                document_title = source.DocumentId,
                file_id = FileId.Create(source.DocumentId),
                start_char_index = source.Start,
                end_char_index = source.End,
            }),
        ];
    }

    /// <summary>Input tokens are those that were computed for this question; summary embeddings count as read from a cache.</summary>
    private static object Usage(UsageDetails? usage)
    {
        long cached = usage?.CachedInputTokenCount ?? 0;
        return new
        {
            input_tokens = (usage?.InputTokenCount ?? 0) - cached,
            cache_creation_input_tokens = 0,
            cache_read_input_tokens = cached,
            output_tokens = usage?.OutputTokenCount ?? 0,
        };
    }
}
