using LLoCO.Core.Pipeline.Asking;
using LLoCO.Core.Trust;
using Xunit;

namespace LLoCO.Core.Tests.Pipeline.Asking;

public sealed class GroundingCheckTests
{
    private static readonly AnswerSource[] Sources =
    [
        Source("log", "Garwyn Westley joined us at Port Royal; he owns twelve crates of tar."),
        Source("书", "学校的校长叫陈雪。"),
    ];

    [Theory]
    [InlineData("Port Royal", true, "log")]
    [InlineData("PORT-ROYAL.", true, "log")]
    [InlineData("at the port", true, "log")]
    [InlineData("tar crates", true, "log")]
    [InlineData("Port", true, "log")]
    [InlineData("Por", false, null)]
    [InlineData("John", false, null)]
    [InlineData("three barrels of wine for tar", false, null)]
    [InlineData("陈雪", true, "书")]
    [InlineData("王雨", false, null)]
    [InlineData("Yes.", null, null)]
    [InlineData("", null, null)]
    public void Find_Answer_StandsInAPassageOrNot(string answer, bool? isIn, string? document)
    {
        (bool? found, AnswerSource? source) = GroundingCheck.Find(answer, Sources);

        Assert.Equal((isIn, document), (found, source?.DocumentId));
    }

    [Fact]
    public void Find_NoPassages_IsUnchecked() => Assert.Equal((null, null), GroundingCheck.Find("tar", []));

    [Theory]
    [InlineData("Where did Garwyn Westley join us?", null)]
    [InlineData("Where did Garwyn join us?", null)]
    [InlineData("Where did he join us?", null)]
    [InlineData("Where did Sherlock Holmes join us?", "Sherlock, Holmes")]
    [InlineData("Where did Garwyn Holmes join us?", "Holmes")]
    [InlineData("What happened in 1902?", "1902")]
    public void JudgeQuestion_NamesThatNoPassageHas_AreADoubt(string question, string? missing)
    {
        Doubt? doubt = GroundingCheck.JudgeQuestion(question, Sources);

        Assert.Equal(missing is null ? null : DoubtReason.QuestionElsewhere, doubt?.Reason);
        Assert.True(missing is null || doubt!.Message.EndsWith(missing, StringComparison.Ordinal), doubt?.Message);
    }

    private static AnswerSource Source(string document, string text) => new(document, 0, text.Length, text, 1);
}
