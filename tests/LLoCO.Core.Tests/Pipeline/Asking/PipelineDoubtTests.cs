using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Trust;
using Xunit;

namespace LLoCO.Core.Tests.Pipeline.Asking;

/// <summary>The decoder has adapters for the groups <c>ship</c> and <c>town</c>; the model has no reference.</summary>
public sealed class PipelineDoubtTests
{
    private const string Log = "The captain saw a storm near the cape at dawn.";

    private static readonly SourceDocument Own = new("own", Log, "ship");
    private static readonly SourceDocument Foreign = new("foreign", "The butler did it with a candlestick.");

    [Fact]
    public async Task Ask_OwnGroupAndAnswerInAPassage_HasNoWarning()
    {
        await using FakePipeline fake = await CreateAsync("storm");
        IngestResult ingested = Assert.Single(await fake.IngestAsync(Own));

        LlocoAnswer answer = await fake.AskAsync("captain");

        Assert.Null(ingested.Warning);
        Assert.Null(answer.Warning);
        Assert.Equal((true, "own"), (answer.Grounding.IsInPassages, answer.Grounding.Source!.DocumentId));
        Assert.Null(answer.Grounding.Probability);
    }

    [Fact]
    public async Task Ask_GroupWithoutAdapter_WarnsAtIngestAndInTheAnswer()
    {
        await using FakePipeline fake = await CreateAsync("candlestick");
        IngestResult ingested = Assert.Single(await fake.IngestAsync(Foreign));

        LlocoAnswer answer = await fake.AskAsync("butler");

        Assert.Equal(DoubtReason.NoAdapter, Assert.Single(ingested.Doubts).Reason);
        Assert.Contains("'default'", ingested.Warning, StringComparison.Ordinal);
        Assert.Equal(DoubtReason.NoAdapter, Assert.Single(answer.Grounding.Doubts).Reason);
        Assert.Equal(ingested.Warning, answer.Warning);
        Assert.Null(answer.Confidence.Calibrated);
    }

    [Theory]
    [InlineData("town", nameof(DoubtReason.OtherAdapter))]
    [InlineData(AskOptions.NoAdapter, nameof(DoubtReason.NoAdapter))]
    public async Task Ask_OtherAdapterThanTheGroups_Warns(string adapter, string reason)
    {
        await using FakePipeline fake = await CreateAsync("storm");
        await fake.IngestAsync(Own);

        LlocoAnswer answer = await fake.AskAsync("captain", new AskOptions { Adapter = adapter });

        Assert.Equal(reason, Assert.Single(answer.Grounding.Doubts).Reason.ToString());
        Assert.Contains("'ship'", answer.Warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("John", "captain", nameof(DoubtReason.NotGrounded))]
    [InlineData("storm", "Which captain hired Nemo?", nameof(DoubtReason.QuestionElsewhere))]
    public async Task Ask_AnswerOrQuestionThatNoPassageHolds_Warns(string text, string question, string reason)
    {
        await using FakePipeline fake = await CreateAsync(text);
        await fake.IngestAsync(Own);

        LlocoAnswer answer = await fake.AskAsync(question);

        Assert.Equal(text, answer.Text);
        Assert.Equal(reason, Assert.Single(answer.Grounding.Doubts).Reason.ToString());
    }

    [Fact]
    public async Task Ingest_WordsThatTheTokenizerSpells_AreNoticedWithoutAReference()
    {
        // A token of the fake is a character.
        await using FakePipeline fake = await CreateAsync("storm");
        IngestResult ingested = Assert.Single(await fake.IngestAsync(
            new SourceDocument("long", "Incomprehensibilities notwithstanding, misunderstandings.", "ship")));

        Assert.Equal(DoubtReason.OtherText, Assert.Single(ingested.Doubts).Reason);
        Assert.Equal(DoubtReason.OtherText, Assert.Single(Assert.Single(await fake.IngestAsync(
            new SourceDocument("long", "Incomprehensibilities notwithstanding, misunderstandings.", "ship"))).Doubts).Reason);
    }

    [Fact]
    public async Task Ask_MarkedDocument_Warns()
    {
        await using FakePipeline fake = await CreateAsync("storm");
        await fake.IngestAsync(Own);
        IndexedDocument stored = TestMark(await fake.Index.LoadSummaryAsync("own", TestContext.Current.CancellationToken));
        await fake.Index.PutAsync(stored, TestContext.Current.CancellationToken);

        LlocoAnswer answer = await fake.AskAsync("captain");

        Assert.Equal(DoubtReason.LowFidelity, Assert.Single(answer.Grounding.Doubts).Reason);
    }

    [Theory]
    [InlineData("butler", "foreign", 0)]
    [InlineData("captain", "own", 1)]
    public async Task Ask_Refuse_ThrowsAndShowsNothing(string question, string document, int started)
    {
        await using FakePipeline fake = await CreateAsync("John", builder => builder.UseDoubtPolicy(DoubtPolicy.Refuse));
        await fake.IngestAsync(Own, Foreign);
        var shown = new List<string>();

        DoubtfulAnswerException error = await Assert.ThrowsAsync<DoubtfulAnswerException>(async () =>
        {
            await foreach (AnswerUpdate update in fake.Pipeline.AskStreamingAsync(
                question, new AskOptions { DocumentIds = [document] }, TestContext.Current.CancellationToken))
            {
                shown.Add(update.Text);
            }
        });

        Assert.Empty(shown);
        Assert.Contains(
            document == "own" ? "stands in none of the passages" : "no adapter was trained", error.Message, StringComparison.Ordinal);
        Assert.Equal(started, fake.Decoder.Started);
    }

    [Fact]
    public async Task Ask_RefuseWithoutDoubt_Answers()
    {
        await using FakePipeline fake = await CreateAsync("storm");
        await fake.IngestAsync(Own);

        Assert.Equal("storm", (await fake.AskAsync("captain", new AskOptions { DoubtPolicy = DoubtPolicy.Refuse })).Text);
    }

    [Theory]
    [InlineData("default", 1)]
    [InlineData("ship", 2)]
    public async Task Ask_Expand_ReadsPassagesAtOnceOrWhereTheAnswerIsUngrounded(string group, int started)
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync(fingerprint => new EchoDecoder(fingerprint, "ship")
        {
            Answer = request => new CharacterTokenizer().Decode(request.Prompt.ToArray())[0] == 'Q' ? "John" : "storm",
        });
        await fake.IngestAsync(new SourceDocument("log", Log, group));

        LlocoAnswer answer = await fake.AskAsync("captain", new AskOptions { DoubtPolicy = DoubtPolicy.Expand });

        Assert.Equal(("storm", ExpandReason.Doubt), (answer.Text, answer.Expansion!.Reason));
        Assert.Equal(started == 2 ? "John" : null, answer.Expansion.First?.Text);
        Assert.Equal(started, fake.Decoder.Started);
        Assert.Equal(group == "ship", answer.Warning is null);
    }

