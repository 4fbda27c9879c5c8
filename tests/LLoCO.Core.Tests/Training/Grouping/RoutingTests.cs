using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Trust;
using LLoCO.Training.Grouping;
using Xunit;

namespace LLoCO.Core.Tests.Training.Grouping;

public sealed class RoutingTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AskGroups_TwoGroupsFit_BothAnswerWithTheirAdapters()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        await fake.IngestAsync(
            new SourceDocument("log", "The mast broke at noon.", "ship"), new SourceDocument("register", "The mast stands in the square.", "town"));

        RoutedAnswer both = await fake.Pipeline.AskGroupsAsync("Where is the mast?", null, 2, Cancelled);
        RoutedAnswer one = await fake.Pipeline.AskGroupsAsync("Where is the mast?", null, 1, Cancelled);
        RoutedAnswer named = await fake.Pipeline.AskGroupsAsync("Where is the mast?", new AskOptions { Group = "town" }, 2, Cancelled);

        Assert.Equal(["ship", "town"], both.Answers.Select(answer => answer.Adapter).Order());
        Assert.All(both.Answers, answer => Assert.Equal(answer.Group, answer.Adapter));
        Assert.Single(one.Answers);
        Assert.Equal("town", Assert.Single(named.Answers).Group);
    }

    [Fact]
    public async Task Ask_AdapterNamed_ReadsDocumentsOfSeveralGroups()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        await fake.IngestAsync(
            new SourceDocument("log", "The mast broke at noon.", "ship"), new SourceDocument("register", "The mast stands in the square.", "town"));

        LlocoAnswer found = await fake.AskAsync("Where is the mast?", new AskOptions { Adapter = "ship", TopK = 2 });
        LlocoAnswer named = await fake.AskAsync("Where?", new AskOptions { Adapter = "ship", DocumentIds = ["log", "register"] });
        LlocoAnswer limited = await fake.AskAsync(
            "Where is the mast?", new AskOptions { Adapter = "ship", TopK = 2, Group = "town" });

        Assert.Equal(["log", "register"], found.Sources.Select(source => source.DocumentId).Order());
        Assert.Equal((null, "ship"), (found.Group, found.Adapter));
        Assert.Equal(["log", "register"], named.Sources.Select(source => source.DocumentId));
        Assert.Contains(found.Grounding.Doubts, doubt => doubt.Reason == DoubtReason.OtherAdapter);
        Assert.Equal("register", Assert.Single(limited.Sources).DocumentId);
        LlocoException refused = await Assert.ThrowsAsync<LlocoException>(() => fake.AskAsync(
            "Where?", new AskOptions { Adapter = "ship", Group = "ship", DocumentIds = ["log", "register"] }));
        Assert.DoesNotContain("town", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Order_Answers_PutsDoubtsLastAndComparesCalibratedConfidenceOnlyWhereAllHaveIt()
    {
        LlocoAnswer doubtful = Answer("doubtful", new AnswerConfidence(0.99, 0.99), new Doubt(DoubtReason.NoAdapter, "no adapter"));
        LlocoAnswer calibrated = Answer("calibrated", new AnswerConfidence(0.3, 0.5, 0.9));
        LlocoAnswer other = Answer("other", new AnswerConfidence(0.6, 0.6, 0.4));
        LlocoAnswer raw = Answer("raw", new AnswerConfidence(0.5, 0.5));

        Assert.Equal(
            ["calibrated", "other"], PipelineRoutingExtensions.Order([other, calibrated]).Select(answer => answer.Text));
        Assert.Equal(
            ["other", "raw", "calibrated", "doubtful"],
            PipelineRoutingExtensions.Order([doubtful, calibrated, raw, other]).Select(answer => answer.Text));
    }

    private static LlocoAnswer Answer(string text, AnswerConfidence confidence, params Doubt[] doubts) => new(
        text, Core.Decoding.FinishReason.Stop, "g", "g", [], default, default)
    {
        Confidence = confidence, Grounding = new AnswerGrounding { Doubts = doubts },
    };
}
