using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Training;
using LLoCO.Training.Probing;
using Xunit;

namespace LLoCO.Core.Tests.Training.Probing;

/// <summary>The numbers themselves are compared with the original's by the verification of reference cases.</summary>
public sealed class ModelProbeTests
{
    private static readonly LlamaConfig Config = new()
    {
        VocabularySize = 32, HiddenSize = 16, IntermediateSize = 24, Layers = 2, Heads = 2, KeyValueHeads = 1, HeadDimension = 8,
        MaxPositions = 64, SummaryLength = 2, SegmentLength = 8, EndOfSequenceIds = [],
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void FeedToken_BehindAPrompt_GivesTheLogitsOfThePromptReadWhole()
    {
        using var model = ModelPasses.CreateRandom(Config, WeightPrecision.Float32);
        using PassKernels kernels = model.CreateKernels()!;
        using PassSession whole = model.Begin(4);
        using PassSession steps = model.Begin(4, kernels);
        using PassSession again = model.Begin(4);

        float[] logits = whole.FeedTokens([3, 4, 5], all: true);
        steps.FeedTokens([3]);
        float[] second = steps.FeedToken(4).ToArray();
        again.FeedTokens([3, 9]);
        again.Truncate(1);
        float[] third = again.FeedTokens([4]);

        Assert.Equal(3 * Config.VocabularySize, logits.Length);
        Assert.All(logits.Skip(Config.VocabularySize).Zip(second), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        Assert.All(second.Zip(third), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        Assert.Equal(1, Enumerable.Range(0, Config.VocabularySize).Sum(id => Math.Exp(PassSession.LogProbability(second, id))), 1e-5);
        Assert.Equal(second.Max(), second[steps.Choose(second)]);
    }

    [Fact]
    public void EncodeSegment_ARowAtATime_IsTheSameAsAllRowsAndAsCompression()
    {
        using var model = ModelPasses.CreateRandom(Config, WeightPrecision.Float32);
        using PassCompression compression = model.BeginCompression(1);

        SegmentNumbers both = model.EncodeSegment(new SegmentInput(2, 3, [3, 4, 5, 6, 7, 8]));
        float[] second = compression.Next((int[])[6, 7, 8]);

        Assert.Equal([2, 3, Config.VocabularySize], both.Logits.Shape);
        Assert.Equal([2, Config.SummaryLength, Config.HiddenSize], both.Summary!.Shape);
        Assert.Equal(second.Length, both.Summary.Numbers.Length / 2);
        Assert.All(
            both.Summary.Numbers.Skip(second.Length).Zip(second), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public void OutOfRange_IsRefusedInWords()
    {
        using var model = ModelPasses.CreateRandom(Config);
        using PassSession session = model.Begin(4);
        using PassCompression compression = model.BeginCompression(1);

        Assert.Contains("0 to 31", Assert.Throws<ArgumentException>(() => session.FeedTokens([32])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => session.FeedToken(-1).Length);
        Assert.Throws<ArgumentException>(() => session.FeedTokens([]));
        Assert.Throws<ArgumentException>(() => session.FeedVectors(new float[15]));
        Assert.Throws<ArgumentException>(() => compression.Next((int[])[99]));
        Assert.Throws<ArgumentException>(() => model.EncodeSegment(new SegmentInput(1, 2, [3])));
        Assert.Throws<ArgumentException>(() => model.EncodeSegment(new SegmentInput(1, 1, [32])));
        Assert.Throws<LlocoException>(() => model.Begin(1, adapter: "absent"));
        Assert.Throws<ArgumentNullException>(() => model.CreatePrefixes(0, Path.GetTempPath()));
    }

    [Fact]
    public async Task DecoderAndCompressor_ShareTheModelWithItsPasses()
    {
        await using var probe = ModelProbe.CreateRandom(Config, WeightPrecision.Float32);
        probe.AddAdapter("fresh", 2, 4, [LoraTarget.Query], seed: 1);
        var vectors = new List<float>();
        await foreach (float[] summary in probe.CreateCompressor().CompressAsync([(int[])[3, 4, 5]], default, Token))
        {
            vectors.AddRange(summary);
        }

        float[] direct = await probe.RunAsync(
            model =>
            {
                using PassCompression compression = model.BeginCompression(1);
                return compression.Next((int[])[3, 4, 5]);
            },
            Token);
        Assert.Equal(direct, vectors);
        await using ProbeDecoder decoder = probe.CreateDecoder();
        var request = new DecodeRequest(
            [SummaryEmbeddings.FromVectors(
                "document", direct, Config.HiddenSize, SummaryEncoding.Float32, [new SegmentSummary(0, 0, 3, 0, 2)], probe.Fingerprint)],
            (int[])[3, 4], "fresh", new GenerationOptions { MaxNewTokens = 5 });
        Assert.Equal(5, await decoder.DecodeAsync(request, Token).CountAsync(Token));
        Assert.InRange(decoder.Fed, 4, 5);
        Assert.Equal(["fresh"], probe.Adapters);
    }

    [Fact]
    public async Task BeginFinetune_TakesSteps_LowersTheLoss()
    {
        await using var probe = ModelProbe.CreateRandom(Config, WeightPrecision.Float32);
        AdapterExample[] examples = [new() { Id = "one", Prompt = (int[])[3, 4], Answer = (int[])[5, 6] }];
        using AdapterSteps steps = await probe.BeginFinetuneAsync(
            new AdapterExampleList(examples), new AdapterTrainingOptions { Epochs = 100, LearningRate = 0.05, WarmUp = 0 }, Token);

        double first = await steps.TakeAsync(Token);
        double last = first;
        for (int step = 0; step < 20; step++)
        {
            last = await steps.TakeAsync(Token);
        }

        Assert.True(last < first, $"The loss was {first} and is {last}.");
    }
}
