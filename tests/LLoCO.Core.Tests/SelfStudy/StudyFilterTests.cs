using LLoCO.Core.Tests.Fakes;
using LLoCO.Training.SelfStudy;

namespace LLoCO.Core.Tests.SelfStudy;

public sealed class StudyFilterTests
{
    private const string Text = "Ann Lee went to Manila. Bob keeps a grey goat.";

    private readonly StudyFilter _filter = new(
        new CharacterTokenizer(), new SelfStudyOptions { MaxQuestionLength = 40, MaxAnswerLength = 20 });

    [Theory]
    [InlineData("Ships are nice.", StudyFault.Malformed)]
    [InlineData("  ", StudyFault.Empty)]
    [InlineData("Where did Ann Lee go?", StudyFault.Empty)]
    [InlineData("Where did Ann Lee go when she went away from here? Manila", StudyFault.TooLong)]
    [InlineData("What does Bob keep? a goat that is grey and old", StudyFault.TooLong)]
    [InlineData("Where did Ann Lee go? .", StudyFault.Empty)]
    [InlineData("Where did Ann Lee go? --- !", StudyFault.Empty)]
    [InlineData("Where did Ann Lee go? \"\u2026\"", StudyFault.Empty)]
    [InlineData("Where did Ann Lee go? Goa", StudyFault.Ungrounded)]
    [InlineData("Where did Ann Kay go? Manila", StudyFault.Ungrounded)]
    [InlineData("What does Bob keep? a goat", StudyFault.Ungrounded)]
    public void Add_PairOfNoUse_IsCountedWithItsReason(string reply, StudyFault fault)
    {
        Add(new TeacherReply(reply));

        Assert.Empty(_filter.Pairs);
        Assert.Equal([KeyValuePair.Create(fault, 1)], _filter.Dropped);
    }

    [Fact]
    public void Add_AnswerNotInTheText_IsKeptWhereThePromptIsNotExtractive()
    {
        _filter.Add(
            new StudyDocument("log", Text), new StudyChunk(0, Text.Length), StudyPrompt.Instructed[1],
            new TeacherReply("Question: What is it about?\nAnswer: a voyage"));

        Assert.Equal("a voyage", Assert.Single(_filter.Pairs).Answer);
    }

    [Fact]
    public void Add_SameQuestion_IsKeptOnceWithTheSurerAnswer()
    {
        Add(Reply("What does Bob keep?", "goat", 0.6f));
        Add(Reply("what does Bob keep ?", "Goat", 0.7f));
        Add(Reply("What does Bob keep?", "grey goat", 0.9f));
        Add(Reply("What does Bob keep?", "goat", 0.8f));

        StudyPair kept = Assert.Single(_filter.Pairs);
        Assert.Equal("grey goat", kept.Answer);
        Assert.Equal(0.9, kept.Confidence, 6);
        Assert.Equal(
            [KeyValuePair.Create(StudyFault.Duplicate, 1), KeyValuePair.Create(StudyFault.Conflicting, 2)], _filter.Dropped);
    }

    [Fact]
    public void Add_UnsureTeacher_IsDropped()
    {
        Add(Reply("What does Bob keep?", "goat", 0.4f));

        Assert.Equal([KeyValuePair.Create(StudyFault.Unsure, 1)], _filter.Dropped);
    }

    [Fact]
    public void Add_TokensOfTheAnswer_AreThoseThatWroteItAndTheEnd()
    {
        Add(Reply("What does Bob keep?", "goat", 0.75f));

        StudyPair pair = Assert.Single(_filter.Pairs);
        Assert.Equal(
            [.. "goat".Select(CharacterTokenizer.Id), CharacterTokenizer.EndId], pair.AnswerTokens.Select(token => token.Id));
        Assert.All(pair.AnswerTokens, token => Assert.Equal([7, 8], token.TopIds));
    }

    [Fact]
    public void Add_PromptWithAQuestion_TakesTheFirstSentenceAsTheAnswerToTheName()
    {
        StudyPrompt form = new("pet", "{chunk} pet of {name} :") { Question = "What does {name} keep?", Extractive = true };
        const string Reply = " goat. And more.";
        ReplyToken[] tokens = [.. Reply.Select(
            (letter, at) => new ReplyToken(CharacterTokenizer.Id(letter), at, -0.1f, [CharacterTokenizer.Id(letter)], [-0.1f]))];

        _filter.Add(
            new StudyDocument("log", Text), new StudyChunk(0, Text.Length), form, new TeacherReply(Reply, tokens), "Bob");

        StudyPair pair = Assert.Single(_filter.Pairs);
        Assert.Equal(("What does Bob keep?", "goat"), (pair.Question, pair.Answer));
        Assert.Equal(
            [.. "goat".Select(CharacterTokenizer.Id), CharacterTokenizer.EndId], pair.AnswerTokens.Select(token => token.Id));
        Assert.Equal("log text pet of Bob :", form.Format("log text", 1, "Bob"));
    }

    [Fact]
    public void Names_Text_AreRunsOfCapitalisedWordsOnce() => Assert.Equal(
        ["Ann Lee", "Jean-Luc O'Hara Smith"],
        StudyNames.Find("Ann Lee went to Manila with Jean-Luc O'Hara Smith. Later Ann Lee came back."
            .Replace("Later ", "later ", StringComparison.Ordinal)));

    private void Add(TeacherReply reply) =>
        _filter.Add(new StudyDocument("log", Text), new StudyChunk(0, Text.Length), StudyPrompt.Cue, reply);

    /// <summary>A reply whose every token had one probability.</summary>
    private static TeacherReply Reply(string question, string answer, float probability)
    {
        string text = $"{question} {answer}";
        return new TeacherReply(
            text,
            [.. text.Select((letter, at) => Token(CharacterTokenizer.Id(letter), at)), Token(CharacterTokenizer.EndId, text.Length)]);

        ReplyToken Token(int id, int at) => new(id, at, MathF.Log(probability), [7, 8], [-0.5f, -1f]);
    }
}
