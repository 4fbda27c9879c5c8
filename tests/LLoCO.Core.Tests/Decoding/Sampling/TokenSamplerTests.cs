using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Sampling;
using Xunit;

namespace LLoCO.Core.Tests.Decoding.Sampling;

public sealed class TokenSamplerTests
{
    [Fact]
    public void Next_Greedy_TakesTheLargestAndTheFirstOfEquals()
    {
        var sampler = new TokenSampler(new GenerationOptions());

        Assert.Equal(1, sampler.Next([0, 3, 2, 3]).Id);
    }

    [Fact]
    public void Next_AnyOptions_ReportsTheUnmodifiedLogProbability()
    {
        // Probabilities 1/4 and 3/4: logits 0 and ln 3. The penalty makes the second less likely, but not in the report.
        var sampler = new TokenSampler(new GenerationOptions { RepetitionPenalty = 1.5 });
        sampler.Observe([1]);

        (int id, float logProbability) = sampler.Next([0, MathF.Log(3)]);

        Assert.Equal(1, id);
        Assert.Equal(Math.Log(0.75), logProbability, 1e-6);
    }

    [Theory]
    [InlineData(2.0f, 1.5f, 1.0, 0)]
    [InlineData(2.0f, 1.5f, 1.5, 1)]
    [InlineData(-1.0f, -1.2f, 1.0, 0)]
    [InlineData(-1.0f, -1.2f, 1.5, 1)]
    public void Next_RepetitionPenalty_DividesPositiveAndMultipliesNegativeLogits(
        float seen, float other, double penalty, int expected)
    {
        // 2 / 1.5 = 1.33 < 1.5, and -1 * 1.5 = -1.5 < -1.2: with the penalty the other token wins in both cases.
        var sampler = new TokenSampler(new GenerationOptions { RepetitionPenalty = penalty });
        sampler.Observe([0]);

        Assert.Equal(expected, sampler.Next([seen, other]).Id);
    }

    [Fact]
    public void Next_ChosenToken_IsPenalisedAfterwards()
    {
        var sampler = new TokenSampler(new GenerationOptions { RepetitionPenalty = 2 });

        Assert.Equal(0, sampler.Next([3, 2]).Id);
        Assert.Equal(1, sampler.Next([3, 2]).Id);
    }

    [Fact]
    public void Next_TopK_NeverLeavesTheKLikeliest()
    {
        int[] counts = Draw(new GenerationOptions { Temperature = 1, TopK = 2, Seed = 5 }, [0.1f, 2, 1, 1.9f], 2000);

        Assert.Equal(0, counts[0]);
        Assert.Equal(0, counts[2]);
        Assert.True(counts[1] > 0 && counts[3] > 0);
    }

    [Fact]
    public void Next_TopKAmongEquals_KeepsTheSmallerIds()
    {
        int[] counts = Draw(new GenerationOptions { Temperature = 1, TopK = 2, Seed = 5 }, [1, 1, 1, 1], 500);

        Assert.Equal(500, counts[0] + counts[1]);
    }

    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(0.49, 1)]
    [InlineData(0.51, 2)]
    [InlineData(0.79, 2)]
    [InlineData(0.81, 3)]
    [InlineData(1.0, 4)]
    public void Next_TopP_KeepsTheSmallestSetThatReachesTheMass(double topP, int kept)
    {
        // Probabilities 0.5, 0.3, 0.15, 0.05: cumulated 0.5, 0.8, 0.95, 1.
        float[] logits = [MathF.Log(0.15f), MathF.Log(0.5f), MathF.Log(0.05f), MathF.Log(0.3f)];
        int[] byProbability = [1, 3, 0, 2];

        int[] counts = Draw(new GenerationOptions { Temperature = 1, TopP = topP, Seed = 9 }, logits, 2000);

        Assert.All(byProbability[..kept], id => Assert.True(counts[id] > 0));
        Assert.All(byProbability[kept..], id => Assert.Equal(0, counts[id]));
    }

    [Fact]
    public void Next_Temperature_DrawsFromTheScaledDistribution()
    {
        // Logits ln 1, ln 2, ln 3, ln 4 at temperature 0.5 are weights 1, 4, 9, 16 of 30.
        float[] logits = [0, MathF.Log(2), MathF.Log(3), MathF.Log(4)];
        const int draws = 30_000;

        int[] counts = Draw(new GenerationOptions { Temperature = 0.5, Seed = 42 }, logits, draws);

        double chiSquare = 0;
        double[] expected = [1, 4, 9, 16];
        for (int id = 0; id < 4; id++)
        {
            double mean = draws * expected[id] / 30;
            chiSquare += (counts[id] - mean) * (counts[id] - mean) / mean;
        }

        // 16.27 is passed by chance once in a thousand seeds (3 degrees of freedom).
        Assert.True(chiSquare < 16.27, $"chi-square is {chiSquare}");
    }

    [Fact]
    public void Next_SameSeed_DrawsTheSameTokens()
    {
        float[] logits = [.. Enumerable.Range(0, 50).Select(id => MathF.Sin(id))];
        var options = new GenerationOptions { Temperature = 1, TopP = 0.9, Seed = 123 };

        int[] one = Sequence(options, logits);
        int[] two = Sequence(options, logits);
        int[] other = Sequence(options with { Seed = 124 }, logits);

        Assert.Equal(one, two);
        Assert.NotEqual(one, other);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Next_LogitsThatAreNoNumbers_AreRefused(float bad)
    {
        var sampler = new TokenSampler(new GenerationOptions());

        LlocoException error = Assert.Throws<LlocoException>(() => sampler.Next([0, bad, 5]));
        Assert.Contains("float32", error.Message);
    }

    [Fact]
    public void Random_KnownSeed_GivesThePublishedSequence()
    {
        // splitmix64 from 0 fills the state with E220A8397B1DCDAF, 6E789E6AA1B965F4, 06C45D188009454F, F88BB8A8724C81EC;
        // the first output of xoshiro256** is rotl(state[1] * 5, 7) * 9 = 99EC5F36CB75F2B4.
        var random = new SamplerRandom(0);

        Assert.Equal(0x99EC5F36CB75F2B4UL, random.NextUInt64());
        double next = random.NextDouble();
        Assert.InRange(next, 0, 1);
    }

    private static int[] Draw(GenerationOptions options, float[] logits, int draws)
    {
        var sampler = new TokenSampler(options);
        var counts = new int[logits.Length];
        for (int i = 0; i < draws; i++)
        {
            counts[sampler.Next(logits).Id]++;
        }

        return counts;
    }

    private static int[] Sequence(GenerationOptions options, float[] logits)
    {
        var sampler = new TokenSampler(options);
        return [.. Enumerable.Range(0, 40).Select(_ => sampler.Next(logits).Id)];
    }
}
