using LLoCO.Evaluation.Synth;

namespace LLoCO.Core.Tests.Synth;

public sealed class SynthGeneratorTests
{
    public static TheoryData<string> Groups => [.. SynthGenerator.Groups];

    [Theory]
    [MemberData(nameof(Groups))]
    public void Write_SameSeed_GivesSameDocument(string group)
    {
        SynthDocument first = new SynthGenerator(5).Write(group, 2, 1000);
        SynthDocument second = new SynthGenerator(5).Write(group, 2, 1000);

        Assert.Equal(first.Text, second.Text);
        Assert.Equal(first.Facts, second.Facts);
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Write_Fact_StandsWhereItSays(string group)
    {
        SynthDocument document = new SynthGenerator(11).Write(group, 0, 4000);

        Assert.All(document.Facts, fact =>
        {
            string sentence = document.Text.Substring(fact.Start, fact.Length);
            Assert.Contains(fact.Subject, sentence, StringComparison.Ordinal);
            Assert.Contains(fact.Value, sentence, StringComparison.Ordinal);
            Assert.Contains(fact.Subject, fact.Question, StringComparison.Ordinal);
            Assert.DoesNotContain(fact.Value, fact.Question, StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Write_LongDocument_SpreadsFactsOverIt(string group)
    {
        SynthDocument document = new SynthGenerator(12).Write(group, 0, 4500);

        // Quarters of the text hold about equally many of the facts.
        int[] quarters = Enumerable.Range(0, 4)
            .Select(quarter => document.Facts.Count(fact => 4L * fact.Start / document.Text.Length == quarter)).ToArray();
        Assert.True(document.Facts.Count >= 40, $"{document.Facts.Count} facts");
        Assert.All(quarters, count => Assert.InRange(count, document.Facts.Count / 6, document.Facts.Count / 3));
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Write_Document_AsksEachThingOnce(string group)
    {
        SynthDocument document = new SynthGenerator(13).Write(group, 1, 5000);

        Assert.Equal(document.Facts.Count, document.Facts.Select(fact => (fact.Subject, fact.Relation)).Distinct().Count());

        // A surname stands for one person, so a question has one answer.
        Assert.All(
            document.Facts.GroupBy(fact => fact.Subject.Split(' ')[^1]),
            family => Assert.Single(family.Select(fact => fact.Subject).Distinct()));
    }

    [Fact]
    public void Write_TwoSeeds_ShareNoFact()
    {
        // Neighbouring seeds, seeds that agree in their lower bits, and seeds far apart.
        int[] seeds = [1, 2, 3, 4097, 65537, 131073, 20261123, 2147483647];
        var owners = new Dictionary<(string, string, string, string), int>();
        foreach (int seed in seeds)
        {
            foreach (string group in SynthGenerator.Groups)
            {
                for (int number = 0; number < 8; number++)
                {
                    foreach (SynthFact fact in new SynthGenerator(seed).Write(group, number, 5000).Facts)
                    {
                        (string, string, string, string) told = (group, fact.Subject, fact.Relation, fact.Value);
                        Assert.Equal(seed, owners.GetValueOrDefault(told, seed));
                        owners[told] = seed;
                    }
                }
            }
        }
    }

    [Fact]
    public void Record_AllSlots_DealsEachRecordOnce()
    {
        // The bijection behind the guarantee, over a sample of the 2^22 records of a group: none is dealt twice.
        var seen = new HashSet<(string, int)>();
        for (int slot = 0; slot < 65536; slot += 257)
        {
            for (int number = 0; number < SynthFactSpace.RecordsPerSlot; number++)
            {
                (string person, _, int[] values) = SynthFactSpace.Record(1, new SynthShare(slot, 0), number);
                Assert.True(seen.Add((person, values[0])), $"{person} with value {values[0]} was dealt twice");
            }
        }
    }

    [Fact]
    public void OfSeed_AnySeed_IsNoTrainingSlot()
    {
        SynthShare first = SynthFactSpace.OfTraining(0, 0);
        SynthShare last = SynthFactSpace.OfTraining(SynthFactSpace.TrainingSlots - 1, 0);

        Assert.All(
            Enumerable.Range(0, 5000).Append(int.MaxValue).Append(20261123),
            seed => Assert.NotInRange(SynthFactSpace.OfSeed(seed, 3).Slot, first.Slot, last.Slot));
    }

    [Fact]
    public void Write_NegativeSeed_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SynthGenerator(-1));

    [Fact]
    public void Write_UnknownGroup_NamesTheGroups()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new SynthGenerator(1).Write("farm", 0, 1000));

        Assert.Contains("farm", error.Message, StringComparison.Ordinal);
        Assert.Contains("ship, town, workshop", error.Message, StringComparison.Ordinal);
    }
}
