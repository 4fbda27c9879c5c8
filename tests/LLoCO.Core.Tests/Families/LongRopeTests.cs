using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Batching;
using LLoCO.Core.Decoding.Prefixes;
using LLoCO.Core.Model;
using LLoCO.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Families;

/// <summary>Longrope rotates a sequence by other factors once it exceeds the original window, 12 positions here. Whatever was computed
/// before must follow.</summary>
public sealed class LongRopeTests : IDisposable
{
    private const double Tolerance = 5e-4;

    private static readonly int[] Ids = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7];

    private readonly PlainCheckpoint _files = new(PlainCases.Find("phi3, longrope"));
    private readonly LlamaModel _model;
    private readonly PlainModel _reference;

    public LongRopeTests() => (_model, _reference) = (_files.Load(), _files.Reference());

    public void Dispose()
    {
        _model.Dispose();
        _files.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void FeedTokens_BehindVectors_CountsThem(int promptTokens)
    {
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        double[][] front = [.. Enumerable.Range(0, 5).Select(row => Enumerable.Range(0, 24).Select(i => Math.Sin((row * 24) + i)).ToArray())];
        using KernelDecoder kernels = KernelDecoder.Create(_model, new DecodingOptions { Threads = 2 })!;
        using var session = new DecodeSession(_model, null, 12, kernels) { PromptTokens = promptTokens };
        session.FeedVectors([.. front.SelectMany(row => row).Select(number => (float)number)], 5);

        PlainModelTests.AssertNear(_reference.Logits(Ids[..9], front), session.FeedTokens(Ids.AsSpan(0, 9), all: true), Tolerance);

        PlainModelTests.AssertNear([_reference.Logits(Ids[..10], front)[^1]], session.FeedToken(Ids[9]).ToArray(), Tolerance);
    }

    /// <summary>The cache keeps a prefix for short and for long sequences apart.</summary>
    [Fact]
    public void FeedPrefix_ShortAndLongSequences_HavePrefixesOfTheirOwn()
    {
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        using var known = new PrefixCache(1 << 20);
        float[] vectors = [.. Enumerable.Range(0, 5 * 24).Select(i => (float)Math.Sin(i))];
        double[][] front = [.. vectors.Select(number => (double)number).Chunk(24)];
        SummaryEmbeddings[] prefix =
        [
            SummaryEmbeddings.FromVectors(
                "a", vectors, 24, SummaryEncoding.Float32, [new SegmentSummary(0, 0, 9, 0, 5)], new ModelFingerprint("m", "t", 9, 5, "identity")),
        ];
        foreach ((int told, int tokens) in ((int, int)[])[(0, 4), (0, 9), (9, 9), (4, 4)])
        {
            using var session = new DecodeSession(_model, null, 12) { PromptTokens = told };
            session.FeedPrefix(prefix, known);

            float[] logits = session.FeedTokens(Ids.AsSpan(0, tokens), all: true);

            PlainModelTests.AssertNear(_reference.Logits(Ids[..tokens], front), logits, Tolerance);
        }

        Assert.Equal((2, 2L), (known.Count, known.Computed));
    }

    [Fact]
    public void Truncate_BackIntoTheOriginalWindow_UsesShortFactorsAgain()
    {
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        using var session = new DecodeSession(_model, null, 20);
        session.FeedTokens(Ids);
        session.Truncate(6);

        PlainModelTests.AssertNear([_reference.Logits([.. Ids[..6], 7, 8])[^1]], session.FeedTokens([7, 8]), Tolerance);
    }

    /// <summary>As the batch of answers does: prompts in parts, then one token for each.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(14)]
    public void Feed_SeveralAnswers_EachFollowsItsOwnLength(int promptTokens)
    {
        using IDisposable mode = inference_mode();
        using var first = new DecodeSession(_model, null, 20) { PromptTokens = promptTokens };
        using var second = new DecodeSession(_model, null, 20);
        DecodeSession[] both = [first, second];
        float[] logits = SharedPasses.FeedPrompts(both, [Ids.AsMemory(0, 8), Ids.AsMemory(2, 6)], [promptTokens == 0, true]);
        PlainModelTests.AssertNear(
            [.. promptTokens == 0 ? _reference.Logits(Ids[..8])[^1..] : [], .. _reference.Logits(Ids[2..8])[^1..]], logits, Tolerance);
        int[] prompt = Ids[..8];
        if (promptTokens > 0)
        {
            prompt = Ids;
            logits = SharedPasses.FeedPrompts([first], [Ids.AsMemory(8)], [true]);
            PlainModelTests.AssertNear(_reference.Logits(Ids)[^1..], logits, Tolerance);
        }

        for (int step = 1; step <= 5; step++)
        {
            logits = SharedPasses.FeedSequences(_model, both, [step, step + 1]);

            int[] one = [.. prompt, .. Enumerable.Range(1, step)];
            int[] other = [.. Ids[2..8], .. Enumerable.Range(2, step)];
            PlainModelTests.AssertNear([_reference.Logits(one)[^1], _reference.Logits(other)[^1]], logits, Tolerance);
        }
    }

    [Fact]
    public void Infer_ShortAndLongSequencesInOnePass_EachHasItsFactors()
    {
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        int[] all = [.. Ids[..5], .. Ids, .. Ids[..7]];
        Tensor inputs = _model.Embed(tensor(Array.ConvertAll(all, id => (long)id), [1, all.Length], dtype: ScalarType.Int64))[0];

        Tensor hidden = _model.Infer(
            inputs, [new SequenceRows(null, 5, 5), new SequenceRows(null, Ids.Length, Ids.Length), new SequenceRows(null, 7, 7)]);

        PlainModelTests.AssertNear(
            [.. _reference.Logits(Ids[..5]), .. _reference.Logits(Ids), .. _reference.Logits(Ids[..7])],
            _model.Logits(hidden).data<float>().ToArray(),
            Tolerance);
    }

    /// <summary>Rows of a training batch are as long as their positions say, whatever the other rows are.</summary>
    [Fact]
    public void Forward_BatchWithPadding_EachRowHasItsFactors()
    {
        using DisposeScope scope = NewDisposeScope();
        long[] ids = [.. Ids, .. Ids[..9], 0, 0, 0, 0, 0];
        long[] positions = [.. Enumerable.Range(0, 14), .. Enumerable.Range(0, 9), 0, 0, 0, 0, 0];
        var pass = new ForwardPass(tensor(positions, [2, 14], dtype: ScalarType.Int64), 14) { Causal = true };

        Tensor logits = _model.Logits(_model.Forward(_model.Embed(tensor(ids, [2, 14], dtype: ScalarType.Int64)), pass));

        PlainModelTests.AssertNear(_reference.Logits(Ids), logits[0].data<float>().ToArray(), Tolerance);
        PlainModelTests.AssertNear(
            _reference.Logits(Ids[..9]), logits[1].narrow(0, 0, 9).contiguous().data<float>().ToArray(), Tolerance);
    }

    [Fact]
    public void Compress_TrainingAcrossTheOriginalWindow_IsRefused()
    {
        using DisposeScope scope = NewDisposeScope();
        SegmentBatch[] places = [SegmentBatch.From([Ids[..3]]), SegmentBatch.From([Ids[..3]]), SegmentBatch.From([Ids[..8]])];
        Tensor summary = new SummaryLearner(_model).Compress(places[..2]);
        double[][] first = _reference.Compress([], Ids[..3]);
        PlainModelTests.AssertNear(
            [.. first, .. _reference.Compress(first, Ids[..3])], summary.contiguous().data<float>().ToArray(), Tolerance);

        LlocoException error = Assert.Throws<LlocoException>(() => new SummaryLearner(_model).Compress(places));

        Assert.Contains("original_max_position_embeddings (12)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Infer_StoredKeysOfAShortSequence_AreNotContinuedSilently()
    {
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        using var cache = new KeyValueCache(_model.Config, 1, 20, ScalarType.Float32, CPU);
        Tensor inputs = _model.Embed(tensor(Array.ConvertAll(Ids, id => (long)id), [1, Ids.Length], dtype: ScalarType.Int64))[0];
        _model.Infer(inputs.narrow(0, 0, 9), [new SequenceRows(cache, 9, 1)]);
        cache.Commit(9);

        LlocoException error = Assert.Throws<LlocoException>(
            () => _model.Infer(inputs.narrow(0, 9, 5), [new SequenceRows(cache, 5, 1)]));

        Assert.Contains("original_max_position_embeddings (12)", error.Message, StringComparison.Ordinal);
    }
}
