using LLoCO.Core.Tests.Fakes;
using LLoCO.Evaluation;
using Xunit;
using TemporaryFolder = LLoCO.Core.Tests.Index.TemporaryFolder;

namespace LLoCO.Core.Tests.Evaluation;

public sealed class EvaluationResultsFileTests : IDisposable
{
    private static readonly Dictionary<string, string> Settings = new() { ["fingerprint"] = "one", ["prompt"] = "Q {question} A" };

    private static readonly QuestionItem[] Items =
    [
        new("1", "ship", "log", "twenty letters long.", "What?", ["logship"], []),
        new("2", "ship", "log", "twenty letters long.", "Who?", ["nobody"], []),
    ];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Path => _folder.PathOf("results.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ask_AgainWithTheSameFile_AsksNothingAndCompressesNothing()
    {
        List<EvaluatedQuestion> first;
        List<EvaluatedQuestion> again;
        await using (FakePipeline fake = await FakePipeline.CreateAsync())
        {
            first = await AskAsync(fake, EvaluationMode.None, EvaluationMode.Lloco);
            Assert.Equal(4, fake.Decoder.Started);
        }

        await using (FakePipeline fake = await FakePipeline.CreateAsync())
        {
            again = await AskAsync(fake, EvaluationMode.None, EvaluationMode.Lloco);
            Assert.Equal((0, 0), (fake.Decoder.Started, fake.Compressor.Compressed.Count));
        }

        Assert.All(again, one => Assert.True(one.TakenOver));
        Assert.Equal(first.Select(Figures), again.Select(Figures));
        Assert.Equal(
            EvaluationReport.Create([.. first.Where(one => one.Row == "lloco")]).SecondsFirstToken,
            EvaluationReport.Create([.. again.Where(one => one.Row == "lloco")]).SecondsFirstToken, 12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public async Task Ask_LastLineCutOff_AsksThatQuestionOnly(int lost)
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        await AskAsync(fake, EvaluationMode.None);
        using (FileStream stream = File.Open(Path, FileMode.Open))
        {
            stream.SetLength(stream.Length - lost);
        }

        int before = fake.Decoder.Started;
        List<EvaluatedQuestion> again = await AskAsync(fake, EvaluationMode.None);

        Assert.Equal([true, false], again.Select(one => one.TakenOver));
        Assert.Equal(1, fake.Decoder.Started - before);
        Assert.Equal(1 + 2, File.ReadAllLines(Path).Length);
    }

    [Fact]
    public async Task Ask_AnotherRow_AsksThatRowOnly()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        await AskAsync(fake, EvaluationMode.None);

        List<EvaluatedQuestion> more = await AskAsync(fake, EvaluationMode.None, EvaluationMode.Truncate);

        Assert.Equal([true, false, true, false], more.Select(one => one.TakenOver));
    }

    [Fact]
    public async Task Ask_QuestionChanged_IsRefused()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        await AskAsync(fake, EvaluationMode.None);
        using EvaluationResultsFile results = EvaluationResultsFile.Open(Path, Settings);
        var evaluator = new Evaluator(fake.Pipeline, [new EvaluationRow(EvaluationMode.None)], results: results);

        LlocoException error = await Assert.ThrowsAsync<LlocoException>(async () => await evaluator
            .AskAsync([Items[0] with { Document = "other text" }], cancellationToken: Token).ToListAsync(Token));

        Assert.Contains("other data", error.Message, StringComparison.Ordinal);
        Assert.Contains("'1'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OtherSettings_NamesTheOneThatDiffersAndBothValues()
    {
        EvaluationResultsFile.Open(Path, Settings).Dispose();

        LlocoException error = Assert.Throws<LlocoException>(() => EvaluationResultsFile.Open(
            Path, new Dictionary<string, string>(Settings) { ["fingerprint"] = "two" }));

        Assert.Contains("fingerprint: 'one', now 'two'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_MoreSettings_AreAddedAndCheckedFromThenOn()
    {
        EvaluationResultsFile.Open(Path, Settings).Dispose();
        EvaluationResultsFile.Open(Path, new Dictionary<string, string>(Settings) { ["adapter moon"] = "a" }).Dispose();

        Assert.Throws<LlocoException>(() => EvaluationResultsFile.Open(
            Path, new Dictionary<string, string>(Settings) { ["adapter moon"] = "b" }));
    }

    [Theory]
    [InlineData("{\"question\": \"Who?\", \"answers\": [\"x\"]}\n")]
    [InlineData("{\"some\": \"configuration\"}")]
    [InlineData("A text.\nWithout a break at its end.")]
    public void Open_FileOfSomethingElse_IsRefusedAndLeftAsItIs(string content)
    {
        File.WriteAllText(Path, content);

        Assert.Throws<LlocoException>(() => EvaluationResultsFile.Open(Path, Settings));

        Assert.Equal(content, File.ReadAllText(Path));
    }

    [Fact]
    public void Open_InUse_IsRefused()
    {
        using EvaluationResultsFile first = EvaluationResultsFile.Open(Path, Settings);

        Assert.Throws<LlocoException>(() => EvaluationResultsFile.Open(Path, Settings));
    }

    private static (string, string, string, string?, double, AnswerTokens) Figures(EvaluatedQuestion one) =>
        (one.Row, one.Id, one.Prediction, one.Adapter, one.Scores["f1"], one.Tokens);

    private async Task<List<EvaluatedQuestion>> AskAsync(FakePipeline fake, params EvaluationMode[] modes)
    {
        using EvaluationResultsFile results = EvaluationResultsFile.Open(Path, Settings);
        var evaluator = new Evaluator(fake.Pipeline, [.. modes.Select(mode => new EvaluationRow(mode))], results: results);
        return await evaluator.AskAsync(Items, cancellationToken: Token).ToListAsync(Token);
    }
}
