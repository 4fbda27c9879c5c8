using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tests.Fakes;
using TorchSharp;

namespace LLoCO.Core.Tests.Decoding;

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
    public void Add_MoreThanTheBytes_DropsWhatWasNotUsedForLongest()
    {
        // One position: 3 layers, keys and values, 1 head of 2 float32 numbers: 48 bytes.
        using var cache = new PrefixCache(48 * 5);
        PrefixKey a = Key("a");
        PrefixKey b = Key("b");
        cache.Add(a, States(2));
        cache.Add(b, States(2));
        Assert.Equal(48 * 4, cache.Bytes);

        Assert.NotNull(cache.Find(a));
        cache.Add(Key("c"), States(2));

        Assert.NotNull(cache.Find(a));
        Assert.Null(cache.Find(b));
        Assert.Equal((48 * 4, 2), (cache.Bytes, cache.Count));
    }

    [Fact]
    public void Admits_LargerThanTheWhole_IsRefused()
    {
        using var cache = new PrefixCache(100);

        Assert.True(cache.Admits(100));
        Assert.False(cache.Admits(101));
    }

    [Fact]
    public void Key_OtherContentOrAdapter_Differs()
    {
        SummaryEmbeddings one = Summary([1, 2, 3, 4]);
        SummaryEmbeddings other = Summary([1, 2, 3, 5]);
        using LoraAdapter adapter = LoraAdapter.Fresh("x", Config, 1, 1, [LoraTarget.Query], 1, torch.CPU);

        Assert.Equal(PrefixKey.Of([one, other], null), PrefixKey.Of([one, other], null));
        Assert.Equal(PrefixKey.Of([one], null), PrefixKey.Of([one with { DocumentId = "renamed" }], null));
        PrefixKey[] keys =
        [
            PrefixKey.Of([one], null),
            PrefixKey.Of([other], null),
            PrefixKey.Of([one, other], null),
            PrefixKey.Of([other, one], null),
            PrefixKey.Of([one], adapter),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    private static PrefixKey Key(string hash) => new(null, hash);

    private static KeyValueCache States(long positions)
    {
        var states = new KeyValueCache(Config, 1, positions, torch.ScalarType.Float32, torch.CPU);
        Assert.Equal(states.Bytes, KeyValueCache.BytesFor(Config, 1, positions, torch.ScalarType.Float32));
        return states;
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
