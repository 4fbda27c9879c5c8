using LLoCO.Core.Numerics;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Core.Tests.Synth;

public sealed class OpenCorpusTests
{
    private static readonly OpenLexicon Known = OpenLexicon.OfClosedCorpus();

    [Fact]
    public void Relations_ManyWithManyWordings_OfWhichATenthIsHeldOut()
    {
        IReadOnlyList<OpenRelation> all = OpenGrammar.Relations;

        Assert.True(all.Count >= 200 && all.Select(relation => relation.Name).Distinct().Count() == all.Count);
        Assert.All(all, relation =>
        {
            Assert.True(relation.Statements.Distinct().Count() >= 8 && relation.Questions.Distinct().Count() >= 8);
            Assert.All(relation.Statements, wording => Assert.True(wording.Contains("{N}") && wording.Contains("{V}")));
            Assert.All(relation.Questions, wording => Assert.True(wording.Contains("{N}") && !wording.Contains("{V}")));
            Assert.All(relation.Statements.Concat(relation.Questions), wording => Assert.DoesNotContain("{A}", wording));
        });
        Assert.InRange(all.Count(relation => relation.IsHeldOut), all.Count / 20, all.Count / 6);
        int wordings = all.Sum(relation => relation.Statements.Count);
        int heldOut = all.Sum(relation => relation.Wordings(relation.Statements, heldOut: true).Count);
        Assert.InRange(heldOut, wordings / 15, wordings / 7);
    }

    [Fact]
    public void Draw_ForTraining_NeverTellsWhatIsHeldOut()
    {
        var corpus = new OpenCorpus(Known, _ => 2);

        Assert.All(Facts(corpus, documents: 100), fact =>
        {
            Assert.False(fact.Relation.IsHeldOut);
            string wording = fact.Sentence.Replace(fact.Subject, "{N}").Replace(fact.Value, "{V}");
            Assert.DoesNotContain(wording, fact.Relation.Wordings(fact.Relation.Statements, heldOut: true));
        });
    }

    [Fact]
    public void Draw_ForTests_TellsOnlyWhatIsHeldOut()
    {
        var corpus = new OpenCorpus(OpenLexicon.OfClosedCorpus(heldOut: true), _ => 2, heldOut: true);

        OpenFact[] facts = Facts(corpus, documents: 30);

        Assert.All(facts, fact => Assert.True(fact.Relation.IsHeldOut));
        Assert.True(facts.Select(fact => fact.Relation.Name).Distinct().Count() > 5);
    }

    [Fact]
    public void OfTexts_WordsOfBooks_AreNounsAndNamesOfOneSideOnly()
    {
        string text = string.Concat(Enumerable.Repeat(
            "He saw the lantern and the Captain Harrow by a window. Nobody knew of Harrow, nor of the anchor. Then the dog ran. ", 3));

        OpenLexicon trained = OpenLexicon.OfTexts([text]);
        OpenLexicon kept = OpenLexicon.OfTexts([text], heldOut: true);

        string[] nouns = ["anchor", "dog", "lantern", "window"];
        Assert.Equal(nouns, nouns.Where(noun => trained.Nouns.Contains(noun) ^ kept.Nouns.Contains(noun)));
        Assert.True(trained.Names.Contains("Harrow") ^ kept.Names.Contains("Harrow"));
        Assert.DoesNotContain("Nobody", trained.Names.Concat(kept.Names));
        Assert.Empty(trained.Nouns.Intersect(kept.Nouns));
        Assert.InRange(kept.Names.Count, 40, 130);
    }

    [Fact]
    public void Draw_SubjectsAndValues_HardlyEverRepeat()
    {
        var corpus = new OpenCorpus(Known, _ => 2);

        OpenFact[] facts = Facts(corpus, documents: 200);

        Assert.True(facts.Select(fact => fact.Subject).Distinct().Count() > 0.99 * facts.Length);
        Assert.Equal(Enum.GetValues<OpenKind>(), facts.Select(fact => fact.Relation.Kind).Distinct().Order());
        string[] made =
            [.. facts.Where(fact => fact.Relation.Kind is OpenKind.Name or OpenKind.Pair).Select(fact => fact.Value)];
        Assert.True(made.Distinct().Count() > 0.97 * made.Length);
    }

    [Fact]
    public void Draw_PiecesAndSharedNames_AreAsAsked()
    {
        // Three letters to a piece, so that lengths are easy to see.
        var corpus = new OpenCorpus(Known, text => (text.Length + 2) / 3);
        var shape = new OpenShape(12) { MinPieces = 4, MaxPieces = 4, SharedNameShare = 1, OneRelationShare = 1, ListShare = 1, ListMark = true };

        IReadOnlyList<OpenFact> facts = corpus.Draw(new SeededRandom(5), shape);

        Assert.Equal(12, facts.Select(fact => fact.Subject).Distinct().Count());
        Assert.All(facts, fact => Assert.InRange(fact.Subject.Length, 10, 12));
        Assert.Single(facts.Select(fact => fact.Relation.Name).Distinct());
        Assert.All(facts, fact => Assert.Equal($"{fact.Subject} : {fact.Value}.", fact.Sentence));
        Assert.True(facts.GroupBy(fact => fact.Subject.Split(' ')[0]).Max(same => same.Count()) >= 3);
    }

    [Fact]
    public void Draw_SameSeed_TellsTheSame()
    {
        var corpus = new OpenCorpus(Known, _ => 2);

        Assert.Equal(
            corpus.Draw(new SeededRandom(3), new OpenShape(9)).Select(fact => fact.Sentence),
            new OpenCorpus(Known, _ => 2).Draw(new SeededRandom(3), new OpenShape(9)).Select(fact => fact.Sentence));
        Assert.NotEqual(
            corpus.Draw(new SeededRandom(3), new OpenShape(9)).Select(fact => fact.Sentence),
            corpus.Draw(new SeededRandom(4), new OpenShape(9)).Select(fact => fact.Sentence));
    }

    private static OpenFact[] Facts(OpenCorpus corpus, int documents) => [.. Enumerable.Range(0, documents)
        .SelectMany(number => corpus.Draw(SeededRandom.For(11, $"{number}"), new OpenShape(20)))];
}
