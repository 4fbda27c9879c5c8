using LLoCO.Evaluation;
using Xunit;

namespace LLoCO.Core.Tests.Evaluation;

/// <summary>Expected values are worked out by hand after SQuAD's <c>evaluate-v1.1.py</c>.</summary>
public sealed class AnswerMetricTests
{
    [Theory]
    [InlineData("The Eiffel Tower!", "eiffel tower")]
    [InlineData("  an   apple\ta day ", "apple day")]
    [InlineData("U.S.A.", "usa")]
    [InlineData("theatre and anthem", "theatre and anthem")]
    [InlineData("well-known", "wellknown")]
    [InlineData("the", "")]
    [InlineData("«Ça»", "«ça»")]
    public void Normalize_Answer_GivesSquadsForm(string answer, string expected) =>
        Assert.Equal(expected, AnswerNormalizer.Normalize(answer));

    [Theory]
    [InlineData("The cape.", 1, "Cape")]
    [InlineData("North Cape", 0, "Cape")]
    [InlineData("cape horn", 1, "north", "Cape Horn")]
    [InlineData("", 1, "the")]
    public void ExactMatch_Score_IsOneForAnyAcceptedAnswer(string prediction, double expected, params string[] answers) =>
        Assert.Equal(expected, new ExactMatchMetric().Score(prediction, answers));

    [Theory]
    [InlineData("the north cape storm", 0.8, "cape storm")] // 2 common; 3 and 2 words: 4/5
    [InlineData("cape", 2.0 / 3, "cape horn")] // 1 common; 1 and 2 words: 2/3
    [InlineData("horn horn", 0.5, "horn cape")] // a word counts as often as both have it: 2/4
    [InlineData("a b c", 2.0 / 3, "x", "b", "b z")] // "a" is an article: best of 0, 2/3, 2/4
    [InlineData("storm", 0, "calm")]
    [InlineData("", 0, "calm")]
    [InlineData("the", 1, "a")] // both empty after normalisation
    public void TokenF1_Score_IsTheBestOverAcceptedAnswers(string prediction, double expected, params string[] answers) =>
        Assert.Equal(expected, new TokenF1Metric().Score(prediction, answers), 12);

    [Theory] // Python 3.11, str.lower()
    [InlineData("ΟΔΟΣ", "οδος")]
    [InlineData("ΟΔΟΣ ΣΑΣ", "οδος σας")]
    [InlineData("Σ", "σ")]
    [InlineData("Σ Σ", "σ σ")]
    [InlineData("ΑΣ'Β", "ασ'β")]
    [InlineData("ΑΣ.", "ας.")]
    [InlineData("ΑΣΑ", "ασα")]
    [InlineData("ΑΣ\u0301", "ας\u0301")]
    [InlineData("ΑΣ\u0301Β", "ασ\u0301β")]
    [InlineData("1Σ", "1σ")]
    [InlineData("\u01c5Σ", "\u01c6ς")]
    [InlineData("A\u00adΣ", "a\u00adς")]
    [InlineData("ΑΣ\ud835\udc00", "ασ\ud835\udc00")]
    [InlineData("\u2167Σ", "\u2177ς")]
    [InlineData("\ud801\udc00Σ x", "\ud801\udc28ς x")]
    [InlineData("a\u02b0Σ", "a\u02b0ς")]
    [InlineData("\u0130STANBUL Σ", "i\u0307stanbul σ")]
    public void PythonText_ToLower_EqualsPython(string text, string expected) => Assert.Equal(expected, PythonText.ToLower(text));

    [Theory]
    [InlineData("ΟΔΟΣ", "οδος", 1)]
    [InlineData("ΟΔΟΣ", "οδοσ", 0)]
    [InlineData("\u0130zmir", "i\u0307zmir", 1)]
    [InlineData("\u0130zmir", "izmir", 0)]
    public void ExactMatch_SigmaAndDottedI_AreThoseOfPython(string prediction, string answer, double expected) =>
        Assert.Equal(expected, new ExactMatchMetric().Score(prediction, [answer]));

