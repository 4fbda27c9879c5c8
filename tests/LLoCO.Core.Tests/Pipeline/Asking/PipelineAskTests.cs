using LLoCO.Core.Decoding;
using LLoCO.Core.Tests.Fakes;
using Xunit;

namespace LLoCO.Core.Tests.Pipeline.Asking;

/// <summary>The decoder echoes documents and adapter; prompts are <c>Q {question} A</c>, one token per character.</summary>
public sealed class PipelineAskTests
{
    private static readonly SourceDocument Storm = new("storm", "The captain saw a storm near the cape at dawn.", "ship");
    private static readonly SourceDocument Cargo = new(
        "cargo", "The cargo was salted cod, and the storm spared the captain.", "ship");
    private static readonly SourceDocument Mayor = new("mayor", "The mayor opened the market beside the church.", "town");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_Question_AnswersFromTheBestDocumentWithItsGroupsAdapter()
    {
        await using FakePipeline fake = await FilledAsync();

        LlocoAnswer answer = await fake.AskAsync("mayor market");

        Assert.Equal("[mayor|town]", answer.Text);
        Assert.Equal(("town", "town", FinishReason.Stop), (answer.Group, answer.Adapter, answer.Finish));
        Assert.Equal("Q mayor market A", fake.Decoder.LastPrompt);
        AnswerSource source = Assert.Single(answer.Sources);
        Assert.Equal(("mayor", 0, 46), (source.DocumentId, source.Start, source.End));
        Assert.True(source.Score > 0);
    }

    [Fact]
    public async Task Ask_Question_CountsTokensAndTimes()
    {
        await using FakePipeline fake = await FilledAsync();

        LlocoAnswer answer = await fake.AskAsync("mayor market");

        // 46 characters in 5 segments of 2 vectors; " [mayor|town] " and the end token.
        Assert.Equal(new AnswerTokens(46, 10, 16, 15), answer.Tokens);
        Assert.Equal(4.6, answer.Tokens.Ratio, 12);
        Assert.True(answer.Times.Retrieve > TimeSpan.Zero);
        Assert.True(answer.Times.FirstToken > answer.Times.Retrieve);
        Assert.True(answer.Times.Total >= answer.Times.FirstToken);
    }

    [Fact]
    public async Task Ask_TopKOfTwo_ComposesDocumentsOfOneGroupInOnePrefix()
    {
        await using FakePipeline fake = await FilledAsync();

        LlocoAnswer answer = await fake.AskAsync("captain storm cape", new AskOptions { TopK = 3 });

        Assert.Equal("[storm+cargo|ship]", answer.Text);
        Assert.Equal(["storm", "cargo"], answer.Sources.Select(source => source.DocumentId));
        Assert.Equal(46 + 59, answer.Tokens.Raw);
    }

    [Fact]
    public async Task Ask_GroupWithoutAdapter_UsesTheBaseModel()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        await fake.IngestAsync(new SourceDocument("x", "plain words", "other"));

        LlocoAnswer answer = await fake.AskAsync("plain");

