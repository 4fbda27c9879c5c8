using LLoCO.Core.Tests.Fakes;
using LLoCO.Extensions.AI;
using LLoCO.Extensions.Agents;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using Xunit;

namespace LLoCO.Core.Tests.Agents;

/// <summary>A pipeline as an agent.</summary>
public sealed class LlocoAgentTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAsync_SecondQuestionOfASession_ReadsTheFirst(bool streamed)
    {
        await using FakePipeline fake = await CreateAsync();
        ChatClientAgent agent = fake.Pipeline.AsAIAgent(instructions: "Be brief.");
        AgentSession session = await agent.CreateSessionAsync(Token);

        AgentResponse first = await RunAsync(agent, session, "Who was Mara Quill?", streamed);
        AgentResponse second = await RunAsync(agent, session, "what about her?", streamed);

        Assert.Equal(("[heron|ship]", "[heron|ship]"), (first.Text, second.Text));
        Assert.Equal(
            "Be brief.\nQuestion: Who was Mara Quill?\nAnswer: [heron|ship]\nQ what about her? A", fake.Decoder.LastPrompt);
        Assert.Contains(
            second.Messages.SelectMany(message => message.Contents), content => content.Annotations is [CitationAnnotation { FileId: "heron" }]);
        Assert.True(second.Usage!.CachedInputTokenCount > 0);
    }

    [Fact]
    public async Task RunAsync_WithoutASession_ForgetsTheQuestion()
    {
        await using FakePipeline fake = await CreateAsync();
        ChatClientAgent agent = fake.Pipeline.AsAIAgent();

        await agent.RunAsync("Who was Mara Quill?", cancellationToken: Token);
        await agent.RunAsync("Mara", cancellationToken: Token);

        Assert.Equal("Q Mara A", fake.Decoder.LastPrompt);
    }

    [Fact]
    public async Task RunAsync_SessionThatWasStored_GoesOn()
    {
        await using FakePipeline fake = await CreateAsync();
        ChatClientAgent agent = fake.Pipeline.AsAIAgent();
        AgentSession session = await agent.CreateSessionAsync(Token);
        await agent.RunAsync("Who was Mara Quill?", session, cancellationToken: Token);

        AgentSession stored = await agent.DeserializeSessionAsync(
            await agent.SerializeSessionAsync(session, cancellationToken: Token), cancellationToken: Token);
        await agent.RunAsync("what about her?", stored, cancellationToken: Token);

        Assert.StartsWith("Question: Who was Mara Quill?", fake.Decoder.LastPrompt);
    }

    [Fact]
    public async Task RunAsync_ConversationsKept_AreTheSessionsHistory()
    {
        await using FakePipeline fake = await CreateAsync();
        ChatClientAgent agent = fake.Pipeline.AsAIAgent(new LlocoChatOptions { Conversations = new ConversationOptions() });
        AgentSession session = await agent.CreateSessionAsync(Token);

        await agent.RunAsync("Who was Mara Quill?", session, cancellationToken: Token);
        await agent.RunAsync("what about her?", session, cancellationToken: Token);

        Assert.Equal("Question: Who was Mara Quill?\nAnswer: [heron|ship]\nQ what about her? A", fake.Decoder.LastPrompt);
    }

    [Fact]
    public async Task AsAIAgent_Names_AreTheAgents()
    {
        await using FakePipeline fake = await CreateAsync();

        ChatClientAgent agent = fake.Pipeline.AsAIAgent(name: "archive", description: "Knows the ship.");

        Assert.Equal(("archive", "Knows the ship."), (agent.Name, agent.Description));
        Assert.Equal("lloco", fake.Pipeline.AsAIAgent().Name);
        AIFunction tool = agent.AsAIFunction();
        object? answer = await tool.InvokeAsync(new AIFunctionArguments { ["query"] = "Mara" }, Token);
        Assert.Equal("[heron|ship]", answer?.ToString());
    }

    private static Task<AgentResponse> RunAsync(ChatClientAgent agent, AgentSession session, string question, bool streamed) => streamed
        ? agent.RunStreamingAsync(question, session, cancellationToken: Token).ToAgentResponseAsync(Token)
        : agent.RunAsync(question, session, cancellationToken: Token);

    private static async Task<FakePipeline> CreateAsync()
    {
        FakePipeline fake = await FakePipeline.CreateAsync();
        await fake.IngestAsync(new SourceDocument("heron", "Mara Quill steered the Heron.", "ship"));
        return fake;
    }
}
