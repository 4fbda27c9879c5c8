using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Prefixes;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using LLoCO.Core.Tests.Fakes;
using TorchSharp;

namespace LLoCO.Core.Tests.Decoding.Prefixes;

public sealed class PrefixCacheTests
{
    private static readonly LlamaConfig Config = new()
    {
        VocabularySize = 8,
        HiddenSize = 4,
        IntermediateSize = 8,
        Layers = 3,
        Heads = 2,
        KeyValueHeads = 1,
        HeadDimension = 2,
        MaxPositions = 16,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("adapter")]
    public async Task Find_KnownPrefix_GivesTheSameLogitsAsComputingIt(string? adapter)
    {
        await using var model = new GoldenModel("b_gqa");
        using var known = new PrefixCache(1 << 20);
        LoraAdapter? pairs = model.Loaded.FindAdapter(adapter);
        DecodeRequest request = model.Request(adapter);
        float[] Ask(PrefixCache prefixes)
        {
            using var session = new DecodeSession(model.Loaded.Model, pairs, 64);
            session.FeedPrefix(request.Prefix, prefixes);
            return session.FeedTokens(request.Prompt.Span, all: true);
        }

        float[][] logits = await model.Loaded.Worker.RunAsync(
            () =>
            {
                using var nothing = new PrefixCache(0);
                return new[] { Ask(nothing), Ask(known), Ask(known) };
            },
            Token);

        Assert.Equal(1, known.Hits);
        Assert.Equal(logits[0], logits[1]);
        Assert.Equal(logits[0], logits[2]);
        float[] original = model.Floats($"prompt.with_softprompt.{adapter ?? "base"}.prefill_logits");
        Assert.All(original.Zip(logits[2]), pair => Assert.Equal(pair.First, pair.Second, 5e-4f));
    }

    [Theory]
    [InlineData(WeightPrecision.BFloat16, 0.999)]
    [InlineData(WeightPrecision.Float16, 0.9999)]
    public async Task FeedTokens_HalfPrecisionWithAdapter_PointsWhereTheOriginalsLogitsDo(WeightPrecision precision, double least)
    {
        await using var model = new GoldenModel("d_bf16", precision);
        using var known = new PrefixCache(1 << 20);
        DecodeRequest request = model.Request("adapter");

        float[] logits = await model.Loaded.Worker.RunAsync(
            () =>
            {
                using var session = new DecodeSession(model.Loaded.Model, model.Loaded.FindAdapter("adapter"), 64);
                session.FeedPrefix(request.Prefix, known);
                return session.FeedTokens(request.Prompt.Span, all: true);
            },
            Token);

        float[] original = model.Floats("prompt.with_softprompt.adapter.prefill_logits");
        double product = original.Zip(logits, (x, y) => (double)x * y).Sum();
        double lengths = Math.Sqrt(original.Sum(x => (double)x * x) * logits.Sum(x => (double)x * x));
        Assert.InRange(product / lengths, least, 1);
    }

    [Fact]
    public void GetOrAdd_MoreThanTheBytes_DropsWhatWasNotUsedForLongest()
    {
        // One position: 3 layers, keys and values, 1 head of 2 float32 numbers: 48 bytes.
        using var cache = new PrefixCache(48 * 5);
        using PrefixKeyValues a = cache.GetOrAdd(Key("a"), () => KeyValues(2));
        using PrefixKeyValues b = cache.GetOrAdd(Key("b"), () => KeyValues(2));
        Assert.Equal(48 * 4, cache.Bytes);

        using PrefixKeyValues again = cache.GetOrAdd(Key("a"), NotNeeded);
        using PrefixKeyValues c = cache.GetOrAdd(Key("c"), () => KeyValues(2));

        Assert.Same(a, again);
        Assert.Equal((48 * 4, 2), (cache.Bytes, cache.Count));
        using PrefixKeyValues still = cache.GetOrAdd(Key("a"), NotNeeded);
        using PrefixKeyValues anew = cache.GetOrAdd(Key("b"), () => KeyValues(2));
        Assert.NotSame(b, anew);
        Assert.Equal((2, 4), (cache.Hits, cache.Misses));
    }

    [Fact]
    public void GetOrAdd_LargerThanTheWhole_IsNotKeptAndDropsNobody()
    {
        using var cache = new PrefixCache(48 * 2);
        using PrefixKeyValues small = cache.GetOrAdd(Key("small"), () => KeyValues(2));

        using PrefixKeyValues large = cache.GetOrAdd(Key("large"), () => KeyValues(3));

        Assert.Equal((48 * 2, 1), (cache.Bytes, cache.Count));
        using PrefixKeyValues again = cache.GetOrAdd(Key("small"), NotNeeded);
        Assert.Same(small, again);
    }

