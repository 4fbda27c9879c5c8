using LLoCO.Core.Compression;
using LLoCO.Core.Compression.Published;
using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Prefixes;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Fakes;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Decoding.Prefixes;

/// <summary>Answers behind key/value memories, compared with a plain LLaMA in double precision whose first entries are the slots: keys
/// turned to the place of their segment, biases added to their scores, the prompt's positions behind the tokens.</summary>
public sealed class MemoryPrefixTests
{
    private static readonly int[] Prompt = [3, 1, 4, 1, 5, 9, 2, 6];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DecodeEngineKind.Auto, 0, 0)]
    [InlineData(DecodeEngineKind.LibTorch, 0, 0)]
    [InlineData(DecodeEngineKind.Auto, 3, 0)]
    [InlineData(DecodeEngineKind.LibTorch, 3, 0)]
    [InlineData(DecodeEngineKind.Auto, 0, 4)]
    public async Task DecodeAsync_BehindMemories_GivesThePlainModelsAnswer(DecodeEngineKind engine, int head, int slots)
    {
        await using var golden = new GoldenModel("b_gqa");
        SummaryEmbeddings[] memories = [Memory(golden, head, 1, (5, 3), (9, 4)), Memory(golden, head, 2, (6, 2))];
        await using var decoder = new LlamaAnswerDecoder(
            golden.Loaded, memories[0].Fingerprint, null, decoding: new DecodingOptions { Engine = engine },
            frame: new PrefixFrame(1) { MemorySlots = slots });

        List<DecodeStep> steps = await Read(decoder, memories);

        // The places of the segments: end to end, each as long as its tokens and what a prompt begins with.
        int[] places = [0, 5 + head, 14 + (2 * head)];
        PlainLlama plain = Plain(golden, memories, places, slots);
        plain.Positions = 20 + (3 * head);
        double[] logits = plain.Logits(plain.Run(plain.Embed(Prompt))[^1]);
        double sum = logits.Sum(logit => Math.Exp(logit - logits.Max()));
        Assert.Equal(plain.Generate(plain.Embed(Prompt), 12), steps.Select(step => step.TokenId));
        Assert.Equal(-Math.Log(sum), steps[0].LogProbability, 2e-5);
    }

    [Fact]
    public async Task DecodeAsync_SegmentsBeyondThreeQuartersOfTheWindow_LieSideBySideBeforeThePrompt()
    {
        await using var golden = new GoldenModel("b_gqa");
        int window = golden.Loaded.Config.MaxPositions;
        SummaryEmbeddings[] memories = [Memory(golden, 0, 1, (window / 2, 3), (window / 3, 4))];
        await using var decoder = new LlamaAnswerDecoder(golden.Loaded, memories[0].Fingerprint, null);

        List<DecodeStep> steps = await Read(decoder, memories);

        PlainLlama plain = Plain(golden, memories, [0, (window / 2) - (window / 3)], 0);
        plain.Positions = window / 2;
        Assert.Equal(plain.Generate(plain.Embed(Prompt), 12), steps.Select(step => step.TokenId));
    }

    [Theory]
    [InlineData((int)PrefixPlaces.Auto)]
    [InlineData((int)PrefixPlaces.SideBySide)]
    [InlineData((int)PrefixPlaces.EndToEnd)]
    public async Task DecodeAsync_SeveralMemories_LieWhereTheyAreToldToOrFit(int layout)
    {
        var places = (PrefixPlaces)layout;
        await using var golden = new GoldenModel("b_gqa");
        int window = golden.Loaded.Config.MaxPositions;
        (int first, int second) = places == PrefixPlaces.Auto ? (window / 3, window / 2) : (5, 9);
        SummaryEmbeddings[] memories = [Memory(golden, 0, 1, (first, 3)), Memory(golden, 0, 2, (second, 4))];
        await using var decoder = new LlamaAnswerDecoder(
            golden.Loaded, memories[0].Fingerprint, null, frame: new PrefixFrame(1) { Places = places });

        List<DecodeStep> steps = await Read(decoder, memories);

        bool beside = places != PrefixPlaces.EndToEnd;
        PlainLlama plain = Plain(golden, memories, beside ? [second - first, 0] : [0, first], 0);
        plain.Positions = beside ? second : first + second;
        Assert.Equal(plain.Generate(plain.Embed(Prompt), 12), steps.Select(step => step.TokenId));
    }

    [Fact]
    public async Task DecodeAsync_MemoriesThatFillTheWindowEach_StandInOnePrefix()
    {
        await using var golden = new GoldenModel("b_gqa");
        int longest = golden.Loaded.Config.MaxPositions - Prompt.Length - 12;
        SummaryEmbeddings[] memories = [.. Enumerable.Range(1, 4).Select(seed => Memory(golden, 0, seed, (longest, 3)))];
        await using var decoder = new LlamaAnswerDecoder(golden.Loaded, memories[0].Fingerprint, null);
        await using var strict = new LlamaAnswerDecoder(
            golden.Loaded, memories[0].Fingerprint, null, frame: new PrefixFrame(1) { Places = PrefixPlaces.EndToEnd });

        Assert.NotEmpty(await Read(decoder, memories));
        WindowExceededException error = Assert.Throws<WindowExceededException>(() => Decode(strict, memories));
        Assert.Contains($"{4 * longest} summary embeddings", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WeightPrecision.Float32, SummaryEncoding.Float32)]
    [InlineData(WeightPrecision.BFloat16, SummaryEncoding.BFloat16)]
    [InlineData(WeightPrecision.Float16, SummaryEncoding.Int8)]
    public async Task Build_EachFormat_GivesTheBitsOfThePassThatLearns(WeightPrecision precision, SummaryEncoding encoding)
    {
        await using var golden = new GoldenModel("b_gqa", precision);
        LlamaConfig config = golden.Loaded.Config;
        SummaryEmbeddings memory = Memory(golden, 0, 1, (300, 37), (9, 4), (11, 20));
        memory = SummaryEmbeddings.FromVectors(
            "document", SummaryPayload.Decode(memory), memory.Width, encoding, memory.Segments, memory.Fingerprint);

        (List<string> built, List<string> laid) = await golden.Loaded.Worker.RunAsync(
            () =>
            {
                using TorchSharp.DisposeScope scope = NewDisposeScope();
                using PrefixKeyValues prefix = MemoryPrefix.Build(golden.Loaded.Model, [memory, memory], 0, PrefixPlaces.EndToEnd);
                int[] places = [0, 300, 309, 320, 620, 629];
                int[] counts = [37, 4, 20, 37, 4, 20];
                Tensor rows = tensor(SummaryPayload.Decode(memory), [61, memory.Width]);
                var layers = MemoryPrefix.Lay(
                    config, cat([rows, rows], 0), [.. counts.SelectMany((count, i) => Enumerable.Repeat(places[i], count))]);
                return (
                    Enumerable.Range(0, config.Layers).SelectMany(layer =>
                        new[] { Bits(prefix.Keys(layer)), Bits(prefix.Values(layer)), Bits(prefix.Bias(layer)!) }).ToList(),
                    layers.SelectMany(layer => new[]
                    {
                        Bits(layer.Keys.to(golden.Loaded.Model.Weights.Type)), Bits(layer.Values.to(golden.Loaded.Model.Weights.Type)),
                        Bits(layer.Biases),
                    }).ToList());
            },
            Token);

        Assert.Equal(laid, built);

        static string Bits(Tensor numbers) => Convert.ToHexString(numbers.contiguous().bytes);
    }

    [Fact]
    public async Task CountAdded_SumsToWhatThePrefixTakes()
    {
        await using var golden = new GoldenModel("b_gqa");
        SummaryEmbeddings[] memories = [Memory(golden, 0, 1, (300, 3)), Memory(golden, 0, 2, (400, 3)), Memory(golden, 0, 3, (500, 3))];

        // 700 of 1,000 positions end to end; the third makes all lie side by side.
        Assert.Equal([300, 400, -200], KeyValueMemory.CountAdded(memories, 1000, PrefixPlaces.Auto));
        Assert.Equal([300, 400, 500], KeyValueMemory.CountAdded(memories, 1000, PrefixPlaces.EndToEnd));
        Assert.Equal([300, 100, 100], KeyValueMemory.CountAdded(memories, 1000, PrefixPlaces.SideBySide));
    }

    [Fact]
    public async Task ScoreAsync_BehindAMemory_IsThePlainModelsLogProbability()
    {
        await using var golden = new GoldenModel("b_gqa");
        SummaryEmbeddings[] memories = [Memory(golden, 0, 1, (9, 4))];
        await using var decoder = new LlamaAnswerDecoder(golden.Loaded, memories[0].Fingerprint, null);
        PlainLlama plain = Plain(golden, memories, [0], 0);
        plain.Positions = 9;
        double[][] normed = plain.Run(plain.Embed([.. Prompt, 7]));
        double expected = new[] { (normed[^2], 7), (normed[^1], 8) }.Sum(one =>
        {
            double[] logits = plain.Logits(one.Item1);
            return logits[one.Item2] - Math.Log(logits.Sum(Math.Exp));
        });

        Continuation continuation = new(Prompt.AsMemory(7), (int[])[7, 8]);
        IReadOnlyList<ContinuationScore> scores = await decoder.ScoreAsync(
            new ScoringRequest(memories, Prompt.AsMemory(0, 7), [continuation, continuation], null), Token);

        Assert.All(scores, score => Assert.Equal(expected, score.LogProbability, 2e-5));
    }

    [Fact]
    public async Task DecodeAsync_MemoryOfAnotherWidthOrPromptBeginning_IsRefused()
    {
        await using var golden = new GoldenModel("b_gqa");
        SummaryEmbeddings memory = Memory(golden, 0, 1, (9, 4));
        await using var decoder = new LlamaAnswerDecoder(golden.Loaded, memory.Fingerprint, null);
        var narrow = SummaryEmbeddings.FromVectors(
            "a", new float[4], 2, SummaryEncoding.Float32, [new SegmentSummary(0, 0, 3, 0, 2)], memory.Fingerprint);

        Assert.Contains("wide", Assert.Throws<LlocoException>(() => Decode(decoder, [narrow])).Message, StringComparison.Ordinal);
        Assert.Throws<FingerprintMismatchException>(() => Decode(decoder, [Memory(golden, 3, 1, (9, 4))]));
        Assert.Throws<FingerprintMismatchException>(() => Decode(decoder, [golden.Summary(golden.Floats("compress.int_segments.softprompt"))]));
    }

    private static IAsyncEnumerable<DecodeStep> Decode(LlamaAnswerDecoder decoder, SummaryEmbeddings[] memories) =>
        decoder.DecodeAsync(new DecodeRequest(memories, Prompt, null, new GenerationOptions { MaxNewTokens = 12 }), Token);

    private static async Task<List<DecodeStep>> Read(LlamaAnswerDecoder decoder, SummaryEmbeddings[] memories)
    {
        var steps = new List<DecodeStep>();
        await foreach (DecodeStep step in Decode(decoder, memories))
        {
            steps.Add(step);
        }

        return steps;
    }

    private static SummaryEmbeddings Memory(GoldenModel golden, int head, int seed, params (int Tokens, int Slots)[] segments)
    {
        LlamaConfig config = golden.Loaded.Config;
        int width = config.Layers * config.KeyValueHeads * ((2 * config.HeadDimension) + 1);
        var random = new Random(seed);
        float[] numbers = [.. Enumerable.Range(0, segments.Sum(one => one.Slots) * width).Select(_ => (random.NextSingle() * 3) - 1.5f)];
        return SummaryEmbeddings.FromVectors(
            $"document {seed}", numbers, width, SummaryEncoding.Float32, SegmentMap.FromCounts(segments),
            KeyValueMemory.Fingerprint(golden.Loaded.Fingerprint, head));
    }

    /// <summary>Reads the rows by hand: keys and values of each layer, [key or value][head][number], then biases of each layer.</summary>
    private static PlainLlama Plain(GoldenModel golden, SummaryEmbeddings[] memories, int[] places, int slots)
    {
        LlamaConfig config = golden.Loaded.Config;
        int numbers = config.KeyValueHeads * config.HeadDimension;
        var rows = new List<(float[] Row, int Place)>();
        int at = 0;
        foreach (SummaryEmbeddings memory in memories)
        {
            float[] all = SummaryPayload.Decode(memory);
            foreach (SegmentSummary segment in memory.Segments)
            {
                int kept = slots == 0 || slots > memory.Count ? segment.VectorCount : segment.VectorCount * slots / memory.Count;
                for (int row = segment.VectorStart; row < segment.VectorStart + kept; row++)
                {
                    rows.Add((all[(row * memory.Width)..((row + 1) * memory.Width)], places[at]));
                }

                at++;
            }
        }

        double[][][] keys = [.. Enumerable.Range(0, config.Layers).Select(layer => rows.Select(one => Turn(
            one.Row[(2 * layer * numbers)..(((2 * layer) + 1) * numbers)], one.Place, config)).ToArray())];
        double[][][] values = [.. Enumerable.Range(0, config.Layers).Select(layer => rows.Select(one => Array.ConvertAll(
            one.Row[(((2 * layer) + 1) * numbers)..(((2 * layer) + 2) * numbers)], number => (double)number)).ToArray())];
        return new PlainLlama(Goldens.Path("b_gqa", "model"), config)
        {
            Prefix = (keys, values),
            Biases = [.. Enumerable.Range(0, config.Layers).Select(layer => Enumerable.Range(0, config.KeyValueHeads).Select(head => rows
                .Select(one => (double)one.Row[(2 * config.Layers * numbers) + (layer * config.KeyValueHeads) + head]).ToArray()).ToArray())],
        };
    }

    private static double[] Turn(float[] keys, int place, LlamaConfig config)
    {
        double[] turned = Array.ConvertAll(keys, number => (double)number);
        int head = config.HeadDimension;
        for (int offset = 0; offset < keys.Length; offset += head)
        {
            for (int i = 0; i < head / 2; i++)
            {
                double angle = place * Math.Pow(config.RopeTheta, -2.0 * i / head);
                (double one, double other) = (keys[offset + i], keys[offset + i + (head / 2)]);
                turned[offset + i] = (one * Math.Cos(angle)) - (other * Math.Sin(angle));
                turned[offset + i + (head / 2)] = (other * Math.Cos(angle)) + (one * Math.Sin(angle));
            }
        }

        return turned;
    }
}
