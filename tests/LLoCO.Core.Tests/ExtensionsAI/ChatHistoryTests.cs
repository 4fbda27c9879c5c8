using LLoCO.Core.Decoding;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Extensions.AI;
using Microsoft.Extensions.AI;
using Xunit;

namespace LLoCO.Core.Tests.ExtensionsAI;

/// <summary>What stands before the question of a chat.</summary>
public sealed class ChatHistoryTests
{
    private static readonly ChatMessage[] Chat =
    [
        new(ChatRole.System, "Be brief."),
        new(ChatRole.User, "Who was Mara Quill?"),
        new(ChatRole.Assistant, "A captain."),
        new(ChatRole.User, "And"),
        new(ChatRole.User, "what about her?"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetResponseAsync_EarlierTurns_StandRawBehindTheSummaries()
    {
        await using FakePipeline fake = await CreateAsync(4096);

        ChatResponse response = await fake.Pipeline.AsChatClient().GetResponseAsync(Chat, cancellationToken: Token);

        Assert.Equal(
            "Be brief.\nQuestion: Who was Mara Quill?\nAnswer: A captain.\nQ And\nwhat about her? A", fake.Decoder.LastPrompt);
        Assert.NotEmpty(fake.Decoder.LastRequest!.Prefix);
        Assert.False(response.AdditionalProperties!.ContainsKey("turns_left_out"));
    }

    [Fact]
    public async Task GetResponseAsync_QuestionThatRefersBack_FindsWhatWasTalkedOf()
    {
        await using FakePipeline fake = await CreateAsync(4096);
        using IChatClient client = fake.Pipeline.AsChatClient();

        Assert.StartsWith("[heron|", (await client.GetResponseAsync(Chat, cancellationToken: Token)).Text);
        await Assert.ThrowsAsync<LlocoException>(() => client.GetResponseAsync(Chat[^1], cancellationToken: Token));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(40, 1)]
    [InlineData(80, 0)]
    public async Task GetResponseAsync_TurnsBeyondTheWindow_AreLeftOutFromTheOldestAndTold(int room, int leftOut)
    {
        // Two summaries of four vectors each, the prompt, the answer; then room for no turn, for one of 35, for both.
        const string Question = "Mara Quill?";
        int window = 8 + $"Q {Question} A".Length + 64 + room;
        await using FakePipeline fake = await CreateAsync(window);
        string turn = new('x', 10);
        var history = Enumerable.Range(0, 2).SelectMany(i => new ChatMessage[]
        {
            new(ChatRole.User, $"{i}{turn}"), new(ChatRole.Assistant, $"{i}"),
        });

        ChatResponse response = await fake.Pipeline.AsChatClient()
            .GetResponseAsync([.. history, new(ChatRole.User, Question)], cancellationToken: Token);

        object? told = null;
        response.AdditionalProperties!.TryGetValue("turns_left_out", out told);
        Assert.Equal(leftOut, told as int? ?? 0);
        Assert.Equal(leftOut < 2, fake.Decoder.LastPrompt.Contains($"Question: 1{turn}", StringComparison.Ordinal));
        Assert.Equal(leftOut < 1, fake.Decoder.LastPrompt.Contains($"Question: 0{turn}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ContextMode.None)]
    [InlineData(ContextMode.Full)]
    [InlineData(ContextMode.Truncated)]
    [InlineData(ContextMode.Passages)]
    public async Task AskAsync_EveryContext_ReadsTheTurnsLast(ContextMode mode)
    {
        await using FakePipeline fake = await CreateAsync(1024);

        LlocoAnswer answer = await fake.AskAsync("Mara", new AskOptions
        {
            Context = mode, Instructions = "Brief.", History = [new ConversationTurn("a", "b")],
        });

        Assert.EndsWith("Brief.\nQuestion: a\nAnswer: b\nQ Mara A", fake.Decoder.LastPrompt);
        Assert.Equal(1, answer.TurnsRead);
    }

    [Fact]
    public async Task AskAsync_InstructionsThatDoNotFit_AreAnError()
    {
        await using FakePipeline fake = await CreateAsync(120);

        await Assert.ThrowsAsync<WindowExceededException>(
            () => fake.AskAsync("Mara", new AskOptions { Instructions = new string('x', 100) }));
    }

    private static async Task<FakePipeline> CreateAsync(int window)
    {
        FakePipeline fake = await FakePipeline.CreateAsync(
            fingerprint => new EchoDecoder(fingerprint, "ship") { NativeWindow = window });
        await fake.IngestAsync(
            new SourceDocument("heron", "Mara Quill steered the Heron.", "ship"),
            new SourceDocument("mill", "The mill stood by the river, empty.", "ship"));
        return fake;
    }
}
