using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Trust;
using Xunit;

namespace LLoCO.Core.Tests.Pipeline.Ingestion;

/// <summary>Segments are ten characters long here, too short for sentences: most tests give their questions.</summary>
public sealed class PipelineFidelityTests
{
    private const string Text = "AAAA Oslo BBBB Riga CCCC Nice ";

    private static readonly FidelityProbe[] Questions = [new("one", "Oslo"), new("two", "Riga"), new("three", "Nice")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ingest_GivenQuestions_AreAskedOfTheirSegmentOfNothingAndOfTheSummary()
    {
        (LlocoPipeline pipeline, ScoringDecoder decoder, InMemoryRetrievalIndex index) = await CreateAsync(
            new FidelityOptions { Probes = _ => Questions }, FromSummary(-2));

        IngestResult result = await IngestAsync(pipeline);
        DocumentFidelity? stored = await ((IRetrievalIndex)index).LoadFidelityAsync("d", Token);

        // Raw -1, nothing -5: Oslo keeps (-2 + 5) / 4, Riga cannot be told from its raw segment, Nice keeps nothing.
        Assert.Equal((IngestOutcome.Added, null), (result.Outcome, result.Failure));
        Assert.Equal([0.75, 0, 0], stored!.Segments.Select(segment => segment.Score));
        Assert.Equal([1, 0, 1], stored.Segments.Select(segment => segment.Probes));
        Assert.Equal((0.375, 0.5, 2, true, false), (
            stored.Score, stored.Agreement, stored.Probes, stored.IsGiven, stored.IsMarked));
        Assert.Equal(0.375, result.Fidelity!.Score);
        Assert.True(result.FidelityTime > TimeSpan.Zero && result.FidelityTime <= result.Elapsed);
        Assert.Equal(("raw", "ship", "AAAA Oslo ", "Q one A", " Oslo"), decoder.Asked[0]);
        Assert.Equal(["raw", "nothing", "summary", "raw", "raw", "nothing", "summary"], decoder.Asked.Select(one => one.Kind));
        await pipeline.DisposeAsync();
    }

    [Fact]
    public async Task Ingest_OwnSentences_AreProbedByTheBaseModel()
    {
        (LlocoPipeline pipeline, ScoringDecoder decoder, _) = await CreateAsync(
            new FidelityOptions(), FromSummary(-2), new CountingCompressor { LongSegments = true });

        await IngestAsync(pipeline, "The mate of this ship was from Oslo. The cook of this ship was from Nice.");

        Assert.Contains(
            ("nothing", (string?)null, string.Empty, "The mate of this ship was from", " Oslo"), decoder.Asked);
        await pipeline.DisposeAsync();
    }

    [Theory]
    [InlineData(FidelityAction.Accept, false)]
    [InlineData(FidelityAction.Mark, true)]
    public async Task Ingest_BelowThreshold_IsAcceptedOrMarked(FidelityAction below, bool marked)
    {
        (LlocoPipeline pipeline, _, InMemoryRetrievalIndex index) = await CreateAsync(
            new FidelityOptions { Probes = _ => Questions, Threshold = 0.4, Below = below }, FromSummary(-2));

        IngestResult result = await IngestAsync(pipeline);

        Assert.Null(result.Failure);
        Assert.Equal(marked, (await index.FindAsync("d", Token))!.IsMarked);
        await pipeline.DisposeAsync();
    }

    [Fact]
    public async Task Ingest_BelowThresholdAndRefused_FailsAndLeavesTheIndexAsItWas()
    {
        (LlocoPipeline pipeline, _, InMemoryRetrievalIndex index) = await CreateAsync(
            new FidelityOptions { Probes = _ => Questions, Threshold = 0.4, Below = FidelityAction.Refuse }, FromSummary(-2));

        IngestResult result = await IngestAsync(pipeline);

        var failure = Assert.IsType<FidelityTooLowException>(result.Failure);
        Assert.Equal(IngestOutcome.Failed, result.Outcome);
        Assert.Contains("37.5 %", failure.Message, StringComparison.Ordinal);
        Assert.Contains("40.0 %", failure.Message, StringComparison.Ordinal);
        Assert.Equal((0.375, 0.4), (failure.Fidelity.Score, failure.Threshold));
        Assert.Null(await index.FindAsync("d", Token));
        await pipeline.DisposeAsync();
    }

    [Fact]
    public async Task Ingest_StoredWithoutFidelity_IsMeasuredWithoutCompressingAgain()
    {
        var index = new InMemoryRetrievalIndex();
        var compressor = new CountingCompressor();
        (LlocoPipeline first, ScoringDecoder silent, _) = await CreateAsync(null, FromSummary(-2), compressor, index);
        await IngestAsync(first);
        Assert.Empty(silent.Asked);
        (LlocoPipeline second, _, _) = await CreateAsync(
            new FidelityOptions { Probes = _ => Questions }, FromSummary(-2), compressor, index);

        IngestResult measured = await IngestAsync(second);
        IngestResult again = await IngestAsync(second);

        Assert.Equal((IngestOutcome.Unchanged, 0, 0.375), (
            measured.Outcome, measured.SegmentsCompressed, measured.Fidelity!.Score));
        Assert.Equal((IngestOutcome.Unchanged, null), (again.Outcome, again.Fidelity));
        Assert.Equal(3, compressor.Compressed.Count);
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    [Fact]
    public async Task Build_DecoderThatCannotScoreOrOptionsOutOfRange_IsRefused()
    {
        LlocoConfigurationException error = await Assert.ThrowsAsync<LlocoConfigurationException>(() => FakePipeline.CreateAsync(
            configure: builder => builder.UseFidelity(new FidelityOptions { ProbesPerSegment = 0, Threshold = 2 })));

        Assert.Contains(error.Faults, fault => fault.Contains("IContinuationScorer", StringComparison.Ordinal));
        Assert.Contains(error.Faults, fault => fault.Contains("ProbesPerSegment", StringComparison.Ordinal));
        Assert.Contains(error.Faults, fault => fault.Contains("Threshold", StringComparison.Ordinal));
    }

    /// <summary>Raw tells all but Riga; the summary tells Oslo with the given log-probability, and nothing of the rest.</summary>
    private static Func<string, string, ContinuationScore> FromSummary(double oslo) => (kind, word) => (kind, word) switch
    {
        ("raw", _) => new ContinuationScore(-1, word != "Riga"),
        ("summary", "Oslo") => new ContinuationScore(oslo, true),
        _ => new ContinuationScore(-5, false),
    };

    private static async Task<(LlocoPipeline, ScoringDecoder, InMemoryRetrievalIndex)> CreateAsync(
        FidelityOptions? options, Func<string, string, ContinuationScore> score, CountingCompressor? compressor = null,
        InMemoryRetrievalIndex? index = null)
    {
        compressor ??= new CountingCompressor();
        index ??= new InMemoryRetrievalIndex();
        var decoder = new ScoringDecoder(new EchoDecoder(compressor.Fingerprint, "ship")) { Score = score };
        LlocoPipelineBuilder builder = LlocoPipeline.CreateBuilder()
            .UseTokenizer(new CharacterTokenizer()).UseCompressor(compressor).UseDecoder(decoder).UseIndex(index)
            .UsePrompt("Q {question} A");
        if (options is not null)
        {
            builder.UseFidelity(options);
        }

        return (await builder.BuildAsync(Token), decoder, index);
    }

    private static async Task<IngestResult> IngestAsync(LlocoPipeline pipeline, string text = Text)
    {
        await foreach (IngestResult result in pipeline.IngestAsync([new SourceDocument("d", text, "ship")], null, Token))
        {
            return result;
        }

        throw new InvalidOperationException("There was no result.");
    }
}
