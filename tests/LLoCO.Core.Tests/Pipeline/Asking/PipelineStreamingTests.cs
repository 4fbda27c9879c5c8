using LLoCO.Core.Decoding;
using LLoCO.Core.Tests.Fakes;
using Xunit;

namespace LLoCO.Core.Tests.Pipeline.Asking;

public sealed class PipelineStreamingTests
{
    private static readonly AskOptions Alone = new() { Context = ContextMode.None };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("  two words \n")]
    [InlineData("")]
    [InlineData("one\n\n  two")]
    public async Task Stream_PiecesTogether_AreTheAnswer(string generated)
    {
        await using FakePipeline fake = await AnsweringAsync(generated);

        List<AnswerUpdate> updates = await fake.Pipeline.AskStreamingAsync("why", Alone, Token).ToListAsync(Token);

        Assert.Equal(generated.Trim(), string.Concat(updates.Select(update => update.Text)));
        Assert.Equal(generated.Trim(), updates[^1].Answer!.Text);
        Assert.Equal(FinishReason.Stop, updates[^1].Answer!.Finish);
        Assert.All(updates.SkipLast(1), update => Assert.Null(update.Answer));
    }

    [Fact]
    public async Task Stream_StopString_EndsTheAnswerBeforeIt()
    {
        await using FakePipeline fake = await AnsweringAsync("yes, END never shown");
        AskOptions options = Alone with { Generation = new GenerationOptions { StopStrings = ["END"] } };

        List<AnswerUpdate> updates = await fake.Pipeline.AskStreamingAsync("why", options, Token).ToListAsync(Token);

        Assert.Equal("yes,", string.Concat(updates.Select(update => update.Text)));
        Assert.Equal((FinishReason.Stop, 8), (updates[^1].Answer!.Finish, updates[^1].Answer!.Tokens.Generated));
        Assert.Equal(1, fake.Decoder.Ended);
    }

    [Fact]
    public async Task Stream_MostTokensReached_FinishesByLength()
    {
        await using FakePipeline fake = await AnsweringAsync("abcdef");
        AskOptions options = Alone with { Generation = new GenerationOptions { MaxNewTokens = 3 } };

        LlocoAnswer answer = await fake.AskAsync("why", options);

        Assert.Equal(("abc", FinishReason.Length), (answer.Text, answer.Finish));
    }

    [Fact]
    public async Task Stream_Cancelled_StopsBetweenTokens()
    {
        using var cancel = new CancellationTokenSource();
        await using FakePipeline fake = await FakePipeline.CreateAsync(fingerprint => new EchoDecoder(fingerprint)
        {
            Answer = _ => "abcdef",
            BeforeToken = number =>
            {
                if (number == 3)
                {
                    cancel.Cancel();
                }
            },
        });
        string shown = string.Empty;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (AnswerUpdate update in fake.Pipeline.AskStreamingAsync("why", Alone, cancel.Token))
            {
                shown += update.Text;
            }
        });

        Assert.Equal("abc", shown);
        Assert.Equal(1, fake.Decoder.Ended);
    }

    [Fact]
    public async Task Stream_LeftEarly_EndsTheDecoder()
    {
        await using FakePipeline fake = await AnsweringAsync("abcdef");

        await foreach (AnswerUpdate _ in fake.Pipeline.AskStreamingAsync("why", Alone, Token))
        {
            break;
        }

        Assert.Equal((1, 1), (fake.Decoder.Started, fake.Decoder.Ended));
    }

    [Fact]
    public async Task Stream_EmptyQuestion_IsRefusedAtTheCall()
    {
        await using FakePipeline fake = await AnsweringAsync("x");

        Assert.Throws<ArgumentException>(() => fake.Pipeline.AskStreamingAsync(" ", Alone, Token));
    }

    [Fact]
    public async Task Ask_DecoderGivesNoFinishReason_SaysSo()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync(
            fingerprint => new EchoDecoder(fingerprint) { Answer = _ => "abc", Unfinished = true });

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => fake.AskAsync("why", Alone));

        Assert.Contains("finish reason", error.Message, StringComparison.Ordinal);
    }

    private static Task<FakePipeline> AnsweringAsync(string text) =>
        FakePipeline.CreateAsync(fingerprint => new EchoDecoder(fingerprint) { Answer = _ => text });
}
