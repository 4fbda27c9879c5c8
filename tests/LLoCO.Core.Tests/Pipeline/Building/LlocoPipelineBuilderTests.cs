using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Projection;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Pipeline.Building;

public sealed class LlocoPipelineBuilderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Build_NothingSaid_AsksForAModel()
    {
        LlocoConfigurationException error = await Assert.ThrowsAsync<LlocoConfigurationException>(
            () => LlocoPipeline.CreateBuilder().BuildAsync(Token));

        Assert.Contains("UseCheckpoint", Assert.Single(error.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_ManyFaults_ListsAllAtOnce()
    {
        using var folder = new TemporaryFolder();
        LlocoPipelineBuilder builder = LlocoPipeline.CreateBuilder()
            .UseCheckpoint(folder.PathOf("nowhere"))
            .AddAdapter("none", folder.PathOf("a"))
            .AddAdapter("twice", folder.PathOf("b"))
            .AddAdapter("twice", folder.PathOf("b"))
            .UseGeneration(new GenerationOptions { MaxNewTokens = 0, TopP = 3 })
            .UsePrompt("no mark")
            .UseIndex(folder.PathOf(Path.Combine("missing", "index.db")))
            .UseIndex(new InMemoryRetrievalIndex())
            .UsePrecision((WeightPrecision)9)
            .UseTopK(0);

        LlocoConfigurationException error = await Assert.ThrowsAsync<LlocoConfigurationException>(
            () => builder.BuildAsync(Token));

        string[] expected =
        [
            "nowhere", "'none'", "adapter_config.json", "2 times", "MaxNewTokens", "TopP", "{question}", "two indexes", "missing",
            "Precision is 9", "TopK is 0",
        ];
        Assert.All(expected, part => Assert.Contains(error.Faults, fault => fault.Contains(part, StringComparison.Ordinal)));
        Assert.All(error.Faults, fault => Assert.Contains(fault, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Build_AfterFaults_CanBePutRight()
    {
        LlocoPipelineBuilder builder = Complete().UseTopK(0);
        await Assert.ThrowsAsync<LlocoConfigurationException>(() => builder.BuildAsync(Token));

        await using LlocoPipeline pipeline = await builder.UseTopK(2).BuildAsync(Token);

        Assert.Equal(4096, pipeline.NativeWindow);
    }

    [Fact]
    public async Task Build_Done_SealsTheBuilder()
    {
        LlocoPipelineBuilder builder = Complete();
        await using LlocoPipeline pipeline = await builder.BuildAsync(Token);

        Assert.Throws<InvalidOperationException>(() => builder.UseTopK(2));
        await Assert.ThrowsAsync<InvalidOperationException>(() => builder.BuildAsync(Token));
    }

    [Fact]
    public async Task Build_LayersThatDoNotFit_ListsAllAtOnce()
    {
        var compressor = new CountingCompressor();
        var other = new EchoDecoder(compressor.Fingerprint with { Model = "other" });

        LlocoConfigurationException error = await Assert.ThrowsAsync<LlocoConfigurationException>(
            () => Complete().UseCompressor(compressor).UseDecoder(other).UseProjector(new Widening()).BuildAsync(Token));

        Assert.Equal(2, error.Faults.Count);
        Assert.Contains("other/characters/10:2/identity", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_IndexOfAnotherModel_IsRefusedAndTheFileReleased()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("index.db");
        await using (LlocoPipeline first = await Complete().UseIndex(file).BuildAsync(Token))
        {
            await first.IngestAsync([new SourceDocument("a", "text")], null, Token).SingleAsync(Token);
        }

        var other = new CountingCompressor { Fingerprint = new CountingCompressor().Fingerprint with { Tokenizer = "letters" } };

        FingerprintMismatchException error = await Assert.ThrowsAsync<FingerprintMismatchException>(
            () => Complete()
                .UseCompressor(other).UseDecoder(new EchoDecoder(other.Fingerprint)).UseIndex(file).BuildAsync(Token));

        Assert.Equal(("letters", "characters"), (error.Expected.Tokenizer, error.Found.Tokenizer));
        File.Delete(file);
    }

    [Fact]
    public async Task Dispose_IndexOfTheCaller_StaysOpen()
    {
        await using var index = new InMemoryRetrievalIndex();
        LlocoPipeline pipeline = await Complete().UseIndex(index).BuildAsync(Token);

        await pipeline.DisposeAsync();
        await pipeline.DisposeAsync();

        Assert.Null(await index.FindAsync("a", Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pipeline.AskAsync("why", null, Token));
    }

    [Fact]
    public async Task Dispose_IndexOfThePipeline_IsClosed()
    {
        using var folder = new TemporaryFolder();
        LlocoPipeline pipeline = await Complete().UseIndex(folder.PathOf("index.db")).BuildAsync(Token);
        IRetrievalIndex index = pipeline.Index;

        pipeline.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await index.FindAsync("a", Token));
    }

    [Fact]
    public async Task UseProjector_AnotherWidth_StoresProjectedVectorsAndGoesOnFromUnprojectedOnes()
    {
        ModelFingerprint fingerprint = new CountingCompressor().Fingerprint with { Projector = Widening.Name };
        var compressor = new CountingCompressor { Fingerprint = fingerprint };
        await using LlocoPipeline pipeline = await Complete()
            .UseCompressor(compressor)
            .UseDecoder(new EchoDecoder(fingerprint))
            .UseProjector(new Widening())
            .UseStorage(SummaryEncoding.Float32)
            .BuildAsync(Token);
        compressor.Before = done => _ = done == 1 ? throw new InvalidOperationException("stop") : done;
        SourceDocument[] document = [new("a", "0123456789abcdef")];
        IngestResult broken = await pipeline.IngestAsync(document, null, Token).SingleAsync(Token);
        compressor.Before = null;

        IngestResult resumed = await pipeline.IngestAsync(document, null, Token).SingleAsync(Token);

        Assert.NotNull(broken.Failure);
        Assert.Equal(1, resumed.SegmentsCompressed);
        SummaryEmbeddings summary = (await pipeline.Index.LoadSummaryAsync("a", Token))!;
        Assert.Equal((4, 5), (summary.Count, summary.Width));
        float[] values = SummaryPayload.Decode(summary);
        Assert.All(Enumerable.Range(0, 4), row => Assert.Equal(7f, values[(row * 5) + 4]));

        // The first vector of '0'..'9': ids 51, 52, … over three, plus its place.
        Assert.Equal([51 / 3f, (52 / 3f) + 1, (53 / 3f) + 2, (54 / 3f) + 3], values[..4]);
    }

    private static LlocoPipelineBuilder Complete()
    {
        var compressor = new CountingCompressor();
        return LlocoPipeline.CreateBuilder()
            .UseTokenizer(new CharacterTokenizer())
            .UseCompressor(compressor)
            .UseDecoder(new EchoDecoder(compressor.Fingerprint));
    }

    /// <summary>Adds a 7 to every vector of width 4.</summary>
    private sealed class Widening : ISummaryProjector
    {
        public const string Name = "widening";

        public int InputWidth => 4;

        public int OutputWidth => 5;

        public string Fingerprint => Name;

        public float[] Project(ReadOnlySpan<float> vectors)
        {
            var wide = new List<float>();
            for (int row = 0; row < vectors.Length / 4; row++)
            {
                wide.AddRange(vectors.Slice(row * 4, 4));
                wide.Add(7);
            }

            return [.. wide];
        }
    }
}