    [Theory]
    [InlineData("butler", "foreign", 0)]
    [InlineData("captain", "own", 1)]
    public async Task Ask_HandOver_AnswersByTheOtherModelFromPassages(string question, string document, int started)
    {
        var fallback = new RecordingFallback(" the storm ");
        await using FakePipeline fake = await CreateAsync(
            "John", builder => builder.UseTextFallback(fallback).UseDoubtPolicy(DoubtPolicy.HandOver));
        await fake.IngestAsync(Own, Foreign);

        LlocoAnswer answer = await fake.AskAsync(question, new AskOptions { DocumentIds = [document] });

        Assert.Equal(("the storm", true), (answer.Text, answer.IsHandedOver));
        Assert.Equal((question, document), (fallback.Question, Assert.Single(fallback.Passages).DocumentId));
        Assert.Equal(document == "own", answer.Grounding.IsInPassages);
        Assert.Equal(document == "own", answer.Warning is null);
        Assert.Equal(started, fake.Decoder.Started);
    }

    [Fact]
    public async Task Ask_HandOverWithoutADoubt_AnswersItself()
    {
        var fallback = new RecordingFallback("no");
        await using FakePipeline fake = await CreateAsync("storm", builder => builder.UseTextFallback(fallback));
        await fake.IngestAsync(Own);

        LlocoAnswer answer = await fake.AskAsync("captain", new AskOptions { DoubtPolicy = DoubtPolicy.HandOver });

        Assert.Equal(("storm", false, null), (answer.Text, answer.IsHandedOver, fallback.Question));
    }

    [Fact]
    public async Task HandOver_WithoutAnybody_IsRefusedWhenBuiltAndWhenAsked()
    {
        LlocoConfigurationException built = await Assert.ThrowsAsync<LlocoConfigurationException>(
            () => CreateAsync("x", builder => builder.UseDoubtPolicy(DoubtPolicy.HandOver)));
        await using FakePipeline fake = await CreateAsync("x");
        LlocoException asked = await Assert.ThrowsAsync<LlocoException>(
            () => fake.AskAsync("captain", new AskOptions { DoubtPolicy = DoubtPolicy.HandOver }));

        Assert.Contains("UseTextFallback", Assert.Single(built.Faults), StringComparison.Ordinal);
        Assert.Contains("UseTextFallback", asked.Message, StringComparison.Ordinal);
    }

    private static Task<FakePipeline> CreateAsync(string answer, Action<LlocoPipelineBuilder>? configure = null) =>
        FakePipeline.CreateAsync(
            fingerprint => new EchoDecoder(fingerprint, "ship", "town") { Answer = _ => answer }, configure: configure);

    private static IndexedDocument TestMark(SummaryEmbeddings? summary) => new(
        "own", "ship", ContentHash.OfText(Log), Log, Log.Length,
        [.. Enumerable.Range(0, summary!.Segments.Count).Select(i => $"hash {i}")], [new Passage(0, Log.Length)], summary)
    {
        Fidelity = new DocumentFidelity(
            0.1, 0.1, 1, false, IsMarked: true,
            [.. Enumerable.Range(0, summary.Segments.Count).Select(i => new SegmentFidelity(i, 0, 0, 0, 0, 0, 0))]),
    };

    private sealed class RecordingFallback(string answer) : ITextFallback
    {
        public string? Question { get; private set; }

        public IReadOnlyList<AnswerSource> Passages { get; private set; } = [];

        public Task<string> AnswerAsync(
            string question, IReadOnlyList<AnswerSource> passages, CancellationToken cancellationToken = default)
        {
            (Question, Passages) = (question, passages);
            return Task.FromResult(answer);
        }
    }
}
