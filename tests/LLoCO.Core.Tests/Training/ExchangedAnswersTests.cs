using LLoCO.Core.Tests.Tool;
using LLoCO.Evaluation;
using LLoCO.Training;
using Xunit;

namespace LLoCO.Core.Tests.Training;

public sealed class ExchangedAnswersTests(RandomModel model) : IClassFixture<RandomModel>
{
    private static readonly string[] Towns = ["Oslo", "Rome", "Bergen", "Turin", "Lima"];

    private CompressorTrainer Trainer => CompressorTrainer.FromModel(model.Folder);

    [Fact]
    public void Get_ValuesOfOneForm_ChangePlacesInTextAndAnswerAlike()
    {
        CompressorTrainer trainer = Trainer;
        var documents = new ExchangedAnswers(trainer, Towns.Select((town, i) => Item(i, $"The chair {i} came from {town} in May.", "Where", town)).ToArray());
        var seen = new HashSet<string>();

        for (int epoch = 0; epoch < 120; epoch++)
        {
            CompressorDocument document = documents.Get(0, epoch);
            string town = Text(trainer, Assert.Single(document.Questions).Answer).Trim();
            Assert.Equal($"The chair 0 came from {town} in May.", Text(trainer, document.Tokens));
            seen.Add(town);
        }

        Assert.Subset(seen, new HashSet<string>(Towns));
        Assert.True(seen.Count > 2 * Towns.Length, string.Join(", ", seen));
        Assert.Equal(1, documents.Exchanged);
        Assert.Equal(Text(trainer, documents.Get(1, 3).Tokens), Text(trainer, documents.Get(1, 3).Tokens));
        Assert.Contains("from Oslo in", Text(trainer, documents.GetOriginal(0).Tokens), StringComparison.Ordinal);
    }

    [Fact]
    public void Get_ValueThatIsAloneOrNotInTheText_IsMadeUpOrStays()
    {
        CompressorTrainer trainer = Trainer;
        var documents = new ExchangedAnswers(trainer,
        [
            Item(0, "It came in 1891.", "When", "1891"), Item(1, "It came long ago.", "When", "long ago"),
            Item(2, "It came from Rome.", "Where", "Naples"), Item(3, "It came from Oslo.", "Where", "Bergen"),
        ]);

        Assert.Equal(0.5, documents.Exchanged);
        Assert.All(Enumerable.Range(0, 8), epoch => Assert.Matches("^It came in [1-9]{4}[.]$", Text(trainer, documents.Get(0, epoch).Tokens)));
        Assert.All(Enumerable.Range(0, 8), epoch => Assert.Equal("It came from Rome.", Text(trainer, documents.Get(2, epoch).Tokens)));
    }

    [Fact]
    public void Get_PartOfALongerWord_IsLeftAlone()
    {
        CompressorTrainer trainer = Trainer;
        var documents = new ExchangedAnswers(trainer,
            [Item(0, "Rome lies by Romeville, and Rome is old.", "Where", "Rome"), Item(1, "Oslo is far.", "Where", "Oslo")]);

        string[] texts = [.. Enumerable.Range(0, 32).Select(epoch => Text(trainer, documents.Get(0, epoch).Tokens)).Distinct()];

        Assert.Contains("Oslo lies by Romeville, and Oslo is old.", texts);
        Assert.All(texts, text => Assert.Equal($"{text.Split(' ')[0]} lies by Romeville, and {text.Split(' ')[0]} is old.", text));
    }

    [Fact]
    public void Create_QuestionWithoutADocument_IsNamed()
    {
        LlocoException error = Assert.Throws<LlocoException>(() => new ExchangedAnswers(Trainer, [Item(7, null, "Where", "Rome")]));

        Assert.Contains("'7'", error.Message, StringComparison.Ordinal);
        Assert.Throws<LlocoException>(() => new ExchangedAnswers(Trainer, []));
    }

    private static QuestionItem Item(int number, string? text, string word, string answer) =>
        new($"{number}", "g", $"d{number}", text, $"{word} is chair{number} from?", [answer], []);

    private static string Text(CompressorTrainer trainer, ReadOnlyMemory<int> ids) => trainer.Tokenizer.Decode(ids.ToArray());
}
