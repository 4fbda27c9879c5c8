using LLoCO.Core.Decoding;
using LLoCO.Core.Tests.Fakes;
using Xunit;

namespace LLoCO.Core.Tests.Decoding;

/// <summary>Against the logits that the original computed at all places of a prompt behind a softprompt.</summary>
public sealed class ContinuationScorerTests
{
    private const int Cue = 3;
    private const int Vocabulary = 128;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("adapter")]
    public async Task Score_PromptOfTheFixture_SumsItsLogProbabilities(string? adapter)
    {
        await using var golden = new GoldenModel("a_mha");
        await using LlamaAnswerDecoder decoder = golden.Decoder();
        DecodeRequest request = golden.Request(adapter);
        var whole = new Continuation(request.Prompt[..Cue], request.Prompt[Cue..]);
        var shorter = new Continuation(request.Prompt[..Cue], request.Prompt[Cue..(Cue + 1)]);
        int[] greedyIds = [request.Prompt.Span[0], Largest(golden, adapter, 0)];
        var greedy = new Continuation(greedyIds.AsMemory(0, 1), greedyIds.AsMemory(1));

        IReadOnlyList<ContinuationScore> scores = await decoder.ScoreAsync(
            new ScoringRequest(request.Prefix, default, [whole, shorter, greedy, whole], adapter), Token);

        Assert.Equal(Expected(golden, adapter, request.Prompt.Length), scores[0].LogProbability, 3);
        Assert.Equal(Expected(golden, adapter, Cue + 1), scores[1].LogProbability, 3);
        Assert.True(scores[2].IsGreedy);
        Assert.Equal(scores[0], scores[3]);
    }

    [Fact]
    public async Task Score_ContextInFrontOfTheCue_CountsAsCue()
    {
        await using var golden = new GoldenModel("a_mha");
        await using LlamaAnswerDecoder decoder = golden.Decoder();
        DecodeRequest request = golden.Request(null);

        IReadOnlyList<ContinuationScore> scores = await decoder.ScoreAsync(
            new ScoringRequest(
                request.Prefix, request.Prompt[..2], [new Continuation(request.Prompt[2..Cue], request.Prompt[Cue..])]),
            Token);

        Assert.Equal(Expected(golden, null, request.Prompt.Length), scores[0].LogProbability, 3);
    }

    [Fact]
    public async Task Score_EmptyTargetOrTooLong_IsRefused()
    {
        await using var golden = new GoldenModel("a_mha");
        await using LlamaAnswerDecoder decoder = golden.Decoder();
        int[] many = new int[decoder.NativeWindow];

        await Assert.ThrowsAsync<ArgumentException>(
            () => decoder.ScoreAsync(new ScoringRequest([], default, [new Continuation(many.AsMemory(0, 1), default)]), Token));
        await Assert.ThrowsAsync<WindowExceededException>(
            () => decoder.ScoreAsync(new ScoringRequest([], default, [new Continuation(new int[1], many)]), Token));
        Assert.Empty(await decoder.ScoreAsync(new ScoringRequest([], default, []), Token));
    }

    private static double Expected(GoldenModel golden, string? adapter, int end)
    {
        int[] prompt = golden.Ids($"prompt.with_softprompt.{adapter ?? "base"}.ids");
        float[] logits = golden.Floats($"prompt.with_softprompt.{adapter ?? "base"}.prefill_logits");
        double sum = 0;
        for (int place = Cue; place < end; place++)
        {
            double[] row = [.. logits.Skip((place - 1) * Vocabulary).Take(Vocabulary).Select(logit => (double)logit)];
            sum += row[prompt[place]] - Math.Log(row.Sum(Math.Exp));
        }

        return sum;
    }

    private static int Largest(GoldenModel golden, string? adapter, int place)
    {
        float[] row = golden.Floats($"prompt.with_softprompt.{adapter ?? "base"}.prefill_logits")[
            (place * Vocabulary)..((place + 1) * Vocabulary)];
        return Array.IndexOf(row, row.Max());
    }
}
