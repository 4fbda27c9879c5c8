using LLoCO.Core.Evaluation;
using LLoCO.Core.Tests.Fakes;
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
        var evaluator = new Evaluator(fake.Pipeline, EvaluationMode.Lloco);

        List<EvaluatedQuestion> asked = await evaluator.AskAsync(Items, Token).ToListAsync(Token);
        EvaluationReport report = evaluator.Report(asked);

        Assert.Equal(["[log|ship]", "[log|ship]", "[book|town]"], asked.Select(one => one.Answer.Text));
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
        var evaluator = new Evaluator(fake.Pipeline, EvaluationMode.Lloco) { Distractors = 2 };

        List<EvaluatedQuestion> asked = await evaluator.AskAsync(items, Token).ToListAsync(Token);
        List<EvaluatedQuestion> again = await evaluator.AskAsync(items, Token).ToListAsync(Token);

        string[][] read = [.. asked.Select(one => one.Answer.Text.Trim('[', ']').Split('|')[0].Split('+'))];
        Assert.All(read[..12].Zip(items), pair =>
        {
            Assert.Equal(3, pair.First.Distinct().Count());
            Assert.Contains(pair.Second.DocumentId, pair.First);
        });
        Assert.Equal(["book"], read[12]);
        Assert.Equal([0, 1, 2], read[..12].Zip(items, (ids, item) => Array.IndexOf(ids, item.DocumentId)).Distinct().Order());
        Assert.Equal(asked.Select(one => one.Answer.Text), again.Select(one => one.Answer.Text));
    }

    [Fact]
    public async Task Compressed_AnyGroup_UsesTheBaseModel()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        var evaluator = new Evaluator(fake.Pipeline, EvaluationMode.Compressed);

        EvaluationReport report = evaluator.Report(await evaluator.AskAsync(Items, Token).ToListAsync(Token));

        Assert.Null(report.Adapter);
        Assert.Equal(0, report.Metrics["em"]);
    }

    [Fact]
    public async Task Truncate_Questions_ReadRawTextWithoutCompressing()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        var evaluator = new Evaluator(fake.Pipeline, EvaluationMode.Truncate, "town");

        List<EvaluatedQuestion> asked = await evaluator.AskAsync(Items, Token).ToListAsync(Token);

        Assert.Equal("ten chars.Q Where? A", fake.Decoder.LastPrompt);
        Assert.Equal("town", evaluator.Report(asked).Adapter);
        Assert.Empty(fake.Compressor.Compressed);
    }

    [Fact]
    public async Task Lloco_GroupWithoutAdapter_IsAnErrorNotTheBaseModel()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        var evaluator = new Evaluator(fake.Pipeline, EvaluationMode.Lloco);

        LlocoException error = await Assert.ThrowsAsync<LlocoException>(
            async () => await evaluator.AskAsync([Items[0] with { Group = "moon" }], Token).ToListAsync(Token));

        Assert.Contains("'moon'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_NoQuestions_IsAnError()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();

        Assert.Throws<LlocoException>(() => new Evaluator(fake.Pipeline, EvaluationMode.None).Report([]));
    }
}
