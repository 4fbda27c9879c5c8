using LLoCO.Core.Families;
using LLoCO.Evaluation.Planning;
using Xunit;

namespace LLoCO.Core.Tests.Planning;

/// <summary>All expected numbers are worked out by hand, or stand in the paper or its repository.</summary>
public sealed class PlanEstimateTests
{
    private static readonly LlamaConfig Llama2 = new()
    {
        VocabularySize = 32_000, HiddenSize = 4096, IntermediateSize = 11_008, Layers = 32, Heads = 32, KeyValueHeads = 32,
        HeadDimension = 128, MaxPositions = 4096, SummaryLength = 50,
    };

    // Projections: 2 layers of 2 * 64 (query, output) + 2 * 32 (key, value) + 3 * 128 = 576, together 1,152. Head: 800.
    private static readonly LlamaConfig Small = new()
    {
        VocabularySize = 100, HiddenSize = 8, IntermediateSize = 16, Layers = 2, Heads = 2, KeyValueHeads = 1, HeadDimension = 4,
        MaxPositions = 40, SummaryLength = 2, SegmentLength = 10,
    };

    private static readonly DeviceFigures Slow = new()
    {
        FlopsPerSecond = 1000, AttentionFlopsPerSecond = 100, WeightBytesPerSecond = 1000, CacheBytesPerSecond = 10,
        SecondsPerPass = 0.5, SecondsPerStep = 0.25,
    };

    [Fact]
    public void PassCost_SmallModel_CountsOperationsAndBytes()
    {
        PassCost cost = PassCost.Create(Small, bytes: 2, inputs: 3, stored: 5, rows: 1);

        // 2 * 1,152 * 3 + 2 * 800; 4 * 2 layers * 8 * (3 * 5 + 6); 2 * (1,152 + 800); 2 * 2 layers * 4 * 2 bytes * 8 positions.
        Assert.Equal(new PassCost(6912, 1344, 1600, 2304, 1600, 256, PassKind.Behind), cost);

        // Layers: 6.912 s of computing, 2.304 s of reading. Head: 1.6 s of both. Attention: 13.44 s of computing, 25.6 s of
        // reading.
        Assert.Equal(6.912 + 1.6 + 25.6 + 0.5, cost.Seconds(Slow), 9);
        Assert.Equal(6.912 + 1.6 + 25.6 + 0.75, cost.Seconds(Slow with { SecondsPerPassBehind = 0.75 }), 9);
    }

    [Fact]
    public void PassCost_Llama2_HasTheSizesOfTheMethod()
    {
        // 6,738,415,616 weights of Llama-2-7B without its two tables of 131,072,000 and 65 norms of 4,096; 512 KiB of keys and
        // values.
        Assert.Equal(6_476_005_376, PassCost.Matrices(Llama2));
        Assert.Equal(524_288, PassCost.CacheBytesPerPosition(Llama2, 2));
    }

    [Fact]
    public void Of_LargestDocumentOfThePaper_HasItsMemoryFigures()
    {
        // 80 segments of 1,536 tokens to 50 vectors: 60 GiB of raw keys and values, 1.95 GiB of compressed ones, 31 MiB stored.
        PlanEstimate plan = PlanEstimate.Create(
            Llama2,
            new DeviceFigures { FlopsPerSecond = 1e14, WeightBytesPerSecond = 1e12 },
            new PlanWorkload { DocumentTokens = 122_880, QuestionTokens = 1, AnswerTokens = 1 });

        Assert.Equal((80, 4000, 30.72), (plan.Segments, plan.SummaryVectors, plan.Ratio));
        Assert.Equal(60 * 1024 + 1, plan.Full.CacheMiB, 9);
        Assert.Equal(2001, plan.Lloco.CacheMiB, 9);
        Assert.Equal(31.25, plan.Lloco.StoredMiB, 9);
        Assert.Equal((false, true), (plan.Full.FitsWindow, plan.Lloco.FitsWindow));
    }

    [Fact]
    public void Of_TwoSegments_CountsCompressionSegmentBySegment()
    {
        // 14 tokens: segments of 10 and 4. First pass 10 + 2 inputs, none stored: 2 * 1,152 * 12 = 27,648 and 64 * 78 = 4,992.
        // Second pass 2 + 4 + 2 inputs, none stored: 18,432 and 64 * 36 = 2,304.
        PlanEstimate plan = PlanEstimate.Create(Small, Slow, new PlanWorkload { DocumentTokens = 14, Documents = 3 });

        Assert.Equal(3 * (27_648 + 4_992 + 18_432 + 2_304), plan.Lloco.OfflineFlops);

        // KeyValues to read: 12 and 8 positions of 32 bytes, 38.4 s and 25.6 s; attention computes 49.92 s and 23.04 s.
        Assert.Equal(3 * (27.648 + 49.92 + 0.5 + 18.432 + 25.6 + 0.5), plan.CompressionSeconds, 9);
        Assert.Equal(plan.CompressionSeconds, plan.Lloco.OfflineSeconds);
        Assert.Equal(0, plan.TrainingSeconds);
    }

