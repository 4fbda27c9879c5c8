using System.Globalization;
using LLoCO.Core.Numerics;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Evaluation.Synth;
using LLoCO.Training.SelfStudy;

namespace LLoCO.Core.Tests.SelfStudy;

public sealed class ClozeTeacherTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        "The mill of Tarvin was built by Arlen Tove in 1890.",
        "Complete: The mill of ____ was built by Arlen Tove in 1890.|Tarvin",
        "Complete: The mill of Tarvin was built by ____ in 1890.|Arlen Tove",
        "Complete: The mill of Tarvin was built by Arlen Tove in ____.|1890",
        "When was the mill of Tarvin built by Arlen Tove?|1890",
        "By whom was the mill of Tarvin built in 1890?|Arlen Tove")]
    [InlineData(
        "Arlen Tove was born in Oldmark.",
        "Complete: ____ was born in Oldmark.|Arlen Tove",
        "Complete: Arlen Tove was born in ____.|Oldmark",
        "Where was Arlen Tove born?|Oldmark")]
    [InlineData(
        "The height of the Corn Tower is 40 metres.",
        "Complete: The height of the ____ is 40 metres.|Corn Tower",
        "Complete: The height of the Corn Tower is ____ metres.|40",
        "What is the height of the Corn Tower?|40 metres")]
    [InlineData(
        "Fort Marle has 12 narrow windows.",
        "Complete: ____ has 12 narrow windows.|Fort Marle",
        "Complete: Fort Marle has ____ narrow windows.|12",
        "How many narrow windows does Fort Marle have?|12")]
    [InlineData(
        "On 3 May 1811 the Harrow brought K-482 to the old cellar.",
        "Complete: On ____ the Harrow brought K-482 to the old cellar.|3 May 1811",
        "Complete: On 3 May 1811 the ____ brought K-482 to the old cellar.|Harrow",
        "Complete: On 3 May 1811 the Harrow brought ____ to the old cellar.|K-482",
        "Complete: On 3 May 1811 the Harrow brought K-482 to the ____.|old cellar")]
    public async Task AskAsync_OneSentence_AsksForEachTellingPart(string sentence, params string[] expected)
    {
        IReadOnlyList<StudyPair> pairs = await StudyAsync(sentence);

        Assert.Equal(expected.Order(StringComparer.Ordinal), pairs.Select(pair => $"{pair.Question}|{pair.Answer}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("It was built by Arlen Tove in 1890.")]
    [InlineData("They met Arlen Tove in Oldmark.")]
    [InlineData("\"The mill of Tarvin was built in 1890.\"")]
    [InlineData("Was the mill of Tarvin built in 1890?")]
    [InlineData("There was nothing in the house.")]
    [InlineData("Tarvin 1890.")]
    [InlineData("the mill of Tarvin was built in 1890.")]
    public async Task AskAsync_SentenceThatIsNoQuestionByItself_AsksNothing(string sentence) => Assert.Empty(await StudyAsync(sentence));

    [Fact]
    public async Task AskAsync_TwoAnswersFitOneGap_AsksForNeither()
    {
        const string Text = "Arlen Tove was seen in Oldmark. Arlen Tove was seen in Tarvin.";

        IReadOnlyList<StudyPair> pairs = await StudyAsync(Text);

        Assert.All(pairs, pair => Assert.Equal("Arlen Tove", pair.Answer));
        Assert.Equal(2, pairs.Count);
    }

    [Fact]
    public async Task RunAsync_TwoAnswersInDifferentStretches_AreBothDropped()
    {
        string filler = string.Concat(Enumerable.Repeat("So it went on and on. ", 8));
        string text = $"Arlen Tove was seen in Oldmark. {filler}Arlen Tove was seen in Tarvin.";
        var options = new SelfStudyOptions { Prompts = [StudyPrompt.Cloze], PairsPerRequest = 100, ChunkTokens = 60 };

        StudyResult study = await new SelfStudyGenerator(new ClozeTeacher(), new LetterTokenizer(), options)
            .RunAsync([new StudyDocument("a", text)], null, Token);

        Assert.DoesNotContain(study.Pairs, pair => pair.Answer is "Oldmark" or "Tarvin");
        Assert.True(study.Dropped[StudyFault.Conflicting] >= 2);
    }

    [Fact]
    public async Task AskAsync_FewerThanThereAre_DrawsBySeed()
    {
        const string Text = "The mill of Tarvin was built by Arlen Tove in 1890. The barn of Rask was built by Nela Orme in 1901.";
        var request = new TeacherRequest(Text, 3, 1);

        TeacherReply[] replies = [.. await Ask(request), .. await Ask(request), .. await Ask(request with { Seed = 2 })];

        Assert.Equal(replies[0].Text, replies[1].Text);
        Assert.NotEqual(replies[0].Text, replies[2].Text);
        Assert.All(replies, reply => Assert.Equal(3, reply.Text.Split('\n').Length));
    }

    [Fact]
    public async Task RunAsync_FactsOfTheOpenCorpus_AtLeast95PercentAreRight()
    {
        var corpus = new OpenCorpus(OpenLexicon.OfClosedCorpus(heldOut: true), _ => 2);
        (int right, int all) = (0, 0);
        for (int number = 0; number < 40; number++)
        {
            IReadOnlyList<OpenFact> facts = corpus.Draw(SeededRandom.For(number, "cloze-check"), new OpenShape(12) { OneRelationShare = 0.5 });
            var told = facts.Select(fact => new Fact(fact.Subject, fact.Relation.Name, fact.Value)).ToArray();
            IReadOnlyList<StudyPair> pairs = await StudyAsync(string.Join(' ', facts.Select(fact => fact.Sentence)));
            right += pairs.Count(pair => IsRight(pair, told));
            all += pairs.Count;
        }

        Assert.True(all > 400, $"only {all} pairs of 480 facts");
        Assert.True(right >= 0.95 * all, $"{right} of {all} pairs are right");
    }

    [Fact]
    public async Task RunAsync_InventoryOfAMuseum_AtLeast95PercentAreRight()
    {
        SeededRandom random = SeededRandom.For(11, "inventory");
        string[] things = ["brass lantern", "oak chest", "clay pipe", "iron bell", "glass bowl", "wool banner", "stone idol", "bone comb"];
        var facts = new List<Fact>();
        var text = new List<string>();
        foreach (string thing in things)
        {
            (string maker, string place, string room) = (OpenWords.Name(random), OpenWords.Capital(OpenWords.Word(random, 3)), OpenWords.Word(random, 2));
            string year = (1600 + random.Next(300)).ToString(CultureInfo.InvariantCulture);
            facts.AddRange([new(thing, "maker", maker), new(thing, "year", year), new(thing, "place", place), new(thing, "room", room)]);
            text.Add($"The {thing} was made by {maker} in {year}. It weighs little. The {thing} was found near {place}. ");
            text.Add($"Visitors of the museum see the {thing} behind the {room}. ");
        }

        IReadOnlyList<StudyPair> pairs = await StudyAsync(string.Concat(text));

        int right = pairs.Count(pair => IsRight(pair, facts));
        Assert.True(pairs.Count >= 40, $"only {pairs.Count} pairs of {facts.Count} facts");
        Assert.True(right >= 0.95 * pairs.Count, $"{right} of {pairs.Count} pairs are right");
    }

    /// <summary>Right: the question names the subject of a fact and the answer is its value, or the other way about; and no other
    /// answer would do.</summary>
    private static bool IsRight(StudyPair pair, IReadOnlyList<Fact> facts) =>
        facts.Any(fact => Names(pair.Question, fact.Subject) && Names(fact.Value, pair.Answer)
            && facts.All(other => other.Subject != fact.Subject || other.Relation != fact.Relation || other.Value == fact.Value))
        || facts.Any(fact => Names(pair.Question, fact.Value) && Names(fact.Subject, pair.Answer)
            && facts.All(other => other.Value != fact.Value || other.Relation != fact.Relation || other.Subject == fact.Subject));

    private static bool Names(string text, string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);

    private static Task<IReadOnlyList<TeacherReply>> Ask(TeacherRequest request) => new ClozeTeacher().AskAsync(request, Token);

    private static async Task<IReadOnlyList<StudyPair>> StudyAsync(string text)
    {
        var options = new SelfStudyOptions { Prompts = [StudyPrompt.Cloze], PairsPerRequest = 1000, ChunkTokens = 1 << 20 };
        StudyResult study = await new SelfStudyGenerator(new ClozeTeacher(), new LetterTokenizer(), options)
            .RunAsync([new StudyDocument("a", text)], null, Token);
        return study.Pairs;
    }

    private sealed record Fact(string Subject, string Relation, string Value);
}
