using LLoCO.Evaluation;
using LLoCO.Evaluation.Synth;
using LLoCO.Models.Tiny;
using LLoCO.Tool.Verbs.Train;
using LLoCO.Training;

namespace LLoCO.Core.Tests.Tool;

public sealed class FinetuneCheckTests
{
    private static readonly AnswerRepresentation Read = new(1.2, 1.1, 32, 1, 12);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_AdapterOfItsOwnGroup_IsSetBesideRawTextAndGuessing()
    {
        await using LlocoPipeline pipeline = await LlocoPipeline.CreateBuilder().UseModel(TinyModel.Package).BuildAsync(Token);
        SynthDocument document = new SynthGenerator(91).Write("town", 0, 500);
        QuestionItem[] all = [.. document.Facts.Select((fact, number) => new QuestionItem(
            $"{number}", "town", "d", document.Text, fact.Question, [fact.Value], []))];
        var questions = new FinetuneQuestions(null, all[6..], all[..6]);

        FinetuneCheck? check = await FinetuneCheck.RunAsync(
            pipeline, Path.Combine(TinyModel.Package.Folder, "adapters", "town"), questions, raw: false, 4, TimeSpan.Zero, Token);

        Assert.Equal(4, check!.Questions);
        Assert.Equal(["adapter", "truncate", "retrieve", "guess"], check.Scores.Keys);
        Assert.True(check.Scores["adapter"] >= 0.5 && check.Scores["adapter"] > check.Scores["guess"], check.Describe());
        Assert.Null(await FinetuneCheck.RunAsync(pipeline, "nowhere", questions, raw: false, 0, TimeSpan.Zero, Token));
    }

    [Fact]
    public void Fault_BetterThanGuessing_IsNone() => Assert.Null(Check(adapter: 0.9, retrieve: 0.5, low: 0.4).Fault(Read));

    [Theory]
    [InlineData(0.1, 1, "Before training the model found 1 of 32 answers, so that it may not know such words")]
    [InlineData(0.8, 12, "From raw text the model does better")]
    [InlineData(0.1, 12, "Learn from more documents and questions")]
    public void Fault_NoBetterThanGuessing_SaysWhy(double retrieve, int found, string reason)
    {
        string? fault = Check(adapter: 0.1, retrieve, low: -0.05).Fault(Read with { FoundReading = found });

        Assert.StartsWith("warning: the adapter is not better than guessing the commonest answer (10.0 % against 12.0 % of 40", fault!.Replace("%", " %").Replace("  %", " %"));
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    private static FinetuneCheck Check(double adapter, double retrieve, double low) => new(
        40,
        new Dictionary<string, double> { ["adapter"] = adapter, ["truncate"] = 0, ["retrieve"] = retrieve, ["guess"] = 0.12 },
        new PairedDifference(adapter - 0.12, new BootstrapInterval(low, 0.5)));
}
