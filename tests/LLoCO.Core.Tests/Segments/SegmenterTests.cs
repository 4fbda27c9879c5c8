using LLoCO.Core.Families;
using LLoCO.Core.Segments;
using LLoCO.Core.Tokenization;
using LLoCO.Training.Tokenization;

namespace LLoCO.Core.Tests.Segments;

/// <summary>With a tokenizer whose ids are characters, so that every cut can be read off the text.</summary>
public sealed class SegmenterTests
{
    private static readonly CharacterTokenizer Tokenizer = new();

    [Theory]
    [InlineData("", new int[0])]
    [InlineData("abc", new[] { 3 })]
    [InlineData("a. b. c. d", new[] { 5, 5 })]
    [InlineData("a. b. c. de", new[] { 5, 5, 1 })]
    public void Cut_AtTokens_IsExact(string text, int[] lengths)
    {
        Assert.Equal(lengths, new Segmenter(5, SegmentBoundary.Token, Tokenizer).Cut(Tokenizer.Ids(text)));
    }

    [Theory]
    [InlineData("Tom ran. Ann sat.", new[] { "Tom ran.", " Ann sat." })]
    [InlineData("It is 3.5 m long", new[] { "It is 3.5 m ", "long" })] // no sentence ends inside a number
    [InlineData("Line one\nLine two", new[] { "Line one\n", "Line two" })]
    [InlineData("A. bcdefghijklm", new[] { "A. bcdefghij", "klm" })] // none in the last half: exact
    [InlineData("Go! What? Yes", new[] { "Go! What?", " Yes" })]
    [InlineData("Go (now.) Yes", new[] { "Go (now.)", " Yes" })]
    [InlineData("short.", new[] { "short." })]
    public void Cut_AtSentences_KeepsThemWhole(string text, string[] segments)
    {
        Assert.Equal(segments, Cut(text, 12));
    }

    [Fact]
    public void Cut_ClosingQuote_StaysWithItsSentenceWhereItFits()
    {
        Assert.Equal(["He said \"No.\"", " Then"], Cut("He said \"No.\" Then", 13));
        Assert.Equal(["He said \"No.", "\" Then"], Cut("He said \"No.\" Then", 12));
    }

    [Theory]
    [InlineData(SegmentBoundary.Token)]
    [InlineData(SegmentBoundary.Sentence)]
    public void Cut_GrownDocument_KeepsEverySegmentButTheLast(SegmentBoundary boundary)
    {
        const string Text = "A b. \"Cd ef.\" Gh 1.5 ij? Kl\nmn! Opqrstuvwxyz abcdefgh. Ij (kl.) mn... Op. Qr\n\nSt.";
        var segmenter = new Segmenter(9, boundary, Tokenizer);
        int[] whole = Tokenizer.Ids(Text);
        for (int length = 0; length <= whole.Length; length++)
        {
            IReadOnlyList<int> part = segmenter.Cut(whole.AsSpan(0, length));

            Assert.Equal(length, part.Sum());
            Assert.All(part, count => Assert.InRange(count, 1, 9));
            IEnumerable<int> stable = part.Count > 0 && part[^1] == 9 ? part : part.SkipLast(1);
            Assert.Equal(stable, segmenter.Cut(whole).Take(stable.Count()));
        }
    }

    [Fact]
    public void Cut_SentencePieceIds_EndsBehindStops()
    {
        using var model = new MemoryStream();
        SentencePieceTrainer.Train(["the old pilot came in. the old pilot went out.\nthe end."], new(), model);
        model.Position = 0;
        SentencePieceTokenizer tokenizer = SentencePieceTokenizer.Load(model);
        const string Text = "the pilot came in. the old pilot went out.\nthe old pilot came in. the end.";
        int[] ids = [.. tokenizer.Encode(Text)];

        IReadOnlyList<int> lengths = new Segmenter(15, SegmentBoundary.Sentence, tokenizer).Cut(ids);

        Assert.True(lengths.Count > 2);
        int end = 0;
        Assert.All(lengths, length => Assert.True(tokenizer.Decode(ids[..(end += length)])[^1] is '.' or '\n'));
    }

    [Fact]
    public void Constructor_LengthBelowOne_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Segmenter(0, SegmentBoundary.Token, Tokenizer));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Segmenter(1, (SegmentBoundary)7, Tokenizer));
    }

    private static IEnumerable<string> Cut(string text, int length)
    {
        int start = 0;
        foreach (int count in new Segmenter(length, SegmentBoundary.Sentence, Tokenizer).Cut(Tokenizer.Ids(text)))
        {
            yield return text.Substring(start, count);
            start += count;
        }
    }

    private sealed class CharacterTokenizer : ITokenizer
    {
        public int VocabularySize => 128;

        public int? BeginOfSequenceId => null;

        public IReadOnlyList<int> EndOfSequenceIds => [];

        public string Fingerprint => "characters";

        public int[] Ids(string text) => [.. text.Select(character => (int)character)];

        public IReadOnlyList<int> Encode(string text) => Ids(text);

        public IReadOnlyList<TextToken> EncodeWithOffsets(string text) =>
            [.. text.Select((character, i) => new TextToken(character, i, 1))];

        public string Decode(IEnumerable<int> ids) => string.Concat(ids.Select(id => (char)id));
    }
}
