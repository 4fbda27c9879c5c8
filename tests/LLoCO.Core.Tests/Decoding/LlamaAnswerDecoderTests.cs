using LLoCO.Core.Decoding;
using LLoCO.Core.Tests.Fakes;

namespace LLoCO.Core.Tests.Decoding;

/// <summary>Answers are compared with those of the original's <c>generate()</c>, as the goldens have them.</summary>
public sealed class LlamaAnswerDecoderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("adapter")]
    public async Task DecodeAsync_Greedy_GivesTheOriginalsAnswerAndReportsItsLength(string? adapter)
    {
        await using var model = new GoldenModel("b_gqa");
        await using LlamaAnswerDecoder decoder = model.Decoder();

        List<DecodeStep> steps = await Read(decoder, model.Request(adapter));

        Assert.Equal(model.Answer(adapter), steps.Select(step => step.TokenId));
        Assert.All(steps.SkipLast(1), step => Assert.Null(step.Finish));
        Assert.Equal(FinishReason.Length, steps[^1].Finish);
    }

    [Fact]
    public async Task DecodeAsync_LogProbability_IsThatOfTheOriginalsLogits()
    {
        await using var model = new GoldenModel("b_gqa");
        await using LlamaAnswerDecoder decoder = model.Decoder();
        float[] logits = model.Floats("prompt.with_softprompt.base.prefill_logits")[^128..];
        int first = model.Answer(null)[0];
        double expected = logits[first] - Math.Log(logits.Sum(logit => Math.Exp(logit)));

        List<DecodeStep> steps = await Read(decoder, model.Request(null));

        Assert.Equal(expected, steps[0].LogProbability, 1e-3);
    }

    [Fact]
    public async Task DecodeAsync_SecondQuestionToTheSameDocuments_ComputesThePrefixOnce()
    {
        await using var model = new GoldenModel("b_gqa");
        await using LlamaAnswerDecoder decoder = model.Decoder();

        List<DecodeStep> first = await Read(decoder, model.Request(null));
        List<DecodeStep> second = await Read(decoder, model.Request(null));
        List<DecodeStep> adapted = await Read(decoder, model.Request("adapter"));

        Assert.Equal(model.Answer(null), second.Select(step => step.TokenId));
        Assert.Equal(first, second);
        Assert.Equal(model.Answer("adapter"), adapted.Select(step => step.TokenId));
        Assert.Equal((1, 2, 2), (decoder.Prefixes.Hits, decoder.Prefixes.Misses, decoder.Prefixes.Count));
    }

    [Fact]
    public async Task DecodeAsync_ManyAtOnce_AllGiveTheOriginalsAnswers()
    {
        await using var model = new GoldenModel("b_gqa");
        await using LlamaAnswerDecoder decoder = model.Decoder();
        string?[] adapters = [.. Enumerable.Range(0, 12).Select(i => i % 2 == 0 ? null : "adapter")];

        List<DecodeStep>[] answers =
            await Task.WhenAll(adapters.Select(adapter => Task.Run(() => Read(decoder, model.Request(adapter)), Token)));

        for (int i = 0; i < adapters.Length; i++)
        {
            Assert.Equal(model.Answer(adapters[i]), answers[i].Select(step => step.TokenId));
        }
    }

    [Fact]
    public async Task DecodeAsync_AReaderThatStops_HoldsUpNobodyElse()
    {
        await using var model = new GoldenModel("b_gqa");
        await using LlamaAnswerDecoder decoder = model.Decoder();
        DecodeRequest request = model.Request(null);
        await using IAsyncEnumerator<DecodeStep> slow = decoder.DecodeAsync(request, Token).GetAsyncEnumerator(Token);
        Assert.True(await slow.MoveNextAsync());

        List<DecodeStep> other = await Read(decoder, model.Request("adapter"));

        var read = new List<int> { slow.Current.TokenId };
        while (await slow.MoveNextAsync())
        {
            read.Add(slow.Current.TokenId);
        }

        Assert.Equal(model.Answer("adapter"), other.Select(step => step.TokenId));
        Assert.Equal(model.Answer(null), read);
    }

    [Fact]
    public async Task DecodeAsync_Cancelled_EndsBetweenTokensAndTheModelGoesOn()
    {
        await using var model = new GoldenModel("b_gqa");
        await using LlamaAnswerDecoder decoder = model.Decoder();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        int read = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (DecodeStep step in decoder.DecodeAsync(model.Request(null), cancel.Token))
            {
                if (++read == 3)
                {
                    await cancel.CancelAsync();
                }
            }
        });

        // What was generated before the cancellation may still be read; all of it cannot.
        Assert.InRange(read, 3, 23);
        Assert.Equal(model.Answer(null), (await Read(decoder, model.Request(null))).Select(step => step.TokenId));
    }

    [Fact]
    public async Task DecodeAsync_StopString_EndsWhereItIsComplete()
    {
        await using var model = new GoldenModel("a_mha");
        var decoder = new LlamaAnswerDecoder(model.Loaded, model.Loaded.Fingerprint, new NumberTokenizer());
        int[] answer = model.Answer(null);
        string stop = $"{answer[3]}][{answer[4]}]";

        List<DecodeStep> steps = await Read(
            decoder, model.Request(null, new GenerationOptions { MaxNewTokens = 24, StopStrings = ["never", stop] }));

        Assert.Equal(answer[..5], steps.Select(step => step.TokenId));
        Assert.Equal(FinishReason.Stop, steps[^1].Finish);
    }

    [Fact]
    public async Task DecodeAsync_SameSeed_GivesTheSameAnswer()
    {
        await using var model = new GoldenModel("a_mha");
        await using LlamaAnswerDecoder decoder = model.Decoder();
        var options = new GenerationOptions { MaxNewTokens = 24, Temperature = 3, Seed = 7 };

        List<DecodeStep> first = await Read(decoder, model.Request(null, options));
        List<DecodeStep> second = await Read(decoder, model.Request(null, options));
        List<DecodeStep> other = await Read(decoder, model.Request(null, options with { Seed = 8 }));

        Assert.Equal(first, second);
        Assert.NotEqual(first.Select(step => step.TokenId), other.Select(step => step.TokenId));
    }

    [Fact]
    public async Task DecodeAsync_MoreThanTheWindow_SaysHowMuch()
    {
        await using var model = new GoldenModel("a_mha");
        await using LlamaAnswerDecoder decoder = model.Decoder();
        int room = decoder.NativeWindow - 15 - 9;

        WindowExceededException error = Assert.Throws<WindowExceededException>(
            () => { decoder.DecodeAsync(model.Request(null, new GenerationOptions { MaxNewTokens = room + 1 }), Token); });

        Assert.Equal((decoder.NativeWindow + 1, decoder.NativeWindow), (error.Required, error.Window));
    }

    [Fact]
    public async Task DecodeAsync_ExactlyTheWindow_IsAnswered()
    {
        await using var model = new GoldenModel("a_mha");
        await using LlamaAnswerDecoder decoder = model.Decoder();
        int room = decoder.NativeWindow - 15 - 9;
        var options = new GenerationOptions { MaxNewTokens = room, StopTokenIds = [model.Answer(null)[0]] };

        Assert.Single(await Read(decoder, model.Request(null, options)));
    }

    [Fact]
    public async Task DecodeAsync_UnknownAdapter_NamesThoseThatAre()
    {
        await using var model = new GoldenModel("a_mha");
        await using LlamaAnswerDecoder decoder = model.Decoder();

        LlocoException error = Assert.Throws<LlocoException>(
            () => { decoder.DecodeAsync(model.Request(null) with { Adapter = "ship" }, Token); });

        Assert.Contains("'ship'", error.Message, StringComparison.Ordinal);
        Assert.Contains("adapter", error.Message, StringComparison.Ordinal);
        Assert.Equal(["adapter"], decoder.Adapters);
    }

    [Fact]
    public async Task DecodeAsync_SummariesOfAnotherModel_AreRefused()
    {
        await using var model = new GoldenModel("a_mha");
        await using LlamaAnswerDecoder decoder = model.Decoder();
        DecodeRequest request = model.Request(null);
        DecodeRequest foreign = request with
        {
            Prefix = [request.Prefix[0] with { Fingerprint = model.Loaded.Fingerprint with { Model = "other" } }],
        };

        Assert.Throws<FingerprintMismatchException>(() => { decoder.DecodeAsync(foreign, Token); });
    }

    [Fact]
    public async Task DecodeAsync_BadRequests_AreRefusedByName()
    {
        await using var model = new GoldenModel("a_mha");
        await using LlamaAnswerDecoder decoder = model.Decoder();
        DecodeRequest request = model.Request(null);

        ArgumentException outside = Assert.Throws<ArgumentException>(
            () => { decoder.DecodeAsync(request with { Prompt = new[] { 5, 128 } }, Token); });
        Assert.Contains("128", outside.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => { decoder.DecodeAsync(request with { Prompt = default }, Token); });
        LlocoException options = Assert.Throws<LlocoException>(
            () => { decoder.DecodeAsync(request with { Options = new GenerationOptions { MaxNewTokens = 0 } }, Token); });
        Assert.Contains("MaxNewTokens", options.Message, StringComparison.Ordinal);
        Assert.Throws<LlocoException>(
            () => { decoder.DecodeAsync(request with { Options = new GenerationOptions { StopStrings = ["x"] } }, Token); });
    }

    private static async Task<List<DecodeStep>> Read(LlamaAnswerDecoder decoder, DecodeRequest request)
    {
        var steps = new List<DecodeStep>();
        await foreach (DecodeStep step in decoder.DecodeAsync(request, Token))
        {
            steps.Add(step);
        }

        return steps;
    }
}
