using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Sampling;

namespace LLoCO.Core.Tests.Decoding.Sampling;

public sealed class TopLogitsTests
{
    [Fact]
    public void Of_KnownProbabilities_GivesTheLargestFirst()
    {
        // Weights 1, 5, 2 of 8.
        (int[] ids, float[] logs) = TopLogits.Select([0f, MathF.Log(5), MathF.Log(2)], 2);

        Assert.Equal([1, 2], ids);
        Assert.Equal(Math.Log(5 / 8.0), logs[0], 6);
        Assert.Equal(Math.Log(2 / 8.0), logs[1], 6);
    }

    [Fact]
    public void Of_EqualLogits_TakesLowerIdsFirst() => Assert.Equal([0, 1], TopLogits.Select([3f, 3f, 3f], 2).Ids);

    [Fact]
    public void Of_MoreThanThereAre_GivesAll() => Assert.Equal([1, 0], TopLogits.Select([1f, 2f], 9).Ids);

    [Fact]
    public void Of_None_GivesNone() => Assert.Empty(TopLogits.Select([1f, 2f], 0).Ids);
}
