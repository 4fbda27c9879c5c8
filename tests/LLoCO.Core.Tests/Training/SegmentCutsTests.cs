using LLoCO.Core.Families;
using LLoCO.Core.Numerics;
using LLoCO.Core.Segments;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Evaluation.Synth;
using LLoCO.Training;
using Xunit;

namespace LLoCO.Core.Tests.Training;

public sealed class SegmentCutsTests
{
    private static readonly int[] Tokens = [.. Enumerable.Range(0, 1000)];

    [Fact]
    public void Cut_Random_CoversTheDocumentWithinTheBounds()
    {
        var cuts = new SegmentCuts(100, 2.0 / 3, 4.0 / 3);
        var lengths = new HashSet<int>();
        for (int seed = 0; seed < 50; seed++)
        {
            int[][] parts = cuts.Cut(Tokens, new SeededRandom((ulong)seed));

            Assert.Equal(Tokens, parts.SelectMany(part => part));
            Assert.Equal(10, parts.Length);
            Assert.All(parts, part => Assert.InRange(part.Length, 45, cuts.Longest(Tokens)));
            lengths.UnionWith(parts.Select(part => part.Length));
        }

        Assert.True(lengths.Count > 40, "lengths are to differ");
    }

    [Fact]
    public void Cut_AsRead_IsWhatASegmenterCuts()
    {
        var tokenizer = new CharacterTokenizer();
        int[] ids = [.. tokenizer.Encode("A cat sat. A dog ran off. It was late, and so on")];
        var segmenter = new Segmenter(16, SegmentBoundary.Sentence, tokenizer);
        var cuts = new SegmentCuts(16, 2.0 / 3, 4.0 / 3, segmenter);

        int[][] parts = cuts.Cut(ids, new SeededRandom(1));

        Assert.Equal(segmenter.Cut(ids), parts.Select(part => part.Length));
        Assert.Equal(ids, parts.SelectMany(part => part));
        Assert.Equal(parts.Length, cuts.Count(ids));
        Assert.All(parts, part => Assert.InRange(part.Length, 1, cuts.Longest(ids)));
    }

    [Fact]
    public void Cut_WithoutRandom_IsEven()
    {
        int[][] parts = new SegmentCuts(300, 0.5, 2).Cut(Tokens, null);

        Assert.Equal([250, 250, 250, 250], parts.Select(part => part.Length));
    }

    [Fact]
    public void Cut_FewTokens_GivesEachSegmentOne()
    {
        int[][] parts = new SegmentCuts(1, 0.01, 100).Cut(Tokens.AsSpan(0, 3), new SeededRandom(4));

        Assert.Equal([1, 1, 1], parts.Select(part => part.Length));
    }
}
