using LLoCO.Training.SelfStudy;

namespace LLoCO.Core.Tests.SelfStudy;

public sealed class StudyPromptTests
{
    [Fact]
    public void Cue_Text_StandsInFrontOfAsk() =>
        Assert.Equal("A log. Ask:", StudyPrompt.Cue.Format("A log.", 8));

    [Fact]
    public void Instructed_FourKinds_HoldTextAndCount()
    {
        Assert.Equal(["facts", "summary", "structure", "use"], StudyPrompt.Instructed.Select(prompt => prompt.Name));
        Assert.All(
            StudyPrompt.Instructed,
            prompt => Assert.Contains("Write 3 questions", prompt.Format("A log.", 3), StringComparison.Ordinal));
        Assert.All(StudyPrompt.Instructed, prompt => Assert.StartsWith("A {count} log.\n", prompt.Format("A {count} log.", 3)));
    }

    [Theory]
    [InlineData("no mark")]
    [InlineData("{chunk} twice {chunk}")]
    public void Constructor_MarkNotOnce_Throws(string text) =>
        Assert.Contains("exactly once", Assert.Throws<ArgumentException>(() => new StudyPrompt("x", text)).Message);
}
