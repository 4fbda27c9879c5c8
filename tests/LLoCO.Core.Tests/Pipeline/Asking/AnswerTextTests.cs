using LLoCO.Core.Pipeline.Asking;
using LLoCO.Core.Tests.Fakes;

namespace LLoCO.Core.Tests.Pipeline.Asking;

/// <summary>Answers of adapters that write their steps first: shown is what stands behind the mark.</summary>
public sealed class AnswerTextTests
{
    [Theory]
    [InlineData("John has : kitchen", ":", "kitchen")]
    [InlineData("John has => the => kitchen ", "=>", "the => kitchen")]
    [InlineData("kitchen", ":", "kitchen")]
    [InlineData("John has :", ":", "")]
    [InlineData("John has : kitchen", null, "John has : kitchen")]
    public void Add_StepsBeforeAMark_AreNotShown(string written, string? mark, string shown)
    {
        var tokenizer = new CharacterTokenizer();
        var text = new AnswerText(tokenizer, [], mark);

        string streamed = string.Concat(tokenizer.Encode(written).Select(text.Add)) + text.Complete();

        Assert.Equal(shown, text.Shown);
        Assert.Equal(shown, streamed);
    }

    [Fact]
    public void Add_BehindTheMark_StreamsAndStopsAtAStopString()
    {
        var tokenizer = new CharacterTokenizer();
        var text = new AnswerText(tokenizer, ["."], ":");

        string[] pieces = [.. tokenizer.Encode("a : bc.").Select(text.Add)];

        Assert.True(text.Stopped);
        Assert.Equal("bc", string.Concat(pieces));
        Assert.Equal(["", "", "", "", "b", "c", ""], pieces);
    }
}
