using LLoCO.Core.Index;

namespace LLoCO.Core.Tests.Index;

public sealed class ReciprocalRankFusionTests
{
    private static readonly Comparer<string> Ordinal = Comparer<string>.Create(string.CompareOrdinal);

    [Fact]
    public void Fuse_TwoRankings_SumsReciprocalRanks()
    {
        // a: 1/61 + 1/63, b: 1/62 + 1/61, c: 1/63, d: 1/62.
        IReadOnlyList<(string Item, double Score)> fused =
            ReciprocalRankFusion.Fuse([["a", "b", "c"], ["b", "d", "a"]], Ordinal);

        Assert.Equal(["b", "a", "d", "c"], fused.Select(item => item.Item));
        Assert.Equal(
            [123.0 / 3782, 124.0 / 3843, 1.0 / 62, 1.0 / 63],
            fused.Select(item => item.Score),
            (expected, actual) => Math.Abs(expected - actual) < 1e-15);
    }

    [Fact]
    public void Fuse_K_IsAddedToTheRank()
    {
        // k 0: a 1 + 1/2, b 1/2 + 1: equal, so the tie breaker decides.
        IReadOnlyList<(string Item, double Score)> fused = ReciprocalRankFusion.Fuse([["b", "a"], ["a", "b"]], Ordinal, k: 0);

        Assert.Equal([("a", 1.5), ("b", 1.5)], fused);
    }

    [Fact]
    public void Fuse_NoRankings_IsEmpty() => Assert.Empty(ReciprocalRankFusion.Fuse<string>([[], []], Ordinal));
}
