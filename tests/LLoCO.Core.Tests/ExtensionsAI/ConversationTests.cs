using LLoCO.Core.Tests.Fakes;
using LLoCO.Extensions.AI;
using LLoCO.Extensions.AI.Chat;
using Microsoft.Extensions.AI;
using Xunit;

namespace LLoCO.Core.Tests.ExtensionsAI;

/// <summary>Conversations whose turns the client keeps, and histories that are cut before they reach it.</summary>
public sealed class ConversationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GetResponseAsync_ConversationId_GoesOnBehindTheTurnsBefore(bool streamed)
    {
        await using FakePipeline fake = await CreateAsync();
        using IChatClient client = fake.Pipeline.AsChatClient(new LlocoChatOptions { Conversations = new ConversationOptions() });

        ChatResponse first = await AskAsync(client, streamed, "Who was Mara Quill?", null);
        ChatResponse second = await AskAsync(client, streamed, "what about her?", first.ConversationId);

        Assert.NotNull(first.ConversationId);
        Assert.Equal(first.ConversationId, second.ConversationId);
        Assert.Equal("Question: Who was Mara Quill?\nAnswer: [heron|ship]\nQ what about her? A", fake.Decoder.LastPrompt);
        ChatResponse other = await AskAsync(client, streamed, "Mara", null);
        Assert.NotEqual(first.ConversationId, other.ConversationId);
        Assert.Equal("Q Mara A", fake.Decoder.LastPrompt);
    }

    [Fact]
    public async Task GetResponseAsync_UnknownConversation_IsRefused()
    {
        await using FakePipeline fake = await CreateAsync();
        using IChatClient keeps = fake.Pipeline.AsChatClient(new LlocoChatOptions { Conversations = new ConversationOptions() });
        using IChatClient plain = fake.Pipeline.AsChatClient();

        Assert.Contains("'x'", (await Assert.ThrowsAsync<LlocoException>(() => AskAsync(keeps, false, "Mara", "x"))).Message);
        Assert.Contains("Conversations", (await Assert.ThrowsAsync<NotSupportedException>(() => AskAsync(plain, false, "Mara", "x"))).Message);
        Assert.Null((await AskAsync(plain, false, "Mara", null)).ConversationId);
        Assert.Contains("MaxTurns is 0", Assert.Throws<LlocoException>(
            () => fake.Pipeline.AsChatClient(new LlocoChatOptions { Conversations = new ConversationOptions { MaxTurns = 0 } })).Message);
    }

    [Fact]
    public void Keep_BeyondTheLimits_ForgetsTheOldest()
    {
        var clock = new ManualClock();
        var table = new ConversationTable(new ConversationOptions { MaxConversations = 2, MaxTurns = 2, MaxIdleMinutes = 10 }, clock);
        ConversationTurn[] turns = [.. Enumerable.Range(1, 3).Select(i => new ConversationTurn($"q{i}", $"a{i}"))];

        table.Keep("a", turns);
        Assert.Equal(["q2", "q3"], table.Find("a").Select(turn => turn.Question));
        table.Keep("b", turns);
        table.Keep("a", turns[..1]);
        table.Keep("c", turns);
        Assert.Throws<LlocoException>(() => table.Find("b"));
        Assert.Equal("q1", Assert.Single(table.Find("a")).Question);
        clock.Minutes = 10;
        Assert.NotEmpty(table.Find("c"));
        clock.Minutes = 11;
        Assert.Throws<LlocoException>(() => table.Find("c"));
    }

    /// <summary>The reducer is marked as experimental by its package; applications use it nevertheless.</summary>
    [Fact]
    public async Task UseChatReducer_LongHistory_ReachesTheModelCut()
    {
        await using FakePipeline fake = await CreateAsync();
#pragma warning disable MEAI001
        using IChatClient client = fake.Pipeline.AsChatClient().AsBuilder().UseChatReducer(new MessageCountingChatReducer(3)).Build();
#pragma warning restore MEAI001
        ChatMessage[] chat =
        [
            new(ChatRole.System, "Be brief."), new(ChatRole.User, "Old?"), new(ChatRole.Assistant, "Old."),
            new(ChatRole.User, "Who was Mara Quill?"), new(ChatRole.Assistant, "A captain."), new(ChatRole.User, "what about her?"),
        ];

        ChatResponse response = await client.GetResponseAsync(chat, cancellationToken: Token);

        Assert.Equal("[heron|ship]", response.Text);
        Assert.Equal("Be brief.\nQuestion: Who was Mara Quill?\nAnswer: A captain.\nQ what about her? A", fake.Decoder.LastPrompt);
    }

    private static Task<ChatResponse> AskAsync(IChatClient client, bool streamed, string question, string? conversation)
    {
        var options = new ChatOptions { ConversationId = conversation };
        return streamed
            ? client.GetStreamingResponseAsync(question, options, Token).ToChatResponseAsync(Token)
            : client.GetResponseAsync(question, options, Token);
    }

    private static async Task<FakePipeline> CreateAsync()
    {
        FakePipeline fake = await FakePipeline.CreateAsync();
        await fake.IngestAsync(new SourceDocument("heron", "Mara Quill steered the Heron.", "ship"));
        return fake;
    }

    private sealed class ManualClock : TimeProvider
    {
        public int Minutes { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Minutes * 60L;
    }
}
