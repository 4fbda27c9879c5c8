using System.Runtime.CompilerServices;
using LLoCO.Core.Index;
using LLoCO.Core.Retrieval;
using LLoCO.Core.Tests.Index;
using LLoCO.Extensions.Agents;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using Xunit;

namespace LLoCO.Core.Tests.Agents;

/// <summary>Passages as context of an agent whose model is another one.</summary>
public sealed class SourceContextProviderTests : IAsyncLifetime
{
    private readonly InMemoryRetrievalIndex _index = new();
    private readonly RecordingClient _client = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _index.PutAsync(TestDocuments.Create("heron", "ship", "Mara Quill steered the Heron.\nShe liked rain.", [1, 0], [0, 1]), Token);
        await _index.PutAsync(TestDocuments.Create("mill", "town", "The mill of Quill stood empty.", [0, 1]), Token);
    }

    public ValueTask DisposeAsync() => _index.DisposeAsync();

    [Fact]
    public async Task RunAsync_Question_PutsThePassagesBesideItWithTheirSources()
    {
        await RunAsync(new SourceContextOptions { Group = "ship", Introduction = "Read:" }, "Who is Quill?");

        ChatMessage context = Assert.Single(_client.Messages, message => message.Text.StartsWith("Read:", StringComparison.Ordinal));
        Assert.Equal("Read:\n\n[1] heron:\nMara Quill steered the Heron.", context.Text);
        var source = Assert.IsType<CitationAnnotation>(Assert.Single(context.Contents[0].Annotations!));
        Assert.Equal(("heron", "Mara Quill steered the Heron."), (source.FileId, source.Snippet));
        Assert.Equal((0, 29), (source.AdditionalProperties!["start"], source.AdditionalProperties["end"]));
        Assert.Contains(_client.Messages, message => message.Text == "Who is Quill?");
    }

    [Fact]
    public async Task RunAsync_NothingThatMatches_AddsNoMessage()
    {
        await RunAsync(new SourceContextOptions(), "zebra");

        Assert.Equal("zebra", Assert.Single(_client.Messages).Text);
    }

    [Fact]
    public async Task RunAsync_Embedder_FindsWhatWordsMiss()
    {
        await RunAsync(new SourceContextOptions { Passages = 1, Embedder = new FixedEmbedder() }, "weather");

        Assert.Contains(_client.Messages, message => message.Text.EndsWith("[1] heron:\nShe liked rain.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task RunAsync_QuestionThatRefersBack_SearchesForTheOneBefore(int messages, bool found)
    {
        await RunAsync(new SourceContextOptions { Group = "town", Messages = messages, Introduction = "Read:" }, "the mill", "what about it?");

        Assert.Equal(found, _client.Messages.Any(message => message.Text.StartsWith("Read:", StringComparison.Ordinal)));
    }

    [Fact]
    public void Constructor_OptionOutOfRange_IsRefused() => Assert.Contains(
        "Passages is 0", Assert.Throws<LlocoException>(() => new SourceContextProvider(_index, new SourceContextOptions { Passages = 0 })).Message);

    private async Task RunAsync(SourceContextOptions options, params string[] questions)
    {
        var agent = new ChatClientAgent(
            _client, new ChatClientAgentOptions { AIContextProviders = [new SourceContextProvider(_index, options)] });
        await agent.RunAsync([.. questions.Select(question => new ChatMessage(ChatRole.User, question))], cancellationToken: Token);
    }

    private sealed class FixedEmbedder : IPassageEmbedder
    {
        public ValueTask<IReadOnlyList<ReadOnlyMemory<float>>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<IReadOnlyList<ReadOnlyMemory<float>>>([.. texts.Select(_ => new ReadOnlyMemory<float>([0, 1]))]);
    }

    private sealed class RecordingClient : IChatClient
    {
        public IReadOnlyList<ChatMessage> Messages { get; private set; } = [];

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Messages = [.. messages];
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, "yes")));
        }

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            yield break;
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
