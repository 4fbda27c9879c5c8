using LLoCO.Training.SelfStudy;

namespace LLoCO.Core.Tests.SelfStudy;

/// <summary>Forms in which models give questions and answers, each with what a reader makes out of it.</summary>
public sealed class StudyReplyParserTests
{
    [Theory]
    [InlineData(" Where did Ann go? Manila", "Where did Ann go?", "Manila")]
    [InlineData(" Where did Ann go? Answer: Manila.", "Where did Ann go?", "Manila.")]
    [InlineData("Question: Where did Ann go? Answer: Manila", "Where did Ann go?", "Manila")]
    [InlineData("**Question:** Where did Ann go?\n**Answer:** Manila", "Where did Ann go?", "Manila")]
    [InlineData("Q: Where?\nA: Manila,\nin the south", "Where?", "Manila,\nin the south")]
    [InlineData("1. Question 1: Name the port.\n   Answer 1: Manila", "Name the port.", "Manila")]
    [InlineData("- Q1. Where?\n- A1. Manila", "Where?", "Manila")]
    [InlineData("Here is one:\n### Question: Where?\n### Answer: Manila", "Where?", "Manila")]
    [InlineData("Why answer? Because: it asks", "Why answer?", "Because: it asks")]
    [InlineData("Question: Where? Manila", "Where?", "Manila")]
    public void Parse_OnePair_FindsIt(string reply, string question, string answer)
    {
        ParsedPair pair = Assert.Single(StudyReplyParser.Parse(reply));

        Assert.Equal((question, answer), (pair.Question, pair.Answer));
        Assert.Equal(answer, reply.Substring(pair.AnswerStart, answer.Length));
        Assert.Equal(reply.LastIndexOf(answer, StringComparison.Ordinal), pair.AnswerStart);
    }

    [Theory]
    [InlineData("Question: A?\nAnswer: one\n\nQuestion: B?\nAnswer: two")]
    [InlineData("1. Q: A?\n   A: one\n2. Q: B?\n   A: two")]
    [InlineData("```json\n[{\"question\": \"A?\", \"answer\": \"one\"}, {\"question\": \"B?\", \"answer\": \"two\"}]\n```")]
    [InlineData("{\"pairs\": [{\"Question\": \"A?\", \"Answer\": \"one\"}, {\"q\": \"B?\", \"a\": \"two\"}]}")]
    [InlineData("{\"question\": \"A?\", \"answer\": \"one\"}\n{\"question\": \"B?\", \"answer\": \"two\"}")]
    public void Parse_SeveralPairs_FindsAllInOrder(string reply) =>
        Assert.Equal(
            [("A?", "one"), ("B?", "two")],
            StudyReplyParser.Parse(reply).Select(pair => (pair.Question, pair.Answer)));

    [Theory]
    [InlineData("")]
    [InlineData("The text is about ships.")]
    [InlineData("{\"question\": 3}")]
    [InlineData("Question: Where")]
    public void Parse_NoKnownForm_FindsNothing(string reply) => Assert.Empty(StudyReplyParser.Parse(reply));

    [Fact]
    public void Parse_BracesInProse_AreNotMistakenForJson() => Assert.Equal(
        ("What does {x} mean?", "{a set}", 20),
        Assert.Single(StudyReplyParser.Parse("What does {x} mean? {a set}")) is var pair
            ? (pair.Question, pair.Answer, pair.AnswerStart)
            : default);

    [Fact]
    public void Parse_BracesInStrings_DoNotEndTheObject() => Assert.Equal(
        ("a } b?", "\"}\""),
        Assert.Single(StudyReplyParser.Parse("""{"question": "a } b?", "answer": "\"}\""}""")) is var pair
            ? (pair.Question, pair.Answer)
            : default);

    [Fact]
    public void Parse_AnswerMissing_LeavesItEmpty()
    {
        ParsedPair pair = Assert.Single(StudyReplyParser.Parse(" Where did Ann go?"));

        Assert.Equal(("Where did Ann go?", string.Empty), (pair.Question, pair.Answer));
    }
}
