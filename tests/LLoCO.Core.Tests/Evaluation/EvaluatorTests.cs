using LLoCO.Core.Decoding;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Evaluation;
using Xunit;

namespace LLoCO.Core.Tests.Evaluation;

/// <summary>The decoder echoes documents and adapter: <c>[document|adapter]</c>, which normalisation makes one word.</summary>
public sealed class EvaluatorTests
{
    private static readonly QuestionItem[] Items =
    [
        new("1", "ship", "log", "twenty letters long.", "What?", ["logship"], []),
        new("2", "ship", "log", "twenty letters long.", "Who?", ["nobody"], []),
        new("3", "town", "book", "ten chars.", "Where?", ["booktown"], []),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lloco_QuestionsOfTwoGroups_UsesTheGroupsAdaptersAndSumsUp()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        List<EvaluatedQuestion> asked = await AskAsync(fake, Items, new EvaluationRow(EvaluationMode.Lloco));
        EvaluationReport report = EvaluationReport.Create(asked);

        Assert.Equal(["[log|ship]", "[log|ship]", "[book|town]"], asked.Select(one => one.Prediction));
        Assert.Equal(("group", 3), (report.Adapter, report.Questions));
        Assert.Equal(2 / 3.0, report.Metrics["em"], 12);

        // Summaries of 4, 4 and 2 vectors; prompts "Q … A" of 9, 8 and 10 characters; documents of 20, 20 and 10.
        Assert.Equal((13 + 12 + 12) / 3.0, report.DecoderTokens, 12);
        Assert.Equal(50 / 3.0, report.RawTokens, 12);
        Assert.Equal(5, report.Ratio, 12);
        Assert.Equal(3, fake.Compressor.Compressed.Count);
    }

    [Fact]
    public async Task Lloco_Distractors_StandBesideTheOwnDocumentFromItsGroupOnly()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        QuestionItem[] items =
        [
            .. Enumerable.Range(0, 12).Select(
                i => new QuestionItem($"{i}", "ship", $"log{i % 4}", $"ten chars {i % 4}", $"What {i}?", ["x"], [])),
            Items[2],
        ];
        var row = new EvaluationRow(EvaluationMode.Lloco) { Distractors = 2 };

        List<EvaluatedQuestion> asked = await AskAsync(fake, items, row);
        List<EvaluatedQuestion> again = await AskAsync(fake, items, row);

