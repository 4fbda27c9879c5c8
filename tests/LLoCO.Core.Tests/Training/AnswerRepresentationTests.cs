using LLoCO.Evaluation;
using LLoCO.Evaluation.Synth;
using LLoCO.Models.Tiny;
using LLoCO.Training;

namespace LLoCO.Core.Tests.Training;

public sealed class AnswerRepresentationTests
{
    private static readonly string[] Parts = ["ba", "dor", "kel", "mi", "ran", "tu", "ves", "lo", "shi", "gar", "pen", "zu"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MeasureRepresentationAsync_WordsOfTheModelsOwnKind_AreFoundAndOthersAreNot()
    {
        await using LlocoPipeline pipeline = await LlocoPipeline.CreateBuilder().UseModel(TinyModel.Package).BuildAsync(Token);
        SynthDocument own = new SynthGenerator(88).Write("town", 0, 800);
        QuestionItem[] known = [.. own.Facts.Select((fact, number) => Item($"{number}", own.Text, fact.Question, fact.Value))];
        QuestionItem[] unknown = [.. Enumerable.Range(0, 12).Select(number => Item(
            $"{number}", $"The lamp was made by {Word(number)} in winter.", "Who made the lamp?", Word(number)))];

        AnswerRepresentation read = await MeasureAsync(pipeline, known);
        AnswerRepresentation foreign = await MeasureAsync(pipeline, unknown);

        Assert.True(!read.FindsNothing && read.FoundReading >= read.Asked / 5, read.ToString());
        Assert.True(foreign.FindsNothing && foreign.FoundReading == 0, foreign.ToString());
        Assert.Equal(12, foreign.Asked);
        Assert.Equal(1, read.AnswerPiecesPerWord);
        Assert.True(foreign.AnswerPiecesPerWord > 2);
    }

    [Fact]
    public async Task MeasureRepresentationAsync_QuestionsWithoutDocuments_AskNothing()
    {
        await using LlocoPipeline pipeline = await LlocoPipeline.CreateBuilder().UseModel(TinyModel.Package).BuildAsync(Token);

        AnswerRepresentation words = await MeasureAsync(pipeline, [Item("1", null, "Who came?", "mason")]);

        Assert.Equal((1, 0, false), (words.AnswerPiecesPerWord, words.Asked, words.FindsNothing));
        await Assert.ThrowsAsync<ArgumentException>(() => pipeline.MeasureRepresentationAsync([], [], Token));
    }

    private static async Task<AnswerRepresentation> MeasureAsync(LlocoPipeline pipeline, QuestionItem[] questions) =>
        await pipeline.MeasureRepresentationAsync(
            questions, await pipeline.LoadExamplesAsync(questions, null, raw: false, Token), Token);

    private static string Word(int number) => string.Concat(
        Enumerable.Range(0, 3).Select(place => Parts[((number * 7) + (place * (number + 3))) % Parts.Length]));

    private static QuestionItem Item(string id, string? text, string question, string answer) =>
        new(id, "town", text is null ? null : $"d{id}", text, question, [answer], []);
}
