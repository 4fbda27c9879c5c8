using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Trust;
using Xunit;

namespace LLoCO.Core.Tests.Pipeline.Asking;

/// <summary>The echo decoder is as sure as the test says; prompts are <c>Q {question} A</c>, one token per character.</summary>
public sealed class PipelineExpandTests
{
    private const string Log = "The captain saw a storm near the cape at dawn.";

    private static readonly SourceDocument Storm = new("storm", Log, "ship");

    [Fact]
    public async Task Ask_Always_PutsRawPassagesBetweenSummaryAndQuestion()
    {
        await using FakePipeline fake = await CreateAsync(summaryLog: -0.1f, rawLog: -0.1f);

        LlocoAnswer answer = await fake.AskAsync("captain cape", new AskOptions { Expand = ExpandOptions.Always });

        Assert.Equal($"{Log}Q captain cape A", fake.Decoder.LastPrompt);
        Assert.Equal("storm", Assert.Single(fake.Decoder.LastRequest!.Prefix).DocumentId);
        Assert.Equal(new AnswerExpansion(ExpandReason.Asked, 1, Log.Length, null), answer.Expansion);
        Assert.Equal((10, Log.Length + 16), (answer.Tokens.Summary, answer.Tokens.Prompt));
        AnswerSource source = Assert.Single(answer.Sources);
        Assert.Equal(("storm", 0, Log.Length, true), (source.DocumentId, source.Start, source.End, source.IsRaw));
        Assert.Equal(1, fake.Decoder.Started);
    }

    [Fact]
    public async Task Ask_AutoAndSure_AnswersFromTheSummaryOnce()
    {
        await using FakePipeline fake = await CreateAsync(summaryLog: -0.1f, rawLog: -0.1f);

        LlocoAnswer answer = await fake.AskAsync("captain", new AskOptions { Expand = ExpandOptions.Auto });

        Assert.Equal(("summary", null, 1), (answer.Text, answer.Expansion, fake.Decoder.Started));
        Assert.Equal(Math.Exp(-0.1), answer.Confidence.Value, 6);
    }

    [Fact]
    public async Task Ask_AutoAndUnsure_AnswersAgainWithRawPassages()
    {
        await using FakePipeline fake = await CreateAsync(summaryLog: -2f, rawLog: -0.1f);

        LlocoAnswer answer = await fake.AskAsync("captain", new AskOptions { Expand = ExpandOptions.Auto });

        Assert.Equal(("raw", 2), (answer.Text, fake.Decoder.Started));
        Assert.Equal((ExpandReason.LowConfidence, "summary"), (answer.Expansion!.Reason, answer.Expansion.First!.Text));
        Assert.Equal(Math.Exp(-2), answer.Expansion.First.Confidence.Value, 6);
        Assert.Equal(Math.Exp(-0.1), answer.Confidence.Value, 6);
        Assert.Equal((4, 8), (answer.Tokens.Generated, answer.Expansion.First.Tokens.Generated));
        Assert.True(answer.Times.FirstToken >= answer.Expansion.First.Times.Total);
    }

    [Fact]
    public async Task AskStreaming_AutoAndUnsure_ShowsTheSecondAnswerOnly()
    {
        await using FakePipeline fake = await CreateAsync(summaryLog: -2f, rawLog: -0.1f);
        var shown = new List<string>();

        await foreach (AnswerUpdate update in fake.Pipeline.AskStreamingAsync(
            "captain", new AskOptions { Expand = ExpandOptions.Auto }, TestContext.Current.CancellationToken))
        {
            shown.Add(update.Text);
        }

        Assert.Equal("raw", string.Concat(shown));
    }

