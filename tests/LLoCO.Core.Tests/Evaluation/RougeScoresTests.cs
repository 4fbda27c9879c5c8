using LLoCO.Evaluation;
using Xunit;

namespace LLoCO.Core.Tests.Evaluation;

/// <summary>Compared with the values that google-research's <c>rouge/rouge_scorer_test.py</c> asserts, which come from
/// ROUGE-1.5.5 itself, and with values worked out by hand.</summary>
public sealed class RougeScoresTests
{
    // The two random pairs of its rouge/testdata (target.txt, prediction.txt; Apache-2.0).
    private static readonly (string Prediction, string Target)[] Published =
    [
        (
            "rFDJCRtion Ht-LM EKtDXkME,yz'RBr q'wer wrojNbN wL,b .a-'XdQggyFl jB-RPP'iyOIcUxi",
            "ZfbCUIUuePaiLVUlCaUXxkpu XPeWing tUHfPMuZ',-Xd Y BrUgVJing M-HV.-DgdDaY.rFDJCRing Ht-LM EKBDXkME,yz'RBr q'wtion "
            + "wIojNbN wL,b .a-'XdQggyFl jB-RPP'iyOIcUxer tKM L"),
        (
            "n cw-WeFyu vC MoBL Xdn g wkvcEiGvKtion BDFhrpMer pstion sbKao Q m qier LMmed HqqLFXe,XPY,J XsurkMeo ,ed "
            + "nB'wH'bWVHjWFEer tQ.saefZwJtKrTlixYpMMNJtion UCAPwNHeYVjD",
            "KsJdPByEtAor fE-Qg Dpdbring cw-WeFyu vC MoBL Xdn g wkvcEiGvKtion BDFhrpMtion psing sbKao Q m qiing LMmer "
            + "HqqLFXe,XPY,J XsurkMer ,ed nB'wH'bWVHjWFEing tQ.saefZwJtKrTlixYpMMsJing UCAPwNHeYVjDing c T BUySKtion gMPfJpwGw "
            + "p'NvxAoping eu pBwMBKV'I DNxqelhu,PHPxDEq,mtion SN"),
    ];

    [Theory]
    [InlineData(0, false, 0.51163, 0.39024, 0.51163)]
    [InlineData(1, false, 0.50000, 0.36364, 0.50000)]
    [InlineData(0, true, 0.51163, 0.39024, null)] // the published test has no ROUGE-L with stemming
    [InlineData(1, true, 0.52941, 0.36364, null)]
    public void Of_PublishedPairs_GivesRouge155(int pair, bool stem, double rouge1, double rouge2, double? rougeL)
    {
        RougeScores scores = RougeScores.Compute(Published[pair].Prediction, [Published[pair].Target], stem);

        Assert.Equal(rouge1, scores.Rouge1, 5);
        Assert.Equal(rouge2, scores.Rouge2, 5);
        if (rougeL is { } expected)
        {
            Assert.Equal(expected, scores.RougeL, 5);
        }
    }

    [Theory]
    [InlineData("testing", "testing one two", 1.0 / 2, 0, 1.0 / 2)]
    [InlineData("testing one", "testing one two", 4.0 / 5, 2.0 / 3, 4.0 / 5)]
    [InlineData("testing two", "testing one two", 4.0 / 5, 0, 4.0 / 5)]
    [InlineData("", "testing one two", 0, 0, 0)]
    [InlineData("/", "testing one two", 0, 0, 0)]
    [InlineData("one", "", 0, 0, 0)]
    [InlineData("2 3 4 5", "2 5 3 4", 1, 1.0 / 3, 3.0 / 4)] // pairs 23 34 45 and 25 53 34: 1 of 3; longest common 2 3 4
    [InlineData("a a a b", "a b b", 4.0 / 7, 2.0 / 5, 4.0 / 7)] // clipped: one a, one b; pair "a b"
    [InlineData("Running\u2014quickly!", "run quick-ly", 2.0 / 5, 0, 2.0 / 5)] // run, quickli against run, quick, ly
    public void Of_SmallTexts_GivesValuesByHand(string prediction, string answer, double rouge1, double rouge2, double rougeL)
    {
        RougeScores scores = RougeScores.Compute(prediction, [answer]);

        Assert.Equal((rouge1, rouge2, rougeL), (scores.Rouge1, scores.Rouge2, scores.RougeL), Close);
    }

    [Fact]
    public void Of_SeveralReferences_TakesTheBestOfEachMeasure()
    {
        // Against the first: 2 of 2 and 2 words but no pair; against the second: pair and all of 3 words: 4/5, 2/3, 4/5.
        RougeScores scores = RougeScores.Compute("one two", ["two one", "one two three"]);

        Assert.Equal((1, 2.0 / 3, 0.8), (scores.Rouge1, scores.Rouge2, scores.RougeL), Close);
        Assert.Equal(Math.Pow(1 * 2.0 / 3 * 0.8, 1.0 / 3), scores.GeometricMean, 12);
    }

    [Fact]
    public void Metric_EachMeasure_HasItsName()
    {
        foreach ((string name, double expected) in new[] { ("rouge1", 0.8), ("rouge2", 2.0 / 3), ("rougeL", 0.8) })
        {
            Assert.Equal(expected, AnswerMetrics.ByName(name).Score("testing one", ["testing one two"]), 12);
        }
    }

    [Fact]
    public void Tokens_DottedCapitalI_IsTwoCharactersAsInPython() =>
        Assert.Equal(["i", "stanbul", "42"], RougeTokens.Extract("\u0130stanbul 42", stem: false));

    private static bool Close((double, double, double) one, (double, double, double) other) =>
        Math.Abs(one.Item1 - other.Item1) < 1e-12 && Math.Abs(one.Item2 - other.Item2) < 1e-12
        && Math.Abs(one.Item3 - other.Item3) < 1e-12;
}
