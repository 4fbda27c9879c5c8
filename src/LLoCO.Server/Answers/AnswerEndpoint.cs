using System.Text;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Extensions.AI;
using LLoCO.Server.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace LLoCO.Server.Answers;

/// <summary>Answers in the forms of several interfaces.</summary>
/// <param name="pipeline">The pipeline.</param>
/// <param name="options">The server's options.</param>
/// <param name="embedder">The name of the embedding model; <see langword="null"/> where there is none.</param>
internal sealed class AnswerEndpoint(LlocoPipeline pipeline, LlocoServerOptions options, string? embedder)
{
    private readonly IChatClient _client = pipeline.AsChatClient(options.Chat);
    private readonly AnswerReader _reader = new(options, pipeline.Adapters);

    private delegate AnswerRequest Reading(RequestFields fields, Caller caller, AnswerReader reader);

    /// <summary>Answers a chat completion of OpenAI.</summary>
    public Task ChatAsync(HttpContext context, Caller caller, CancellationToken cancellationToken) => AnswerAsync(
        context, caller, CompletionRequests.ReadChat, request => new CompletionForm(request, isChat: true), cancellationToken);

    /// <summary>Answers a completion of OpenAI.</summary>
    public Task CompleteAsync(HttpContext context, Caller caller, CancellationToken cancellationToken) => AnswerAsync(
        context, caller, CompletionRequests.ReadPrompt, request => new CompletionForm(request, isChat: false), cancellationToken);

    /// <summary>Makes a response of OpenAI.</summary>
    public Task RespondAsync(HttpContext context, Caller caller, CancellationToken cancellationToken) => AnswerAsync(
        context, caller, ResponseRequests.Read, request => new ResponseForm(request), cancellationToken);

    /// <summary>Makes a message of Anthropic.</summary>
    public Task MessageAsync(HttpContext context, Caller caller, CancellationToken cancellationToken) => AnswerAsync(
        context, caller, MessageRequests.Read, request => new MessageForm(request), cancellationToken);

    /// <summary>Lists the model and its adapters.</summary>
    public Task ModelsAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        string model = options.Chat.ModelId;
        string?[] embedders = [embedder];
        object[] models =
        [
            new { id = model, @object = "model", created = 0, owned_by = "lloco" },
            .. pipeline.Adapters.Order(StringComparer.Ordinal).Select(
                adapter => new { id = adapter, @object = "model", created = 0, owned_by = "lloco", parent = model }),
            .. embedders.OfType<string>().Select(id => new { id, @object = "model", created = 0, owned_by = "lloco" }),
        ];
        return ServerJson.WriteAsync(context.Response, new { @object = "list", data = models });
    }

    private async Task AnswerAsync(
        HttpContext context, Caller caller, Reading read, Func<AnswerRequest, AnswerForm> create, CancellationToken cancellationToken)
    {
        using JsonDocument json = await JsonDocument.ParseAsync(context.Request.Body, default, cancellationToken).ConfigureAwait(false);
        AnswerRequest request = read(new RequestFields(json.RootElement), caller, _reader);
        AnswerForm form = create(request);
        if (request.IsStreamed)
        {
            context.Features.Set<IErrorForm>(form);
            await StreamAsync(context, request, form, cancellationToken).ConfigureAwait(false);
            return;
        }

        ChatResponse response = await _client.GetResponseAsync(request.Messages, request.Options, cancellationToken).ConfigureAwait(false);
        context.Features.Get<RequestPlace>()?.Free();
        await ServerJson.WriteAsync(context.Response, form.Whole(response)).ConfigureAwait(false);
    }

    private async Task StreamAsync(
        HttpContext context, AnswerRequest request, AnswerForm form, CancellationToken cancellationToken)
    {
        HttpResponse response = context.Response;
        await using IAsyncEnumerator<ChatResponseUpdate> updates = _client
            .GetStreamingResponseAsync(request.Messages, request.Options, cancellationToken).GetAsyncEnumerator(cancellationToken);

        // The status is sent with the first piece: what fails before it is an ordinary error.
        bool more = await updates.MoveNextAsync().ConfigureAwait(false);
        ServerJson.BeginEvents(response);
        IEnumerable<ServerEvent> events = form.Begin();
        var text = new StringBuilder();
        ChatResponseUpdate? last = null;
        while (more)
        {
            ChatResponseUpdate update = updates.Current;
            last = update.FinishReason is null ? last : update;
            if (update.Text.Length > 0)
            {
                text.Append(update.Text);
                events = events.Concat(form.Piece(update.Text));
            }

            await ServerJson.WriteEventsAsync(response, events).ConfigureAwait(false);
            events = [];
            more = await updates.MoveNextAsync().ConfigureAwait(false);
        }

        context.Features.Get<RequestPlace>()?.Free();
        await ServerJson.WriteEventsAsync(response, form.End(Whole(text.ToString(), last))).ConfigureAwait(false);
    }

    private static ChatResponse Whole(string text, ChatResponseUpdate? last) => new(new ChatMessage(ChatRole.Assistant, text))
    {
        FinishReason = last?.FinishReason,
        Usage = last?.Contents.OfType<UsageContent>().FirstOrDefault()?.Details,
        RawRepresentation = last?.RawRepresentation,
    };
}