        Assert.Equal("[x|base]", answer.Text);
        Assert.Null(answer.Adapter);
    }

    [Theory]
    [InlineData("none", "[mayor|base]")]
    [InlineData("ship", "[mayor|ship]")]
    public async Task Ask_AdapterNamed_OverridesTheGroups(string adapter, string expected)
    {
        await using FakePipeline fake = await FilledAsync();

        Assert.Equal(expected, (await fake.AskAsync("mayor", new AskOptions { Adapter = adapter })).Text);
    }

    [Fact]
    public async Task Ask_UnknownAdapter_NamesThoseThatAreLoaded()
    {
        await using FakePipeline fake = await FilledAsync();

        LlocoException error = await Assert.ThrowsAsync<LlocoException>(
            () => fake.AskAsync("mayor", new AskOptions { Adapter = "moon" }));

        Assert.Contains("'moon'", error.Message, StringComparison.Ordinal);
        Assert.Contains("ship, town", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_DocumentsNamed_AreReadInThatOrder()
    {
        await using FakePipeline fake = await FilledAsync();

        LlocoAnswer answer = await fake.AskAsync("zebra", new AskOptions { DocumentIds = ["cargo", "storm"] });

        Assert.Equal("[cargo+storm|ship]", answer.Text);
        Assert.Equal([new AnswerSource("cargo", 0, 59, "The cargo was salted cod, and the storm spared the captain.", 0)],
            answer.Sources.Where(source => source.DocumentId == "cargo"));
    }

    [Fact]
    public async Task Ask_NamedDocumentMissingOrOfAnotherGroup_SaysSo()
    {
        await using FakePipeline fake = await FilledAsync();

        LlocoException missing = await Assert.ThrowsAsync<LlocoException>(
            () => fake.AskAsync("x", new AskOptions { DocumentIds = ["moon"] }));
        LlocoException mixed = await Assert.ThrowsAsync<LlocoException>(
            () => fake.AskAsync("x", new AskOptions { DocumentIds = ["storm", "mayor"] }));

        LlocoException foreign = await Assert.ThrowsAsync<LlocoException>(
            () => fake.AskAsync("x", new AskOptions { Group = "ship", DocumentIds = ["mayor"] }));

        Assert.Contains("'moon'", missing.Message, StringComparison.Ordinal);
        Assert.Contains("'storm' and 'mayor' are of two groups", mixed.Message, StringComparison.Ordinal);
        Assert.Equal("There is no document 'mayor' in the group 'ship'. Ingest it first.", foreign.Message);
    }

    [Fact]
    public async Task Ask_NothingFits_SaysSoUnlessThereIsNoChoice()
    {
        await using FakePipeline fake = await FilledAsync();

        LlocoException error = await Assert.ThrowsAsync<LlocoException>(() => fake.AskAsync("zebra"));
        LlocoAnswer only = await fake.AskAsync("zebra", new AskOptions { Group = "town" });
        LlocoException empty = await Assert.ThrowsAsync<LlocoException>(
            () => fake.AskAsync("mayor", new AskOptions { Group = "moon" }));

        Assert.Contains("no passage that fits", error.Message, StringComparison.Ordinal);
        Assert.Equal("[mayor|town]", only.Text);
        Assert.Contains("The group 'moon' holds no document", empty.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_DocumentsExceedTheWindow_IsAnErrorOrFewerDocumentsAsChosen()
    {
        // storm takes 10 positions, cargo 12; the prompt 23 and the answer 20.
        await using FakePipeline fake = await FilledAsync(
            fingerprint => new EchoDecoder(fingerprint, "ship") { NativeWindow = 60 });
        var options = new AskOptions { TopK = 2, Generation = new GenerationOptions { MaxNewTokens = 20 } };

        WindowExceededException error = await Assert.ThrowsAsync<WindowExceededException>(
            () => fake.AskAsync("captain storm cape!", options));
        LlocoAnswer fewer = await fake.AskAsync(
            "captain storm cape!", options with { WindowPolicy = WindowPolicy.FewerDocuments });

        Assert.Equal((65, 60), (error.Required, error.Window));
        Assert.Equal(0, fake.Decoder.Started - 1);
        Assert.Equal("[storm|ship]", fewer.Text);
        Assert.Equal("storm", Assert.Single(fewer.Sources).DocumentId);
        Assert.Equal(46, fewer.Tokens.Raw);
    }

    [Fact]
    public async Task Ask_Truncated_DropsTheEndOfTheRawText()
    {
        await using FakePipeline fake = await FilledAsync(
            fingerprint => new EchoDecoder(fingerprint, "town") { NativeWindow = 50 });

        LlocoAnswer answer = await fake.AskAsync("mayor", new AskOptions
        {
            Context = ContextMode.Truncated, Generation = new GenerationOptions { MaxNewTokens = 11 },
        });

        // 50 - 11 - 9 positions are left: the first 30 characters.
        Assert.Equal("The mayor opened the market beQ mayor A", fake.Decoder.LastPrompt);
        Assert.Equal((46, 0, 39), (answer.Tokens.Raw, answer.Tokens.Summary, answer.Tokens.Prompt));
        Assert.Equal((1.0, null), (answer.Tokens.Ratio, answer.Adapter));
        Assert.Equal(
            new AnswerSource("mayor", 0, 30, "The mayor opened the market be", 0) { IsRaw = true }, Assert.Single(answer.Sources));
    }

    [Fact]
    public async Task Ask_FullText_IsAnErrorWhereItDoesNotFit()
    {
        await using FakePipeline fake = await FilledAsync(fingerprint => new EchoDecoder(fingerprint) { NativeWindow = 66 });
        AskOptions Options(int tokens) => new()
        {
            Context = ContextMode.Full, ContextText = new string('x', 46),
            Generation = new GenerationOptions { MaxNewTokens = tokens },
        };

        LlocoAnswer fits = await fake.AskAsync("mayor", Options(11));
        WindowExceededException error = await Assert.ThrowsAsync<WindowExceededException>(
            () => fake.AskAsync("mayor", Options(12)));

        Assert.Equal(new string('x', 46) + "Q mayor A", fake.Decoder.LastPrompt);
        Assert.Equal(46, fits.Tokens.Raw);
        Assert.Equal(67, error.Required);
    }

    [Fact]
    public async Task Ask_Passages_ReadsTheBestThatTheWindowHolds()
    {
        // Three passages of 100 to 200 words; only the middle one speaks of the whale, and not two fit.
        string plain = string.Concat(Enumerable.Repeat("The wind was fair and the sea was calm all day. ", 15));
        string text = $"{plain}\n\n{plain}The whale came at noon.\n\n{plain}";
        await using FakePipeline fake = await FakePipeline.CreateAsync(
            fingerprint => new EchoDecoder(fingerprint) { NativeWindow = 900 });

        LlocoAnswer named = await fake.AskAsync("whale", new AskOptions
        {
            Context = ContextMode.Passages, ContextText = text, Generation = new GenerationOptions { MaxNewTokens = 20 },
        });

        Assert.Contains("The whale came at noon.", fake.Decoder.LastPrompt, StringComparison.Ordinal);
        Assert.EndsWith("Q whale A", fake.Decoder.LastPrompt, StringComparison.Ordinal);
        Assert.Equal(text.Length, named.Tokens.Raw);
        Assert.InRange(named.Tokens.Prompt, 700, 880);
        Assert.Empty(named.Sources);
    }

    [Fact]
    public async Task Ask_PassagesOfADocument_NamesThemAsSources()
    {
        await using FakePipeline fake = await FilledAsync(fingerprint => new EchoDecoder(fingerprint) { NativeWindow = 50 });

        LlocoAnswer answer = await fake.AskAsync("mayor", new AskOptions
        {
            Context = ContextMode.Passages, Generation = new GenerationOptions { MaxNewTokens = 11 },
        });

        // The one passage is longer than the 30 positions left: its beginning is read.
        AnswerSource source = Assert.Single(answer.Sources);
        Assert.Equal(("mayor", 0, 30), (source.DocumentId, source.Start, source.End));
        Assert.True(source.Score > 0);
    }

    [Fact]
    public async Task Ask_WithoutContext_SendsTheQuestionAlone()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();

        LlocoAnswer answer = await fake.AskAsync("why", new AskOptions { Context = ContextMode.None });

        Assert.Equal("[|base]", answer.Text);
        Assert.Empty(answer.Sources);
        Assert.Equal((0, 0), (answer.Tokens.Raw, answer.Tokens.Summary));
    }

    [Fact]
    public async Task Ask_OptionsOutOfRange_AreNamed()
    {
        await using FakePipeline fake = await FilledAsync();

        LlocoException error = await Assert.ThrowsAsync<LlocoException>(() => fake.AskAsync(
            "mayor", new AskOptions { TopK = 0, Generation = new GenerationOptions { TopP = 2 } }));

        Assert.Contains("TopK", error.Message, StringComparison.Ordinal);
        Assert.Contains("TopP", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_ManyAtOnce_GivesTheAnswersOfOneAfterTheOther()
    {
        await using FakePipeline fake = await FilledAsync();
        string[] questions = [.. Enumerable.Range(0, 60)
            .Select(i => (i % 3) switch { 0 => "mayor", 1 => "cape dawn", _ => "cod" })];
        var expected = new List<string>();
        foreach (string question in questions)
        {
            expected.Add((await fake.AskAsync(question)).Text);
        }

        LlocoAnswer[] answers = await Task.WhenAll(questions.Select(question => Task.Run(() => fake.AskAsync(question))));

        Assert.Equal(expected, answers.Select(answer => answer.Text));
        Assert.Equal(["[mayor|town]", "[storm|ship]", "[cargo|ship]"], expected.Take(3));
    }

    private static async Task<FakePipeline> FilledAsync(Func<ModelFingerprint, EchoDecoder>? decoder = null)
    {
        FakePipeline fake = await FakePipeline.CreateAsync(decoder);
        Assert.All(await fake.IngestAsync(Storm, Cargo, Mayor), result => Assert.Null(result.Failure));
        return fake;
    }
}
