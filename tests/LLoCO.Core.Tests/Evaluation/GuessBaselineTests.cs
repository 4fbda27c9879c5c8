using LLoCO.Evaluation;

namespace LLoCO.Core.Tests.Evaluation;

public sealed class GuessBaselineTests
{
    private static readonly GuessBaseline Guess = new([
        Item("Who made the lamp of Tarvin?", "Ann"),
        Item("Who made the lamp of Rask?", "Bob"),
        Item("Who made the lamp of Oldmark?", "Bob"),
        Item("In which year was Tarvin built?", "1890"),
        Item("In which year was Rask built?", "1890"),
        Item("In which year was Oldmark built?", "1901"),
        Item("What is the trade of Nela Orme?", "1901"),
        Item("What is the trade of Ora Brill?", "1901"),
    ]);

    [Theory]
    [InlineData("Who made the lamp of Marle?", "Bob")]
    [InlineData("In which year was Fort Marle built?", "1890")]
    [InlineData("How far is it?", "1901")]
    public void Guess_QuestionOfAForm_IsItsCommonestAnswer(string question, string expected) =>
        Assert.Equal(expected, Guess.Guess(question));

    [Fact]
    public void Constructor_NothingLearned_Throws() => Assert.Throws<ArgumentException>(() => new GuessBaseline([]));

    private static QuestionItem Item(string question, string answer) => new(question, "g", null, null, question, [answer], []);
}
