using LLoCO.Core.Tests.Fakes;
using LLoCO.Extensions.AI;
using LLoCO.Training.SelfStudy;
using Microsoft.Extensions.AI;

namespace LLoCO.Core.Tests.SelfStudy;

public sealed class ChatTeacherTests
{
    [Fact]
    public async Task AsTeacher_Instructed_WritesPairsThroughTheClient()
    {
        using var client = new ScriptedClient();
        var options = new SelfStudyOptions { Prompts = StudyPrompt.Instructed, PairsPerRequest = 2 };

        StudyResult result = await new SelfStudyGenerator(client.AsTeacher(), new CharacterTokenizer(), options)
            .RunAsync([new StudyDocument("log", "Ann went to Manila.")], null, TestContext.Current.CancellationToken);

        Assert.Equal(4, client.Prompts.Count);
        Assert.StartsWith("Ann went to Manila.\n\nAsk about single facts", client.Prompts[0]);
        Assert.Contains("Write 2 questions", client.Prompts[0], StringComparison.Ordinal);
        Assert.Equal(
            [("facts", "Who went?", "Ann"), ("facts", "Where?", "Manila"), ("summary", "Who went to 2?", "Ann"),
                ("summary", "Where of 2?", "Manila")],
            result.Pairs.Take(4).Select(pair => (pair.Prompt, pair.Question, pair.Answer)));
        Assert.All(result.Pairs, pair => Assert.Empty(pair.AnswerTokens));
    }

    [Fact]
    public void AsTeacher_OtherModel_HasAnotherFingerprint()
    {
        using var client = new ScriptedClient();

        Assert.Distinct(
        [
            client.AsTeacher().Fingerprint, client.AsTeacher(new ChatTeacherOptions { ModelId = "large" }).Fingerprint,
            client.AsTeacher(new ChatTeacherOptions { Temperature = 0.5f }).Fingerprint,
            client.AsTeacher(new ChatTeacherOptions { SystemMessage = null }).Fingerprint,
        ]);
    }

    private sealed class ScriptedClient : IChatClient
    {
        public List<string> Prompts { get; } = [];

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            ChatMessage[] all = [.. messages];
            Assert.Equal([ChatRole.System, ChatRole.User], all.Select(message => message.Role));
            Prompts.Add(all[1].Text);
            string which = Prompts.Count == 1 ? string.Empty : $" to {Prompts.Count}";
            string where = Prompts.Count == 1 ? string.Empty : $" of {Prompts.Count}";
            return Task.FromResult(new ChatResponse(new ChatMessage(
                ChatRole.Assistant, $"Question: Who went{which}?\nAnswer: Ann\n\nQuestion: Where{where}?\nAnswer: Manila")));
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