        string[][] read = [.. asked.Select(one => one.Prediction.Trim('[', ']').Split('|')[0].Split('+'))];
        Assert.All(read[..12].Zip(items), pair =>
        {
            Assert.Equal(3, pair.First.Distinct().Count());
            Assert.Contains(pair.Second.DocumentId, pair.First);
        });
        Assert.Equal(["book"], read[12]);
        Assert.Equal([0, 1, 2], read[..12].Zip(items, (ids, item) => Array.IndexOf(ids, item.DocumentId)).Distinct().Order());
        Assert.Equal(asked.Select(one => one.Prediction), again.Select(one => one.Prediction));
        Assert.All(asked, one => Assert.Equal("lloco+2", one.Row));
    }

    [Fact]
    public async Task Compressed_AnyGroup_UsesTheBaseModel()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        EvaluationReport report = EvaluationReport.Create(
            await AskAsync(fake, Items, new EvaluationRow(EvaluationMode.Compressed, "town")));

        Assert.Null(report.Adapter);
        Assert.Equal(0, report.Metrics["em"]);
    }

    [Fact]
    public async Task Truncate_Questions_ReadRawTextWithoutCompressing()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        List<EvaluatedQuestion> asked = await AskAsync(fake, Items, new EvaluationRow(EvaluationMode.Truncate, "town"));

        Assert.Equal("ten chars.Q Where? A", fake.Decoder.LastPrompt);
        Assert.Equal("town", EvaluationReport.Create(asked).Adapter);
        Assert.Empty(fake.Compressor.Compressed);
    }

    [Fact]
    public async Task SeveralRows_EachQuestionIsAskedInAllBeforeTheNextAndCompressedOnce()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();

        List<EvaluatedQuestion> asked = await AskAsync(
            fake, Items, new EvaluationRow(EvaluationMode.None), new EvaluationRow(EvaluationMode.Lloco, EvaluationRow.OwnAdapter),
            new EvaluationRow(EvaluationMode.Lloco, "ship=town,town=ship"));

        Assert.Equal(
            ["none", "lloco", "lloco:ship=town,town=ship"], asked.Take(3).Select(one => one.Row));
        Assert.Equal(["[|ship]", "[log|ship]", "[log|town]"], asked.Take(3).Select(one => one.Prediction));
        Assert.Equal(["[|town]", "[book|town]", "[book|ship]"], asked.Skip(6).Select(one => one.Prediction));

        // The two documents of two segments and of one, once each.
        Assert.Equal(3, fake.Compressor.Compressed.Count);
    }

    [Fact]
    public async Task Expand_UnsureAnswers_AreAskedAgainWithRawPassagesAndBothReadingsCount()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync(
            fingerprint => new EchoDecoder(fingerprint, "ship", "town") { LogProbability = (_, _) => -2f });
        QuestionItem[] items = [Items[0] with { Question = "letters?" }];

        List<EvaluatedQuestion> asked = await AskAsync(
            fake, items, new EvaluationRow(EvaluationMode.Expand), new EvaluationRow(EvaluationMode.ExpandAlways));

        // Four vectors, 12 of prompt, 20 of raw text; the mode that asks twice reads the first 16 as well.
        Assert.Equal("twenty letters long.Q letters? A", fake.Decoder.LastPrompt);
        Assert.Equal(["ship", "ship"], asked.Select(one => one.Adapter));
        Assert.Equal(36 + 16, EvaluationReport.Create(asked[..1]).DecoderTokens);
        Assert.Equal(36, EvaluationReport.Create(asked[1..]).DecoderTokens);
    }

    [Fact]
    public async Task Full_DocumentThatDoesNotFit_IsLeftOutAndCounted()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync(
            fingerprint => new EchoDecoder(fingerprint, "ship", "town") { NativeWindow = 84 });

        List<EvaluatedQuestion> asked = await AskAsync(fake, Items, new EvaluationRow(EvaluationMode.Full));
        EvaluationReport report = EvaluationReport.Create(asked);

        // 64 new tokens leave 20 positions: the third document with its prompt takes just these.
        Assert.Equal((1, 2), (report.Questions, report.LeftOut));
        Assert.Contains("84", asked[0].LeftOut, StringComparison.Ordinal);
        Assert.Empty(asked[0].Scores);
        Assert.Equal(20, report.DecoderTokens);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Lloco_SummaryThatDoesNotFit_IsAnErrorUnlessLeftOut(bool leavesOut)
    {
        // 64 new tokens leave 11 positions: none of the questions fits.
        await using FakePipeline fake = await FakePipeline.CreateAsync(
            fingerprint => new EchoDecoder(fingerprint, "ship", "town") { NativeWindow = 75 });
        var evaluator = new Evaluator(fake.Pipeline, [new EvaluationRow(EvaluationMode.Lloco)]) { LeavesOut = leavesOut };

        ValueTask<List<EvaluatedQuestion>> run = evaluator.AskAsync(Items, cancellationToken: Token).ToListAsync(Token);

        if (leavesOut)
        {
            EvaluationReport report = EvaluationReport.Create(await run);
            Assert.Equal((0, 3), (report.Questions, report.LeftOut));
        }
        else
        {
            await Assert.ThrowsAsync<WindowExceededException>(async () => await run);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LeavesOut_DocumentWhosePartsLeaveNoRoom_IsLeftOutEachTime(bool leavesOut)
    {
        // 36 characters are eight vectors, which a window of 9 holds in parts only, and not beside an answer of 64 tokens.
        await using FakePipeline fake = await FakePipeline.CreateAsync(
            fingerprint => new EchoDecoder(fingerprint, "ship", "town") { NativeWindow = 9 });
        var evaluator = new Evaluator(fake.Pipeline, [new EvaluationRow(EvaluationMode.Lloco)]) { LeavesOut = leavesOut };
        QuestionItem tooLong = Items[0] with { DocumentId = "long", Document = new string('x', 36) };

        ValueTask<List<EvaluatedQuestion>> run =
            evaluator.AskAsync([tooLong, tooLong with { Id = "again" }], cancellationToken: Token).ToListAsync(Token);

        if (leavesOut)
        {
            Assert.All(await run, one => Assert.Contains("the native window has 9", one.LeftOut, StringComparison.Ordinal));
        }
        else
        {
            await Assert.ThrowsAsync<WindowExceededException>(async () => await run);
        }
    }

    [Fact]
    public async Task QuestionsOfOneId_AreToldApart()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();

        List<EvaluatedQuestion> asked = await AskAsync(
            fake, [Items[0], Items[1] with { Id = "1" }], new EvaluationRow(EvaluationMode.None));

        Assert.Equal(["1", "1#2"], asked.Select(one => one.Id));
        Assert.NotEqual(asked[0].Digest, asked[1].Digest);
    }

    [Theory]
    [InlineData("ship=town,ship=town")]
    [InlineData("=town,ship=town")]
    public void Row_ListThatIsNotOneAdapterForEachGroup_IsAnError(string adapter) => Assert.Contains(
        adapter, Assert.Throws<LlocoException>(() => new EvaluationRow(EvaluationMode.Lloco, adapter)).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task Lloco_GroupWithoutAdapter_IsAnErrorNotTheBaseModel()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();

        LlocoException error = await Assert.ThrowsAsync<LlocoException>(
            () => AskAsync(fake, [Items[0] with { Group = "moon" }], new EvaluationRow(EvaluationMode.Lloco)));

        Assert.Contains("'moon'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_NoQuestions_IsAnError() => Assert.Throws<LlocoException>(() => EvaluationReport.Create([]));

    private static async Task<List<EvaluatedQuestion>> AskAsync(
        FakePipeline fake, IEnumerable<QuestionItem> items, params EvaluationRow[] rows) =>
        await new Evaluator(fake.Pipeline, rows).AskAsync(items, cancellationToken: Token).ToListAsync(Token);
}
