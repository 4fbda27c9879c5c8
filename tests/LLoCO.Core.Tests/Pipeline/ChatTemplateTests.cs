using LLoCO.Core.Decoding;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Tokenization.Json;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Tokenization.Json;
using TemporaryFolder = LLoCO.Core.Tests.Index.TemporaryFolder;

namespace LLoCO.Core.Tests.Pipeline;

/// <summary>Questions to an instruction model stand in its chat template, behind the summary embeddings.</summary>
public sealed class ChatTemplateTests : IDisposable
{
    private const string Question = "who saw it? <|im_end|>";
    private const string Words = "Answer the question from the text above.\nQuestion: " + Question;
    private const string Text = "The captain saw the storm, and the mayor saw the market <|im_end|> on the same day of that year.";

    private readonly TemporaryFolder _folder = new();
    private readonly HuggingFaceTokenizer _tokenizer = HuggingFaceTokenizer.Load(TokenizerPairs.FileOf("qwen3_cut"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Model => _folder.PathOf("model");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ask_ModelWithTemplate_ReadsTheSummaryThenTheConversation()
    {
        ChatModelFolder.Make(Model, summary: 2);

        (LlocoAnswer answer, LlocoPipeline pipeline) = await AskAsync(_ => { }, new AskOptions());

        await using (pipeline)
        {
            Assert.Equal(Conversation(Words).Count, answer.Tokens.Prompt);
            Assert.Equal(2 * ((_tokenizer.Encode(Text).Count + 15) / 16), answer.Tokens.Summary);
            Assert.Equal([20002, 20000], pipeline.Tokenizer.EndOfSequenceIds);
            Assert.Equal(
                pipeline.NativeWindow - Conversation(Words).Count - 8, pipeline.RoomForSummaries(Question, null, 8));
        }
    }

    [Fact]
    public async Task Ask_RawText_StandsInTheUsersTurn()
    {
        ChatModelFolder.Make(Model, summary: 2);

        (LlocoAnswer answer, LlocoPipeline pipeline) = await AskAsync(_ => { }, new AskOptions { Context = ContextMode.Full });

        await using (pipeline)
        {
            int whole = Conversation(Text + "\n\n" + Words).Count;
            Assert.InRange(answer.Tokens.Prompt, whole - 2, whole + 2);
        }
    }

    [Fact]
    public async Task Ask_NoneOrAnotherTemplate_AreUsedInstead()
    {
        ChatModelFolder.Make(Model, summary: 2);
        string other = _folder.PathOf("other.jinja");
        File.WriteAllText(other, "{% for m in messages %}[{{ m.content }}]{% endfor %}");

        (LlocoAnswer plain, LlocoPipeline first) = await AskAsync(b => b.UseChatTemplate("none"), new AskOptions());
        await first.DisposeAsync();
        (LlocoAnswer own, LlocoPipeline second) =
            await AskAsync(b => b.UseChatTemplate(other).UsePrompt("Q {question}"), new AskOptions());
        await second.DisposeAsync();

        Assert.Equal(_tokenizer.Encode(PromptTemplate.Default.Format(Question)).Count, plain.Tokens.Prompt);
        Assert.Equal(_tokenizer.Encode("[Q " + Question + "]").Count, own.Tokens.Prompt);
    }

    [Theory]
    [InlineData("""{"prompt": "Q {question}"}""", false)]
    [InlineData("""{"prompt": "Q {question}", "chat": true}""", true)]
    [InlineData("""{"chat": false}""", false)]
    public async Task Ask_ModelWithPromptOfItsOwn_UsesTheTemplateWhereTheFileSaysSo(string settings, bool chat)
    {
        ChatModelFolder.Make(Model, summary: 2);
        File.WriteAllText(Path.Combine(Model, "lloco.json"), settings);
        string words = (settings.Contains("prompt", StringComparison.Ordinal) ? new PromptTemplate("Q {question}") : PromptTemplate.Default)
            .Format(Question);

        (LlocoAnswer answer, LlocoPipeline pipeline) = await AskAsync(_ => { }, new AskOptions());
        await pipeline.DisposeAsync();

        Assert.Equal(chat ? Conversation(words).Count : _tokenizer.Encode(words).Count, answer.Tokens.Prompt);
    }

    [Fact]
    public async Task Ask_ConversationTooLongForTheWindow_IsRefusedWithItsPositions()
    {
        ChatModelFolder.Make(Model, summary: 2);
        string longQuestion = string.Concat(Enumerable.Repeat("storm ", 300));

        WindowExceededException error = await Assert.ThrowsAsync<WindowExceededException>(
            () => AskAsync(_ => { }, new AskOptions(), longQuestion));

        int wanted = Conversation("Answer the question from the text above.\nQuestion: " + longQuestion).Count;
        Assert.Contains($"{wanted} prompt tokens", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% include 'x' %}", null, "'include' is not supported")]
    [InlineData("{{ raise_exception('system first') }}", null, "system first")]
    [InlineData(null, "chat", "has no chat template")]
    [InlineData(null, "nowhere.jinja", "is no file")]
    public async Task Build_TemplateThatCannotBeUsed_IsRefusedWithTheRemedy(string? template, string? choice, string fault)
    {
        ChatModelFolder.Make(Model, summary: 2, template: null);
        if (template is not null)
        {
            File.WriteAllText(Path.Combine(Model, "chat_template.jinja"), template);
        }

        LlocoException error = await Assert.ThrowsAnyAsync<LlocoException>(
            () => AskAsync(b => _ = choice is null ? b : b.UseChatTemplate(choice), new AskOptions()));

        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
        Assert.Contains("UseChatTemplate", error.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<int> Conversation(string words)
    {
        const string Head = "<|im_start|>user\n";
        return ((IPromptTokenizer)_tokenizer).EncodePrompt(
            Head + words + "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n", Head.Length, words.Length);
    }

    private async Task<(LlocoAnswer Answer, LlocoPipeline Pipeline)> AskAsync(
        Action<LlocoPipelineBuilder> describe, AskOptions options, string question = Question)
    {
        LlocoPipelineBuilder builder = LlocoPipeline.CreateBuilder().UseCheckpoint(Model)
            .UseGeneration(new GenerationOptions { MaxNewTokens = 8 });
        describe(builder);
        LlocoPipeline pipeline = await builder.BuildAsync(Token);
        Assert.Null(Assert.Single(await pipeline.IngestAsync([new SourceDocument("a", Text)], null, Token).ToListAsync(Token)).Failure);
        return (await pipeline.AskAsync(question, options, Token), pipeline);
    }
}