    [Fact]
    public void Of_ThirdSegment_StandsBehindTheStatesOfTheFirstSummary()
    {
        // Segments of 10: 12 inputs; 14 inputs; 14 inputs behind 2 stored: pairs 78, 105, 105 + 28.
        PlanEstimate plan = PlanEstimate.Create(Small, Slow, new PlanWorkload { DocumentTokens = 30 });

        Assert.Equal((2 * 1152 * 40) + (64 * (78 + 105 + 133)), plan.Lloco.OfflineFlops);
    }

    [Fact]
    public void Of_Training_CountsAFrozenBase()
    {
        // 2 pairs, 5 times: 10 passes over 2 vectors + 5 + 3 tokens with 3 rows of logits.
        // Matrices 2 * 1,152 * 10 + 2 * 800 * 3 = 27,840, twice; attention 64 * 55 = 3,520, three times.
        PlanEstimate plan = PlanEstimate.Create(
            Small,
            Slow with { TrainingFlopsPerSecond = 10 },
            new PlanWorkload
            {
                DocumentTokens = 10, QuestionTokens = 5, AnswerTokens = 3, TrainingPairs = 2, TrainingEpochs = 5,
            });

        Assert.Equal(10 * (55_680 + 10_560) / 10.0, plan.TrainingSeconds, 6);
    }

    [Fact]
    public void Of_Roads_CountPromptAndAnswer()
    {
        PlanEstimate plan = PlanEstimate.Create(
            Small, Slow, new PlanWorkload { DocumentTokens = 30, QuestionTokens = 5, AnswerTokens = 3, RetrievedTokens = 100 });

        // Full: 35 inputs, one row: 2 * 1,152 * 35 + 1,600 = 82,240; 64 * 630 = 40,320; then two tokens at depth 36 on the mean:
        // 2,304 + 1,600, 64 * 37.
        Assert.Equal(82_240 + 40_320 + (2 * (3904 + 2368)), plan.Full.FlopsPerQuestion);
        Assert.Equal(82.24 + 403.2 + 0.5, plan.Full.SecondsFirstToken, 9);

        // A token: 3,904 bytes of weights and as many operations; 37 positions of 32 bytes, 118.4 s, against 23.68 s of
        // computing.
        Assert.Equal(3.904 + 118.4 + 0.25, plan.Full.SecondsPerToken, 9);
        Assert.Equal(plan.Full.SecondsFirstToken + (2 * plan.Full.SecondsPerToken), plan.Full.SecondsPerQuestion, 9);

        // LLoCO: 6 vectors whose keys and values are kept; 5 inputs behind them: pairs 30 + 15.
        Assert.Equal((2 * 1152 * 6) + (64 * 21), plan.Lloco.OpeningFlops);
        Assert.Equal((2 * 1152 * 5) + 1600 + (64 * 45) + (2 * (3904 + (64 * 13))), plan.Lloco.FlopsPerQuestion);
        Assert.Equal(plan.FullKept.SecondsPerToken, plan.Full.SecondsPerToken);

        // Retrieval has room for 40 - 5 - 3 positions, but the document has 30.
        Assert.Equal(30, plan.Retrieval.ContextTokens);
        Assert.True(plan.Retrieval.FitsWindow);
        Assert.Equal(32, PlanEstimate.Create(Small, Slow, plan.Workload with { DocumentTokens = 99 }).Retrieval.ContextTokens);
    }

    [Theory]
    [InlineData(10, 1, 2, 10.0)]
    [InlineData(10, 1, 4, 4.0)]
    [InlineData(10, 2, 2, null)]
    [InlineData(10, 3, 2, null)]
    [InlineData(0, 1, 2, 1.0)]
    public void QuestionsToPay_OfflineWork_PaysWhereAQuestionSavesTime(
        double offline, double own, double others, double? expected)
    {
        PlanStrategy strategy = Strategy(offline, own);
        PlanStrategy other = Strategy(0, others);

        Assert.Equal(expected, strategy.QuestionsToPay(other));
        Assert.True(expected is not { } questions || strategy.TotalSeconds(questions) <= other.TotalSeconds(questions));
    }

    [Fact]
    public void Of_FiguresOutOfRange_NamesThem()
    {
        var workload = new PlanWorkload { DocumentTokens = 10 };

        LlocoException device = Assert.Throws<LlocoException>(
            () => PlanEstimate.Create(Small, Slow with { FlopsPerSecond = 0 }, workload));
        LlocoException work = Assert.Throws<LlocoException>(() => PlanEstimate.Create(Small, Slow, workload with { Questions = 0 }));
        LlocoException model = Assert.Throws<LlocoException>(
            () => PlanEstimate.Create(Small with { SummaryLength = 0 }, Slow, workload));

        Assert.Contains("FlopsPerSecond", device.Message, StringComparison.Ordinal);
        Assert.Contains("Questions", work.Message, StringComparison.Ordinal);
        Assert.Contains("summary_length", model.Message, StringComparison.Ordinal);
    }

    private static PlanStrategy Strategy(double offline, double perQuestion) =>
        new("x", 0, true, offline, 0, 0, 0, 0, 0, perQuestion, 0, 0, 0);
}
