using LLoCO.Core.Numerics;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Core.Tests.Models;

public sealed class OpenProfilesTests
{
    private static readonly OpenPronoun He = OpenPronoun.All[0];

    [Theory]
    [InlineData("{N} was born at {V}.", "he was born at {V}.")]
    [InlineData("The trade of {N} is {V}.", "his trade is {V}.")]
    [InlineData("{V} is the trade of {N}.", "{V} is his trade.")]
    [InlineData("As trade of {N} we know {V}.", "As trade of him we know {V}.")]
    [InlineData("For {N} the trade was put down as {V}.", "For him the trade was put down as {V}.")]
    [InlineData("Asked about the trade, {N} said {V}.", "Asked about the trade, he said {V}.")]
    [InlineData("{V} taught {N}.", "{V} taught him.")]
    public void Refer_Wordings_GetTheFormThatTheirPlaceAsksFor(string wording, string expected)
    {
        Assert.Equal(expected, SynthGenerator.Fill(He.Refer(wording), He.Subject, "{V}"));
    }

    [Fact]
    public void DrawProfiles_SentencesThatFollow_DoNotNameTheSubject()
    {
        var corpus = new OpenCorpus(OpenLexicon.OfClosedCorpus(), _ => 3);
        List<OpenFact> facts = [];
        for (int document = 0; document < 40; document++)
        {
            IReadOnlyList<OpenFact> drawn = corpus.DrawProfiles(SeededRandom.For(5, $"{document}"), new OpenShape(12));
            Assert.Equal(12, drawn.Count);
            for (int i = 0; i < drawn.Count; i++)
            {
                OpenFact fact = drawn[i];
                Assert.Contains(fact.Value, fact.Sentence, StringComparison.Ordinal);
                Assert.True(i > 0 || !fact.Follows);
                Assert.Equal(!fact.Follows, fact.Sentence.Contains(fact.Subject, StringComparison.OrdinalIgnoreCase));
                Assert.True(!fact.Follows || drawn[i - 1].Subject == fact.Subject);
            }

            // What is asked for is told once: no subject has two values of one attribute.
            Assert.Equal(12, drawn.Select(fact => (fact.Subject, fact.Relation.Attribute)).Distinct().Count());
            facts.AddRange(drawn);
        }

        Assert.InRange(facts.Count(fact => fact.Follows), 100, 400);
    }
}
