using LLoCO.Core.Index;
using Xunit;

namespace LLoCO.Core.Tests.Index;

/// <summary>Means of two rankings, worked by hand.</summary>
public sealed class ScoreFusionTests
{
    [Fact]
    public void Fuse_TwoRankings_TakesTheMeanOfTheShares()
    {
        // By words a 8, b 4, c 2: shares 1, 1/2, 1/4. By vectors b 0.5, d 0.4, a 0.1: shares 1, 4/5, 1/5.
        IReadOnlyList<(PassageKey Key, double Score)> fused = ScoreFusion.Fuse(
            [(Key("a"), 8), (Key("b"), 4), (Key("c"), 2)], [(Key("b"), 0.5), (Key("d"), 0.4), (Key("a"), 0.1)]);

        Assert.Equal(["b", "a", "d", "c"], fused.Select(one => one.Key.DocumentId));
        Assert.Equal([0.75, 0.6, 0.4, 0.125], fused.Select(one => Math.Round(one.Score, 12)));
    }

    [Fact]
    public void Fuse_NegativeScores_CountNothingAndKeepTheirOrder()
    {
        IReadOnlyList<(PassageKey Key, double Score)> fused = ScoreFusion.Fuse([(Key("c"), 1)], [(Key("b"), -0.1), (Key("a"), -0.2)]);

        Assert.Equal([("c", 0.5), ("b", 0.0), ("a", 0.0)], fused.Select(one => (one.Key.DocumentId, one.Score)));
    }

    [Fact]
    public void Fuse_EqualScores_AreOrderedByVectorThenByPlace()
    {
        IReadOnlyList<(PassageKey Key, double Score)> fused = ScoreFusion.Fuse([(Key("b"), 1), (Key("a"), 1)], [(Key("d"), 1), (Key("c"), 1)]);

        Assert.Equal(["d", "c", "a", "b"], fused.Select(one => one.Key.DocumentId));
    }

    [Fact]
    public void Fuse_NoRankings_IsEmpty() => Assert.Empty(ScoreFusion.Fuse([], []));

    private static PassageKey Key(string id) => new(id, 0, 0);
}
