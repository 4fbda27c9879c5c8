using LLoCO.Core.Compression;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tests.Fakes;
using TorchSharp;

namespace LLoCO.Core.Tests.Compression;

/// <summary>Summaries against the original's are in the golden verification; here is what surrounds them.</summary>
public sealed class AutoCompressorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CompressAsync_BehindEarlierSummaries_GivesTheOriginalsLastSegment()
    {
        await using var model = new GoldenModel("b_gqa");
        List<ReadOnlyMemory<int>> segments = model.Segments("list_segments");
        float[] earlier =
            [.. model.Floats("compress.list_segments.summary.0"), .. model.Floats("compress.list_segments.summary.1")];

        List<float[]> summaries = await Read(model.Compressor().CompressAsync([segments[2]], earlier, Token));

        float[] expected = model.Floats("compress.list_segments.summary.2");
        Assert.All(expected.Zip(Assert.Single(summaries)), pair => Assert.Equal(pair.First, pair.Second, 2e-4f));
    }

    [Fact]
    public async Task CompressAsync_DocumentsAtOnce_DoNotMix()
    {
        await using var model = new GoldenModel("b_gqa");
        AutoCompressor compressor = model.Compressor();
        string[] scenarios = [.. Enumerable.Range(0, 8).Select(i => i % 2 == 0 ? "int_segments" : "list_segments")];

        List<float[]>[] all = await Task.WhenAll(scenarios.Select(
            name => Task.Run(() => Read(compressor.CompressAsync(model.Segments(name), default, Token)), Token)));

        for (int i = 0; i < all.Length; i++)
        {
            float[] expected = model.Floats($"compress.{scenarios[i]}.softprompt");
            Assert.All(expected.Zip(all[i].SelectMany(row => row)), pair => Assert.Equal(pair.First, pair.Second, 2e-4f));
        }
    }

    [Theory]
    [InlineData("b_gqa", 2048)]
    [InlineData("b_gqa", 40)]
    [InlineData("a_mha", 2048)]
    public async Task NextAsync_DocumentsOfDifferentLengths_GiveTheSameSummariesTogetherAsAlone(string name, int rows)
    {
        await using var model = new GoldenModel(name);
        int[] lengths = [7, 61, 23, 1, 40];
        var random = new Random(5);
        int[][][] documents =
        [
            .. lengths.Select((length, i) => Enumerable.Range(0, 1 + (i % 3))
                .Select(_ => Enumerable.Range(0, length).Select(_ => random.Next(3, 128)).ToArray()).ToArray()),
        ];
        Task<CompressionRun> BeginAsync(int[][] document) => model.Loaded.Worker.RunAsync(
            () => new CompressionRun(model.Loaded.Model, default, document.Length), Token);
        async Task<List<float[]>> CompressAsync(SegmentQueue queue, CompressionRun begun, int[][] document)
        {
            using CompressionRun run = begun;
            var summaries = new List<float[]>();
            foreach (int[] segment in document)
            {
                summaries.Add(await queue.NextAsync(run, segment, Token));
            }

            return summaries;
        }

        var alone = new List<List<float[]>>();
        foreach (int[][] document in documents)
        {
            alone.Add(await CompressAsync(new SegmentQueue(model.Loaded), await BeginAsync(document), document));
        }

        var queue = new SegmentQueue(model.Loaded, rows);
        CompressionRun[] runs = await Task.WhenAll(documents.Select(BeginAsync));
        using var hold = new ManualResetEventSlim();
        Task busy = model.Loaded.Worker.RunAsync(() => hold.Wait(Token), Token);

        // The first segments of all documents are in the queue before the model is free.
        Task<List<float[]>[]> together = Task.WhenAll(documents.Zip(runs, (document, run) => CompressAsync(queue, run, document)));
        hold.Set();
        await busy;

        List<float[]>[] all = await together;
        int segments = documents.Sum(document => document.Length);
        Assert.InRange(queue.Passes, 3, rows > 1000 ? segments - 1 : segments);
        foreach ((List<float[]> expected, List<float[]> actual) in alone.Zip(all))
        {
            Assert.Equal(expected.Count, actual.Count);
            Assert.All(
                expected.SelectMany(row => row).Zip(actual.SelectMany(row => row)),
                pair => Assert.Equal(pair.First, pair.Second, 2e-4f));
        }
    }

    [Fact]
    public async Task NextAsync_CancelledWhileItWaits_LeavesTheOthersAlone()
    {
        await using var model = new GoldenModel("b_gqa");
        List<ReadOnlyMemory<int>> segments = model.Segments("list_segments");
        using var hold = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        Task busy = model.Loaded.Worker.RunAsync(() => hold.Wait(Token), Token);
        AutoCompressor compressor = model.Compressor();
        Task<List<float[]>> left = Read(compressor.CompressAsync(segments, default, cancel.Token));
        Task<List<float[]>> stays = Read(compressor.CompressAsync(segments, default, Token));

        await cancel.CancelAsync();
        hold.Set();

        await busy;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        float[] expected = model.Floats("compress.list_segments.softprompt");
        Assert.All(
            expected.Zip((await stays).SelectMany(row => row)), pair => Assert.Equal(pair.First, pair.Second, 2e-4f));
    }

    [Theory]
    [InlineData(WeightPrecision.AsStored, 0.999)]
    [InlineData(WeightPrecision.BFloat16, 0.999)]
    [InlineData(WeightPrecision.Float16, 0.9999)]
    public async Task CompressAsync_HalfPrecision_PointsWhereTheOriginalDoes(WeightPrecision precision, double least)
    {
        await using var model = new GoldenModel("d_bf16", precision);

        List<float[]> summaries =
            await Read(model.Compressor().CompressAsync(model.Segments("list_segments"), default, Token));

        float[] expected = model.Floats("compress.list_segments.softprompt");
        float[] actual = [.. summaries.SelectMany(row => row)];
        for (int row = 0; row < expected.Length; row += 64)
        {
            double cosine = Cosine(expected.AsSpan(row, 64), actual.AsSpan(row, 64));
            Assert.True(cosine >= least, $"row {row / 64}: cosine {cosine}");
        }
    }

    [Fact]
    public async Task CompressAsync_WithoutAccumulation_SeesThePreviousSummaryOnly()
    {
        LlamaConfig config = Tiny(accumulate: false);
        await using var loaded = new LoadedModel(
            new LlamaModel(LlamaWeights.Random(config, 3, torch.ScalarType.Float32, torch.CPU)),
            new ModelFingerprint("m", "t", 4, 2, "identity"));
        var compressor = new AutoCompressor(loaded, tokens => [tokens.Length]);
        ReadOnlyMemory<int>[] segments = [new[] { 1, 2, 3 }, new[] { 4, 5, 6 }, new[] { 7, 8 }];

        List<float[]> all = await Read(compressor.CompressAsync(segments, default, Token));
        List<float[]> last = await Read(compressor.CompressAsync([segments[2]], all[1], Token));
        List<float[]> behindBoth = await Read(compressor.CompressAsync([segments[2]], all[0].Concat(all[1]).ToArray(), Token));

        Assert.Equal(all[2], Assert.Single(last));
        Assert.Equal(all[2], Assert.Single(behindBoth));
    }

    [Fact]
    public async Task CompressAsync_CancelledBetweenSegments_Stops()
    {
        await using var model = new GoldenModel("b_gqa");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        int done = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (float[] summary in model.Compressor()
                .CompressAsync(model.Segments("int_segments"), default, cancel.Token))
            {
                done++;
                await cancel.CancelAsync();
            }
        });

        Assert.Equal(1, done);
    }

    [Fact]
    public async Task CompressAsync_NoSegments_GivesNone()
    {
        await using var model = new GoldenModel("b_gqa");

        Assert.Empty(await Read(model.Compressor().CompressAsync([], default, Token)));
    }

    [Fact]
    public async Task CompressAsync_BadInput_IsRefusedByName()
    {
        await using var model = new GoldenModel("b_gqa");
        AutoCompressor compressor = model.Compressor();

        ArgumentException outside = Assert.Throws<ArgumentException>(
            () => { compressor.CompressAsync([new[] { 1 }, new[] { 3, -1 }], default, Token); });
        Assert.Contains("segment 1", outside.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => { compressor.CompressAsync([Array.Empty<int>()], default, Token); });
        Assert.Throws<ArgumentException>(() => { compressor.CompressAsync([new[] { 1 }], new float[63], Token); });
    }

    [Fact]
    public async Task Constructor_ModelThatCannotCompress_SaysWhatToLoad()
    {
        LlamaConfig config = Tiny(accumulate: true) with { SummaryLength = 0 };
        await using var loaded = new LoadedModel(
            new LlamaModel(LlamaWeights.Random(config, 3, torch.ScalarType.Float32, torch.CPU)),
            new ModelFingerprint("m", "t", 4, 0, "identity"));

        LlocoException error = Assert.Throws<LlocoException>(() => new AutoCompressor(loaded, tokens => [tokens.Length]));
        Assert.Contains("summary_length", error.Message, StringComparison.Ordinal);
    }

    private static LlamaConfig Tiny(bool accumulate) => new()
    {
        VocabularySize = 16,
        HiddenSize = 8,
        IntermediateSize = 16,
        Layers = 2,
        Heads = 2,
        KeyValueHeads = 1,
        HeadDimension = 4,
        MaxPositions = 64,
        SummaryLength = 2,
        AccumulateSummary = accumulate,
        SegmentLength = 4,
    };

    private static double Cosine(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double product = 0;
        double first = 0;
        double second = 0;
        for (int i = 0; i < x.Length; i++)
        {
            product += (double)x[i] * y[i];
            first += (double)x[i] * x[i];
            second += (double)y[i] * y[i];
        }

        return product / Math.Sqrt(first * second);
    }

    private static async Task<List<float[]>> Read(IAsyncEnumerable<float[]> summaries)
    {
        var all = new List<float[]>();
        await foreach (float[] summary in summaries)
        {
            all.Add(summary);
        }

        return all;
    }
}