    [Theory]
    [InlineData("船长是林海", "林海", 4.0 / 7, 4.0 / 7)] // 2 common; 5 and 2 characters: 4/7
    [InlineData("船长是林海。", "船长 是 林海", 1, 1)]
    [InlineData("海林", "林海", 1, 0.5)] // the same characters; one of them in order
    [InlineData("LLoCO 3 倍", "lloco 2 倍", 2.0 / 3, 2.0 / 3)]
    [InlineData("東京タワー", "大阪", 0, 0)]
    public void CharacterMetrics_Score_CompareCharacters(string prediction, string answer, double f1, double rouge)
    {
        Assert.Equal(f1, new CharacterF1Metric().Score(prediction, [answer, "無"]), 12);
        Assert.Equal(rouge, new CharacterRougeMetric().Score(prediction, [answer, "無"]), 12);
    }

    [Fact]
    public void ByName_UnknownMetric_NamesTheKnownOnes()
    {
        LlocoException error = Assert.Throws<LlocoException>(() => AnswerMetrics.ByName("beauty"));

        Assert.Contains("em or f1 or rouge", error.Message, StringComparison.Ordinal);
        Assert.IsType<TokenF1Metric>(AnswerMetrics.ByName("f1"));
    }

    [Theory]
    [InlineData("B", 1, "B. Paris")]
    [InlineData("B. Paris", 1, "B")]
    [InlineData(" \nC", 1, "C")]
    [InlineData("Paris", 0, "B. Paris")]
    [InlineData("because", 0, "B")] // case counts, as in the original's comparison of first characters
    [InlineData("D", 1, "A", "D")]
    [InlineData("", 0, "A")]
    public void Choice_Score_ComparesFirstLetters(string prediction, double expected, params string[] answers) =>
        Assert.Equal(expected, new ChoiceMetric().Score(prediction, answers));

    [Theory]
    [InlineData("Paris. It is the capital.", "Paris")]
    [InlineData("Paris", "Paris")]
    [InlineData(".Paris", "")]
    public void BeforeFullStop_Answer_IsCutAsTheOriginalDoes(string answer, string expected) =>
        Assert.Equal(expected, AnswerScoring.BeforeFullStop(answer));

    [Fact]
    public void Score_CutAtFullStop_JudgesTheFirstPart()
    {
        const string Prediction = "the blue harbour. It lies in the north.";

        // Whole: blue, harbour, it, lies, in, north against blue, harbour: 2 * 2 / 8.
        Assert.Equal(0.5, AnswerScoring.Default.Score(Prediction, ["blue harbour"])["f1"], 12);
        Assert.Equal(1, (AnswerScoring.Default with { CutAtFullStop = true }).Score(Prediction, ["blue harbour"])["em"]);
    }

    [Fact]
    public void PairedDifference_SameQuestions_IsNarrowerThanTwoIntervals()
    {
        // Of 100 questions both modes miss 50; the first gets 10 more than the second: every difference is 0 or 1, mean 0.1,
        // standard error sqrt(0.1 * 0.9 / 100) = 0.03, so 0.1 -+ 1.96 * 0.03.
        double[] first = [.. Enumerable.Range(0, 100).Select(i => i < 50 ? 1.0 : 0)];
        double[] second = [.. Enumerable.Range(0, 100).Select(i => i < 40 ? 1.0 : 0)];

        PairedDifference difference = PairedDifference.Create(first, second);

        Assert.Equal(0.1, difference.Mean, 12);
        Assert.InRange(difference.Interval.Low, 0.02, 0.06);
        Assert.InRange(difference.Interval.High, 0.14, 0.18);
        Assert.Equal(-0.1, PairedDifference.Create(second, first).Mean, 12);
    }

    [Fact]
    public void PairedDifference_NotPairs_SaysHowMany()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => PairedDifference.Create([1, 0], [1]));

        Assert.Contains("2 and 1 scores", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OfMean_HalfRight_IsAsWideAsTheNormalApproximation()
    {
        // 400 scores, mean 0.5: standard error 0.5 / 20, so 0.5 -+ 1.96 * 0.025.
        BootstrapInterval interval = BootstrapInterval.OfMean([.. Enumerable.Range(0, 400).Select(i => (double)(i % 2))]);

        Assert.InRange(interval.Low, 0.451 - 0.006, 0.451 + 0.006);
        Assert.InRange(interval.High, 0.549 - 0.006, 0.549 + 0.006);
    }

    [Fact]
    public void OfMean_EqualScores_IsAPoint() =>
        Assert.Equal(new BootstrapInterval(0.25, 0.25), BootstrapInterval.OfMean([0.25, 0.25, 0.25]));
}
