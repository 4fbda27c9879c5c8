using LLoCO.Extensions.AI;
using Microsoft.Extensions.AI;
using Xunit;

namespace LLoCO.Core.Tests.Pipeline.Asking;

public sealed class ChatFallbackTests
{
    [Fact]
    public async Task AnswerAsync_Passages_AreSentWithTheQuestion()
    {
        using var client = new ScriptedClient();
        ITextFallback fallback = client.AsTextFallback(new ChatFallbackOptions { ModelId = "large", MaxOutputTokens = 9 });

        string answer = await fallback.AnswerAsync(
            "Who did it?", [new AnswerSource("story", 0, 18, "The butler did it.", 1), new AnswerSource("log", 0, 5, "Rain.", 1)],
            TestContext.Current.CancellationToken);

        Assert.Equal("the butler", answer);
        Assert.Equal(
            "Passage 1, of story:\nThe butler did it.\n\nPassage 2, of log:\nRain.\n\nQuestion: Who did it?", client.Messages[1].Text);
        Assert.Equal(ChatRole.System, client.Messages[0].Role);
        Assert.Equal(("large", 9), (client.Options!.ModelId, client.Options.MaxOutputTokens));
    }

    [Fact]
    public void AsTextFallback_OptionOutOfRange_IsRefused()
    {
        using var client = new ScriptedClient();

        Assert.Throws<LlocoException>(() => client.AsTextFallback(new ChatFallbackOptions { MaxOutputTokens = 0 }));
    }

    private sealed class ScriptedClient : IChatClient
    {
        public ChatMessage[] Messages { get; private set; } = [];

        public ChatOptions? Options { get; private set; }

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            (Messages, Options) = ([.. messages], options);
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, "the butler")));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
