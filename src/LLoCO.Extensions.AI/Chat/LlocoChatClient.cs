using System.Runtime.CompilerServices;
using LLoCO.Core;
using Microsoft.Extensions.AI;

namespace LLoCO.Extensions.AI.Chat;

/// <summary>Answers chats with a pipeline.</summary>
internal sealed class LlocoChatClient(LlocoPipeline pipeline, LlocoChatOptions options) : IChatClient
{
    private readonly ChatClientMetadata _metadata = new("lloco", defaultModelId: options.ModelId);
    private readonly ChatRequest _request = new(options);

    private readonly ConversationTable? _conversations =
        options.Conversations is { } kept ? new ConversationTable(kept, TimeProvider.System) : null;

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        (Exchange chat, AskOptions ask) = Read(messages, options);
        ChatStamp stamp = Stamp(options);
        LlocoAnswer answer = await pipeline.AskAsync(chat.Question, ask, cancellationToken).ConfigureAwait(false);
        Keep(stamp, chat.Question, ask, answer);
        return stamp.ToResponse(answer, ask.History.Count);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        // What is refused is refused at once, not when the first piece is read.
        (Exchange chat, AskOptions ask) = Read(messages, options);
        return StreamAsync(chat.Question, ask, Stamp(options), cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType == typeof(LlocoPipeline) ? pipeline
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Does nothing: the pipeline is the caller's.</summary>
    public void Dispose()
    {
    }

    private (Exchange Chat, AskOptions Ask) Read(IEnumerable<ChatMessage> messages, ChatOptions? chatOptions)
    {
        ArgumentNullException.ThrowIfNull(messages);
        Exchange chat = Exchange.Read(messages, options.IgnoresTools);
        AskOptions ask = _request.Map(chat, chatOptions, this);
        return chatOptions?.ConversationId is { } id
            ? (chat, ask with { History = [.. _conversations!.Find(id), .. ask.History] })
            : (chat, ask);
    }

    private void Keep(ChatStamp stamp, string question, AskOptions ask, LlocoAnswer answer)
    {
        if (stamp.ConversationId is { } id)
        {
            _conversations!.Keep(id, [.. ask.History, new ConversationTurn(question, answer.Text)]);
        }
    }

    private ChatStamp Stamp(ChatOptions? chatOptions) => new(
        Guid.NewGuid().ToString("N"),
        chatOptions?.ModelId ?? options.ModelId,
        DateTimeOffset.UtcNow,
        _conversations is null ? null : chatOptions?.ConversationId ?? Guid.NewGuid().ToString("N"));

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        string question, AskOptions ask, ChatStamp stamp, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (AnswerUpdate update in pipeline.AskStreamingAsync(question, ask, cancellationToken).ConfigureAwait(false))
        {
            if (update.Text.Length > 0)
            {
                yield return stamp.ToUpdate([new TextContent(update.Text)]);
            }

            if (update.Answer is { } answer)
            {
                Keep(stamp, question, ask, answer);
                yield return stamp.ToLastUpdate(answer, ask.History.Count);
            }
        }
    }
}
