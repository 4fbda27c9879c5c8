using System.Text;
using LLoCO.Core.Index;
using LLoCO.Core.Retrieval;

namespace LLoCO.Core.Tests.Retrieval;

public sealed class PassageSplitterTests
{
    private static readonly PassageSplitter Small = new(new PassageSplitterOptions { MinWords = 3, MaxWords = 6 });

    [Fact]
    public void Split_Paragraphs_AreCutAtEmptyLines() =>
        Assert.Equal(
            ["One two three four.\n\n", "Five six seven. Eight.\n \n", "Nine ten eleven."],
            Texts(Small, "One two three four.\n\nFive six seven. Eight.\n \nNine ten eleven."));

    [Fact]
    public void Split_NoParagraphInReach_CutsAtASentence() =>
        Assert.Equal(
            ["One two three four! ", "Five six seven eight\nnine ten."],
            Texts(Small, "One two three four! Five six seven eight\nnine ten."));

    [Fact]
    public void Split_NoSentenceInReach_CutsAtALine() =>
        Assert.Equal(
            ["one two three four\n", "five six seven eight nine"],
            Texts(Small, "one two three four\nfive six seven eight nine"));

    [Fact]
    public void Split_NoLineInReach_CutsAtAWordAndLeavesNoScrap() =>
        Assert.Equal(["one two three ", "four five six seven"], Texts(Small, "one two three four five six seven"));

    [Theory]
    [InlineData("Then old Mr. Smith went down. He slept well there.", "Then old Mr. Smith went down. ")]
    [InlineData("Then came J. Smith down. \"Who?\" he asked us.", "Then came J. Smith down. ")]
    [InlineData("It was 3 p.m. at sea. Then it rained hard.", "It was 3 p.m. at sea. ")]
    [InlineData("He said (to us all.) Then he left us.", "He said (to us all.) ")]
    public void Split_AbbreviationsAndQuotes_DoNotMislead(string text, string first) =>
        Assert.Equal(first, Texts(Small, text)[0]);

    [Fact]
    public void Split_ShortOrEmptyText_IsOnePassageOrNone()
    {
        Assert.Empty(Small.Split(""));
        Assert.Equal([new Passage(0, 3)], Small.Split(" \n "));
        Assert.Equal([new Passage(0, 5)], Small.Split("\n a  "));
    }

    [Fact]
    public void Split_TextWithoutSpaces_IsCutBetweenCharacters()
    {
        string text = string.Concat(Enumerable.Repeat("\ud83d\ude00x", 100));

        IReadOnlyList<Passage> passages = Small.Split(text);

        // 300 characters, 12 to a word: 25 words in passages of 3 to 6.
        Assert.InRange(passages.Count, 5, 8);
        AssertCovers(text, passages);
    }

    [Fact]
    public void Split_ChineseText_IsCutBehindAFullStop()
    {
        string sentence = new string('海', 47) + "。";

        Assert.Equal([sentence, sentence, sentence], Texts(Small, sentence + sentence + sentence));
    }

    [Fact]
    public void Split_RandomText_CoversItWithPassagesOfAllowedLength()
    {
        string[] parts =
            ["word", "Ab.", "x!", "12", "long-long-long-long-long", "\ud83d\ude00", "\ud83d", " ", "\n", "\r\n\r\n", "\t", "。"];
        var random = new Random(20240711);
        for (int round = 0; round < 300; round++)
        {
            var text = new StringBuilder();
            int length = random.Next(400);
            for (int i = 0; i < length; i++)
            {
                text.Append(parts[random.Next(parts.Length)]).Append(random.Next(3) == 0 ? "" : " ");
            }

            AssertCovers(text.ToString(), Small.Split(text.ToString()));
        }
    }

    [Fact]
    public void Split_DefaultOptions_GiveBetween100And200Words()
    {
        string text = string.Join(' ', Enumerable.Range(0, 5000).Select(i => i % 17 == 16 ? $"w{i}." : $"w{i}"));

        Assert.All(
            new PassageSplitter().Split(text),
            passage => Assert.InRange(text.Substring(passage.Start, passage.Length).TrimEnd().Split(' ').Length, 100, 200));
    }

    [Theory]
    [InlineData(0, 200)]
    [InlineData(100, 199)]
    [InlineData(100, 20_001)]
    public void Create_LengthsOutOfRange_AreRefused(int min, int max) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new PassageSplitter(new PassageSplitterOptions { MinWords = min, MaxWords = max }));

    private static List<string> Texts(PassageSplitter splitter, string text) =>
        [.. splitter.Split(text).Select(passage => text.Substring(passage.Start, passage.Length))];

    private static void AssertCovers(string text, IReadOnlyList<Passage> passages)
    {
        int at = 0;
        foreach (Passage passage in passages)
        {
            Assert.Equal(at, passage.Start);
            Assert.True(passage.Length > 0);
            at += passage.Length;
            Assert.False(at < text.Length && char.IsSurrogatePair(text[at - 1], text[at]));
        }

        Assert.Equal(text.Length, at);
    }
}
