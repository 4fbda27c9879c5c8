using LLoCO.Core.Trust;
using Xunit;

namespace LLoCO.Core.Tests.Trust;

public sealed class ReliabilityCurveTests
{
    [Fact]
    public void Of_Answers_GivesTheErrorsWorkedOutByHand()
    {
        // Two bins. Low: 0.2 wrong, 0.4 right: says 0.3, is 0.5, off by 0.2 with 2 of 5 answers.
        // High: 0.6 right, 0.9 right, 0.9 wrong: says 0.8, is 2/3, off by 2/15 with 3 of 5. Error 0.08 + 0.08.
        // Squares: 0.04 + 0.36 + 0.16 + 0.01 + 0.81 = 1.38, a fifth of it 0.276.
        ReliabilityCurve curve = ReliabilityCurve.Create([(0.2, false), (0.4, true), (0.6, true), (0.9, true), (0.9, false)], bins: 2);

        Assert.Equal(0.16, curve.ExpectedCalibrationError, 12);
        Assert.Equal(0.276, curve.BrierScore, 12);
        Assert.Equal(5, curve.Questions);
        Assert.Equal([2, 3], curve.Bins.Select(bin => bin.Questions));
        Assert.Equal(0.8, curve.Bins[1].MeanConfidence, 12);
        Assert.Equal(2.0 / 3, curve.Bins[1].RightShare, 12);
        Assert.Equal((0.5, 1), (curve.Bins[1].Low, curve.Bins[1].High));
    }

    [Fact]
    public void Of_Borders_BelongToTheBinAboveAndOneToTheLast()
    {
        ReliabilityCurve curve = ReliabilityCurve.Create([(0.5, true), (1, true), (0, false)], bins: 2);

        Assert.Equal([1, 2], curve.Bins.Select(bin => bin.Questions));
        Assert.Equal(0.5 / 3, curve.ExpectedCalibrationError, 12);
    }

    [Fact]
    public void Of_NoAnswers_SaysSo() => Assert.Throws<LlocoException>(() => ReliabilityCurve.Create([]));
}
