using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Sampling;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tests.Tool;
using LLoCO.Core.Tokenization;
using LLoCO.Training.SelfStudy;

namespace LLoCO.Core.Tests.SelfStudy;

/// <summary>The teacher writes what the decoder writes behind the same prompt, though it reads the prompt only once.</summary>
public sealed class ModelTeacherTests(RandomModel folder) : IClassFixture<RandomModel>
{
    private const string Prompt = "The captain saw the storm.\nAsk:";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AskAsync_SeveralReplies_AreThoseOfTheDecoder()
    {
        ITokenizer tokenizer = TokenizerFile.Load(folder.Folder);
        await using LoadedModel model = Open(tokenizer);
        var teacher = new ModelTeacher(model, tokenizer, new ModelTeacherOptions { MaxNewTokens = 12, TopLogits = 3 });

        IReadOnlyList<TeacherReply> replies = await teacher.AskAsync(new TeacherRequest(Prompt, 3, 5), Token);

        Assert.Equal(3, replies.Count);
        await using var decoder = new LlamaAnswerDecoder(model, model.Fingerprint, tokenizer);
        for (int number = 0; number < 3; number++)
        {
            List<DecodeStep> steps = await DecodeAsync(
                decoder, tokenizer, new GenerationOptions { Temperature = 1, MaxNewTokens = 12, Seed = (5 * 1_000_003) + number });
            Assert.Equal(steps.Select(step => step.TokenId), replies[number].Tokens.Select(token => token.Id));
            Assert.All(
                steps.Zip(replies[number].Tokens), pair => Assert.Equal(pair.First.LogProbability, pair.Second.LogProbability, 4));
            Assert.All(replies[number].Tokens, token => Assert.Equal(3, token.TopIds.Count));
            Assert.Equal(tokenizer.Decode(steps.Select(step => step.TokenId)), replies[number].Text);
        }

        Assert.True(replies.Select(reply => reply.Text).Distinct().Count() > 1, "Other random numbers give other replies.");
    }

    [Fact]
    public async Task AskAsync_GreedyAfterTheFirstCharacter_TakesTheLikeliestFromThereOn()
    {
        ITokenizer tokenizer = TokenizerFile.Load(folder.Folder);
        await using LoadedModel model = Open(tokenizer);
        var teacher = new ModelTeacher(model, tokenizer, new ModelTeacherOptions { MaxNewTokens = 24, TopLogits = 2 });
        TeacherReply free = (await teacher.AskAsync(new TeacherRequest(Prompt, 1, 11), Token))[0];
        string mark = free.Text.TrimStart()[..1];

        TeacherReply reply = (await teacher.AskAsync(new TeacherRequest(Prompt, 1, 11) { GreedyAfter = mark }, Token))[0];

        int drawn = reply.Tokens.Count(token => token.TopIds.Count == 0);
        Assert.InRange(drawn, 1, reply.Tokens.Count - 1);
        Assert.Equal(free.Tokens.Take(drawn).Select(token => token.Id), reply.Tokens.Take(drawn).Select(token => token.Id));
        Assert.All(reply.Tokens.Skip(drawn), token => Assert.Equal(token.TopIds[0], token.Id));
        Assert.All(reply.Tokens.Skip(drawn), token => Assert.Equal(token.TopLogProbabilities[0], token.LogProbability, 4));
    }

    [Fact]
    public async Task AskAsync_PromptTooLong_IsRefusedBeforeWork()
    {
        ITokenizer tokenizer = TokenizerFile.Load(folder.Folder);
        await using LoadedModel model = Open(tokenizer);
        var teacher = new ModelTeacher(model, tokenizer, new ModelTeacherOptions { MaxNewTokens = 120 });

        Assert.Equal(8, teacher.MaxPromptTokens);
        await Assert.ThrowsAsync<WindowExceededException>(() => teacher.AskAsync(new TeacherRequest(Prompt, 1, 1), Token));
    }

    [Fact]
    public async Task Fingerprint_OtherSampling_IsAnother()
    {
        ITokenizer tokenizer = TokenizerFile.Load(folder.Folder);
        await using LoadedModel model = Open(tokenizer);

        string Of(ModelTeacherOptions options) => new ModelTeacher(model, tokenizer, options).Fingerprint;

        Assert.Distinct(
        [
            Of(new ModelTeacherOptions()), Of(new ModelTeacherOptions { Temperature = 0.5 }),
            Of(new ModelTeacherOptions { TopP = 0.5 }), Of(new ModelTeacherOptions { TopLogits = 4 }),
        ]);
        Assert.Throws<LlocoException>(() => Of(new ModelTeacherOptions { Adapter = "none" }));
        Assert.Throws<LlocoException>(() => Of(new ModelTeacherOptions { MaxNewTokens = 4096 }));
    }

    private static async Task<List<DecodeStep>> DecodeAsync(
        LlamaAnswerDecoder decoder, ITokenizer tokenizer, GenerationOptions options)
    {
        var steps = new List<DecodeStep>();
        var request = new DecodeRequest([], tokenizer.Encode(Prompt).ToArray(), null, options);
        await foreach (DecodeStep step in decoder.DecodeAsync(request, Token))
        {
            steps.Add(step);
        }

        return steps;
    }

    private LoadedModel Open(ITokenizer tokenizer) =>
        LoadedModel.Open(folder.Folder, LlocoDevice.Cpu, WeightPrecision.AsStored, tokenizer.Fingerprint);
}
