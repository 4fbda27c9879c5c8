using System.Text.Json;
using LLoCO.Core;
using LLoCO.Extensions.AI;
using LLoCO.Server.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace LLoCO.Server.Answers;

/// <summary>Chats and completions.</summary>
internal sealed class AnswerEndpoint(LlocoPipeline pipeline, LlocoServerOptions options)
{
    private readonly IChatClient _client = pipeline.AsChatClient(options.Chat);

    /// <summary>Answers a chat.</summary>
    public Task ChatAsync(HttpContext context, Caller caller, CancellationToken cancellationToken) =>
        AnswerAsync(context, caller, MessageReader.ReadChat, isChat: true, cancellationToken);

    /// <summary>Answers a completion.</summary>
    public Task CompleteAsync(HttpContext context, Caller caller, CancellationToken cancellationToken) =>
        AnswerAsync(context, caller, MessageReader.ReadPrompt, isChat: false, cancellationToken);

    /// <summary>Lists the model and its adapters.</summary>
    public Task ModelsAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        string model = options.Chat.ModelId;
        object[] models =
        [
            new { id = model, @object = "model", created = 0, owned_by = "lloco" },
            .. pipeline.Adapters.Order(StringComparer.Ordinal).Select(
                adapter => new { id = adapter, @object = "model", created = 0, owned_by = "lloco", parent = model }),
        ];
        return ServerJson.WriteAsync(context.Response, new { @object = "list", data = models });
    }

    private async Task AnswerAsync(
        HttpContext context, Caller caller, Func<RequestFields, IReadOnlyList<ChatMessage>> read, bool isChat,
        CancellationToken cancellationToken)
    {
        using JsonDocument json = await JsonDocument.ParseAsync(context.Request.Body, default, cancellationToken).ConfigureAwait(false);
        var fields = new RequestFields(json.RootElement);
        IReadOnlyList<ChatMessage> messages = read(fields);
        var request = AnswerRequest.Read(fields, messages, caller, options, pipeline.Adapters);
        var format = AnswerFormat.Create(request.Model, isChat);
        if (request.IsStreamed)
        {
            await StreamAsync(context.Response, request, format, cancellationToken).ConfigureAwait(false);
            return;
        }

        ChatResponse response = await _client.GetResponseAsync(request.Messages, request.Options, cancellationToken).ConfigureAwait(false);
        await ServerJson.WriteAsync(context.Response, format.Whole(response)).ConfigureAwait(false);
    }

    private async Task StreamAsync(
        HttpResponse response, AnswerRequest request, AnswerFormat format, CancellationToken cancellationToken)
    {
        await using IAsyncEnumerator<ChatResponseUpdate> updates = _client
            .GetStreamingResponseAsync(request.Messages, request.Options, cancellationToken).GetAsyncEnumerator(cancellationToken);

        // The status is sent with the first piece: what fails before it is an ordinary error.
        bool more = await updates.MoveNextAsync().ConfigureAwait(false);
        ServerJson.BeginEvents(response);
        if (format.IsChat)
        {
            await ServerJson.WriteEventAsync(response, format.First()).ConfigureAwait(false);
        }

        var last = new List<ChatResponseUpdate>();
        while (more)
        {
            ChatResponseUpdate update = updates.Current;
            if (update.Text.Length > 0)
            {
                await ServerJson.WriteEventAsync(response, format.Piece(update.Text)).ConfigureAwait(false);
            }

            if (update.FinishReason is not null)
            {
                last.Add(update);
            }

            more = await updates.MoveNextAsync().ConfigureAwait(false);
        }

        ChatResponse end = last.ToChatResponse();
        end.RawRepresentation ??= last.FirstOrDefault()?.RawRepresentation;
        await ServerJson.WriteEventAsync(response, format.Last(end)).ConfigureAwait(false);
        if (request.IncludesUsage)
        {
            await ServerJson.WriteEventAsync(response, format.Counts(end)).ConfigureAwait(false);
        }

        await ServerJson.WriteEventAsync(response, "[DONE]").ConfigureAwait(false);
    }
}