    [Fact]
    public void GetOrAdd_DroppedWhileAnAnswerReadsIt_LivesAsLongAsTheAnswer()
    {
        using var cache = new PrefixCache(48 * 2);
        using var answer = new KeyValueCache(Config, 1, 4, torch.ScalarType.Float32, torch.CPU);
        answer.Attach(cache.GetOrAdd(Key("a"), () => KeyValues(2)));
        PrefixKeyValues prefix = answer.Prefix!;

        cache.GetOrAdd(Key("b"), () => KeyValues(2)).Dispose();

        Assert.Equal(2, answer.Length);
        Assert.Equal(7, prefix.Keys(0)[0, 0, 1, 0].item<float>());
        answer.Dispose();
        Assert.True(prefix.Keys(0).IsInvalid);
    }

    [Fact]
    public void GetOrAdd_TwoAnswersOfOnePrefix_ReadTheSameMemoryAndWriteTheirOwn()
    {
        using var cache = new PrefixCache(1 << 10);
        using var first = new KeyValueCache(Config, 1, 2, torch.ScalarType.Float32, torch.CPU);
        using var second = new KeyValueCache(Config, 1, 2, torch.ScalarType.Float32, torch.CPU);
        first.Attach(cache.GetOrAdd(Key("a"), () => KeyValues(2)));
        second.Attach(cache.GetOrAdd(Key("a"), NotNeeded));

        for (int layer = 0; layer < Config.Layers; layer++)
        {
            using torch.Tensor one = torch.ones(1, 1, 1, 2);
            using torch.Tensor two = one.Times(2);
            first.Write(layer, one, one);
            second.Write(layer, two, two);
        }

        first.Commit(1);
        second.Commit(1);
        Assert.Same(first.Prefix, second.Prefix);
        Assert.Equal((3, 3), (first.Length, second.Length));
        Assert.Equal((1f, 2f), (first.OwnKeys(2)[0, 0, 0, 0].item<float>(), second.OwnKeys(2)[0, 0, 0, 0].item<float>()));
        Assert.Equal(7, first.Prefix!.Keys(2)[0, 0, 1, 1].item<float>());
    }

    [Fact]
    public void Key_OtherContentOrAdapter_Differs()
    {
        SummaryEmbeddings one = Summary([1, 2, 3, 4]);
        SummaryEmbeddings other = Summary([1, 2, 3, 5]);
        using LoraAdapter adapter = LoraAdapter.Fresh("x", Config, 1, 1, [LoraTarget.Query], 1, torch.CPU);

        Assert.Equal(PrefixKey.Create([one, other], null), PrefixKey.Create([one, other], null));
        Assert.Equal(PrefixKey.Create([one], null), PrefixKey.Create([one with { DocumentId = "renamed" }], null));
        PrefixKey[] keys =
        [
            PrefixKey.Create([one], null),
            PrefixKey.Create([other], null),
            PrefixKey.Create([one, other], null),
            PrefixKey.Create([other, one], null),
            PrefixKey.Create([one], adapter),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    private static PrefixKey Key(string hash) => new(null, hash);

    private static PrefixKeyValues NotNeeded() => throw new InvalidOperationException("The prefix was computed again.");

    private static PrefixKeyValues KeyValues(long positions)
    {
        using var keyValues = new KeyValueCache(Config, 1, positions, torch.ScalarType.Float32, torch.CPU);
        Assert.Equal(keyValues.Bytes, KeyValueCache.BytesFor(Config, 1, positions, torch.ScalarType.Float32));
        using torch.Tensor sevens = torch.ones(new[] { 1, 1, positions, 2 }).Times(7);
        for (int layer = 0; layer < Config.Layers; layer++)
        {
            keyValues.Write(layer, sevens, sevens);
        }

        keyValues.Commit(positions);
        PrefixKeyValues frozen = keyValues.Freeze();
        Assert.Equal(keyValues.Bytes, frozen.Bytes);
        return frozen;
    }

    private static SummaryEmbeddings Summary(float[] vector) => new(
        "d",
        1,
        4,
        SummaryEncoding.Float32,
        SummaryPayload.Encode(vector, 4, SummaryEncoding.Float32),
        [new SegmentSummary(0, 0, 1, 0, 1)],
        new ModelFingerprint("m", "t", 8, 1, "identity"));
}
