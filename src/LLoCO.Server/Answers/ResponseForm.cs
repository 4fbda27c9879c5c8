using LLoCO.Server.Files;
using Microsoft.Extensions.AI;

namespace LLoCO.Server.Answers;

/// <summary>An answer of OpenAI's responses: one message with one text, whose annotations are the sources. In a stream, every event has
/// its number.</summary>
/// <param name="request">The request.</param>
internal sealed class ResponseForm(AnswerRequest request) : AnswerForm(request)
{
    private readonly string _id = NewId("resp_");
    private readonly string _item = NewId("msg_");
    private int _number;

    /// <inheritdoc/>
    public override object Whole(ChatResponse response) => Response(response);

    /// <inheritdoc/>
    public override IEnumerable<ServerEvent> Begin() =>
    [
        Event("response.created", new { response = Response(null) }),
        Event("response.in_progress", new { response = Response(null) }),
        Event("response.output_item.added", new { output_index = 0, item = Item("in_progress", []) }),
        Event("response.content_part.added", new { item_id = _item, output_index = 0, content_index = 0, part = Part(string.Empty, []) }),
    ];

    /// <inheritdoc/>
    public override IEnumerable<ServerEvent> Piece(string text) =>
    [
        Event("response.output_text.delta", new
        {
            item_id = _item, output_index = 0, content_index = 0, delta = text, logprobs = Array.Empty<object>(),
        }),
    ];

    /// <inheritdoc/>
    public override IEnumerable<ServerEvent> End(ChatResponse response)
    {
        object[] annotations = Annotations(response);
        for (int i = 0; i < annotations.Length; i++)
        {
            yield return Event("response.output_text.annotation.added", new
            {
                item_id = _item, output_index = 0, content_index = 0, annotation_index = i, annotation = annotations[i],
            });
        }

        object part = Part(response.Text, annotations);
        yield return Event("response.output_text.done", new
        {
            item_id = _item, output_index = 0, content_index = 0, text = response.Text, logprobs = Array.Empty<object>(),
        });
        yield return Event("response.content_part.done", new { item_id = _item, output_index = 0, content_index = 0, part });
        yield return Event("response.output_item.done", new { output_index = 0, item = Item(Status(response), [part]) });
        yield return Event(
            IsCut(response) ? "response.incomplete" : "response.completed", new { response = Response(response) });
    }

    /// <inheritdoc/>
    public override IEnumerable<ServerEvent> Events(ServerException error) =>
        [Event("error", new { code = error.Code, message = error.Message, param = error.Param })];

    private static string Status(ChatResponse response) => IsCut(response) ? "incomplete" : "completed";

    private static object Part(string text, object[] annotations) => new
    {
        type = "output_text", text, annotations, logprobs = Array.Empty<object>(),
    };

    /// <summary>The documents that were read, each at the end of the text, which rests on all of them.</summary>
    private static object[] Annotations(ChatResponse response) =>
    [
        .. Sources(response).Select(source => source.DocumentId).Distinct(StringComparer.Ordinal).Select(id => new
        {
            type = "file_citation", index = response.Text.Length, file_id = FileId.Create(id), filename = id,
        }),
    ];

    private ServerEvent Event(string type, object data) => new(type, new NumberedEvent(type, _number++, data));

    private object Item(string status, object[] content) => new { id = _item, type = "message", status, role = "assistant", content };

    private object Response(ChatResponse? done) => new
    {
        id = _id,
        @object = "response",
        created_at = Created,
        status = done is null ? "in_progress" : Status(done),
        error = ServerJson.Null,
        incomplete_details = done is not null && IsCut(done) ? new { reason = "max_output_tokens" } : (object)ServerJson.Null,
        previous_response_id = ServerJson.Null,
        model = Model,
        output = done is null ? [] : new[] { Item(Status(done), [Part(done.Text, Annotations(done))]) },
        max_output_tokens = Request.Options.MaxOutputTokens,
        temperature = Request.Options.Temperature ?? 0,
        top_p = Request.Options.TopP ?? 1,
        parallel_tool_calls = false,
        store = false,
        text = new { format = new { type = "text" } },
        tool_choice = "none",
        tools = Array.Empty<object>(),
        truncation = "auto",
        metadata = Request.Metadata,
        usage = Usage(done?.Usage),
        lloco = done is null ? null : Details(done),
    };

    private static object? Usage(UsageDetails? usage) => usage is null ? null : new
    {
        input_tokens = usage.InputTokenCount,
        input_tokens_details = new { cached_tokens = usage.CachedInputTokenCount },
        output_tokens = usage.OutputTokenCount,
        output_tokens_details = new { reasoning_tokens = 0 },
        total_tokens = usage.TotalTokenCount,
    };
}