    [Theory]
    [InlineData(true, 0, 0.9)]
    [InlineData(false, 0.5, 0.4)]
    public async Task Ask_AutoWithLowFidelityOrMark_ExpandsAtOnce(bool marked, double least, double score)
    {
        await using FakePipeline fake = await CreateAsync(summaryLog: -0.1f, rawLog: -0.1f);
        await SetFidelityAsync(fake, score, marked);

        LlocoAnswer answer = await fake.AskAsync(
            "captain", new AskOptions { Expand = ExpandOptions.Auto with { MinFidelity = least } });

        Assert.Equal((ExpandReason.LowFidelity, null, 1), (
            answer.Expansion!.Reason, answer.Expansion.First, fake.Decoder.Started));
    }

    [Fact]
    public async Task Ask_NoRoomForThePassage_IsAnErrorWhereAskedForAndLeftOutWhereNot()
    {
        // 10 vectors, 11 of prompt, 8 of answer: 46 of passage are one too many for 74.
        await using FakePipeline fake = await CreateAsync(summaryLog: -2f, rawLog: -2f, window: 74);
        var options = new AskOptions { Generation = new GenerationOptions { MaxNewTokens = 8 }, Expand = ExpandOptions.Always };

        WindowExceededException error = await Assert.ThrowsAsync<WindowExceededException>(
            () => fake.AskAsync("captain", options));
        LlocoAnswer policy = await fake.AskAsync("captain", options with { WindowPolicy = WindowPolicy.FewerDocuments });
        LlocoAnswer unsure = await fake.AskAsync("captain", options with { Expand = ExpandOptions.Auto });

        Assert.Equal((75, 74), (error.Required, error.Window));
        Assert.Equal(("summary", null), (policy.Text, policy.Expansion));
        Assert.Equal(("summary", null), (unsure.Text, unsure.Expansion));
    }

    [Fact]
    public async Task Ask_PipelineSetsExpand_QuestionsMayOverrideIt()
    {
        await using FakePipeline fake = await CreateAsync(-0.1f, -0.1f, expand: ExpandOptions.Always);

        Assert.Equal("raw", (await fake.AskAsync("captain")).Text);
        Assert.Equal("summary", (await fake.AskAsync("captain", new AskOptions { Expand = ExpandOptions.Never })).Text);
        Assert.Equal("summary", (await fake.AskAsync("zebra")).Text);
    }

    [Fact]
    public async Task Ask_ExpandOptionsOutOfRange_AreRefused()
    {
        await using FakePipeline fake = await CreateAsync(-0.1f, -0.1f);

        LlocoException error = await Assert.ThrowsAsync<LlocoException>(
            () => fake.AskAsync("captain", new AskOptions { Expand = ExpandOptions.Auto with { MinConfidence = 2 } }));

        Assert.Contains("MinConfidence", error.Message, StringComparison.Ordinal);
    }

    private static async Task<FakePipeline> CreateAsync(
        float summaryLog, float rawLog, int window = 4096, ExpandOptions? expand = null)
    {
        static bool IsRaw(DecodeRequest request) => request.Prompt.Length > Log.Length;
        FakePipeline fake = await FakePipeline.CreateAsync(
            fingerprint => new EchoDecoder(fingerprint, "ship")
            {
                NativeWindow = window,
                Answer = request => IsRaw(request) ? "raw" : "summary",
                LogProbability = (request, _) => IsRaw(request) ? rawLog : summaryLog,
            },
            configure: builder => builder.UseExpand(expand ?? ExpandOptions.Never));
        await fake.IngestAsync(Storm);
        return fake;
    }

    private static async Task SetFidelityAsync(FakePipeline fake, double score, bool marked)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        DocumentRecord record = (await fake.Index.FindAsync("storm", token))!;
        var fidelity = new DocumentFidelity(
            score, score, 1, false, marked,
            [.. Enumerable.Range(0, record.Segments).Select(i => new SegmentFidelity(i, score, score, 1, -1, -2, -3))]);
        await fake.Index.PutAsync(
            new IndexedDocument(
                "storm", "ship", record.ContentHash, Log, record.Tokens,
                (await fake.Index.LoadTokenHashesAsync("storm", token))!, [new Passage(0, Log.Length)],
                (await fake.Index.LoadSummaryAsync("storm", token))!) { Fidelity = fidelity },
            token);
    }
}
