using LLoCO.Core.Trust;
using Xunit;

namespace LLoCO.Core.Tests.Trust;

/// <summary>All expected numbers are worked out by hand.</summary>
public sealed class ConfidenceCalibrationTests
{
    [Fact]
    public void Fit_TemperatureOfOneConfidence_MeetsTheShareThatWasRight()
    {
        // All answers say 0.8, log-odds ln 4; three of five are right, log-odds ln 1.5. Slope ln 1.5 / ln 4 = 0.405465 / 1.386294.
        var answers = Answers(0.8, right: 3, wrong: 2);

        ConfidenceCalibration fit = ConfidenceCalibration.Fit(answers, CalibrationMethod.Temperature);

        Assert.Equal(0.292481, fit.Slope, 5);
        Assert.Equal(0, fit.Offset);
        Assert.Equal(0.6, fit.Apply(new AnswerConfidence(0.8, 1)), 5);
        Assert.Equal(0.5, fit.Apply(new AnswerConfidence(0.5, 1)), 9);
    }

    [Fact]
    public void Fit_PlattOfTwoConfidences_MeetsTheSmoothedShareOfEach()
    {
        // Log-odds -ln 9 and ln 9. Right 5 (4 of them sure), wrong 5: targets 6/7 and 1/7. Sure: (4 * 6/7 + 1/7) / 5 = 5/7;
        // unsure: (6/7 + 4/7) / 5 = 2/7. Two numbers meet two shares: offset 0, slope ln 2.5 / ln 9 = 0.916291 / 2.197225.
        var answers = Answers(0.9, right: 4, wrong: 1).Concat(Answers(0.1, right: 1, wrong: 4)).ToList();

        ConfidenceCalibration fit = ConfidenceCalibration.Fit(answers);

        Assert.Equal(0.417022, fit.Slope, 5);
        Assert.Equal(0, fit.Offset, 5);
        Assert.Equal(5.0 / 7, fit.Apply(new AnswerConfidence(0.9, 1)), 5);
        Assert.Equal(2.0 / 7, fit.Apply(new AnswerConfidence(0.1, 1)), 5);
    }

    [Fact]
    public void Fit_PlattOfAnswersThatAreAllRight_PromisesNoCertainty()
    {
        // 8 right: target 9/10; the feature is 0 everywhere, so only the offset can meet it: ln 9.
        ConfidenceCalibration fit = ConfidenceCalibration.Fit(Answers(0.5, right: 8, wrong: 0));

        Assert.Equal(2.197225, fit.Offset, 4);
        Assert.Equal(0.9, fit.Apply(new AnswerConfidence(0.5, 1)), 5);
    }

    [Fact]
    public void Fit_Isotonic_PoolsNeighboursThatFall()
    {
        // Shares at 0.2, 0.4, 0.6, 0.8: 0, 1, 1/2, 1. The fall from 1 to 1/2 is pooled to 2 of 3.
        var answers = Answers(0.2, 0, 1).Concat(Answers(0.4, 1, 0)).Concat(Answers(0.6, 1, 1)).Concat(Answers(0.8, 2, 0)).ToList();

        ConfidenceCalibration fit = ConfidenceCalibration.Fit(answers, CalibrationMethod.Isotonic);

        Assert.Equal([0.2, 0.4, 0.6, 0.8], fit.Raw);
        Assert.Equal([0, 2.0 / 3, 2.0 / 3, 1], fit.Probability);
        Assert.Equal(1.0 / 3, fit.Apply(new AnswerConfidence(0.3, 1)), 12);
        Assert.Equal(2.0 / 3, fit.Apply(new AnswerConfidence(0.5, 1)), 12);
        Assert.Equal(0, fit.Apply(new AnswerConfidence(0.05, 1)), 12);
        Assert.Equal(1, fit.Apply(new AnswerConfidence(0.99, 1)), 12);
    }

    [Fact]
    public void Fit_SignalNamed_LooksAtIt()
    {
        List<(AnswerConfidence, bool)> answers =
            [.. Answers(0.8, 3, 2).Select(answer => (new AnswerConfidence(0.01, answer.Item1.Least), answer.Item2))];

        ConfidenceCalibration fit = ConfidenceCalibration.Fit(answers, CalibrationMethod.Temperature, ConfidenceSignal.Mean);

        Assert.Equal(0.6, fit.Apply(new AnswerConfidence(0.3, 0.8)), 5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Apply_CertainAnswer_IsAProbability(double certain)
    {
        ConfidenceCalibration fit = ConfidenceCalibration.Fit(Answers(certain, right: 2, wrong: 1));

        Assert.InRange(fit.Apply(new AnswerConfidence(certain, certain)), 0.3, 0.7);
    }

    [Fact]
    public void Fit_NoAnswers_SaysSo() => Assert.Contains(
        "no answers", Assert.Throws<LlocoException>(() => ConfidenceCalibration.Fit([])).Message, StringComparison.Ordinal);

    private static List<(AnswerConfidence, bool)> Answers(double least, int right, int wrong) =>
        [.. Enumerable.Range(0, right + wrong).Select(i => (new AnswerConfidence(least, 1), i < right))];
}
