using LLoCO.Core.Tokenization.Merging;

namespace LLoCO.Core.Tests.Tokenization.Merging;

public sealed class SymbolMergerTests
{
    private const int Letters = 4;

    // Words of up to 48 symbols go another way than longer ones; both must do what the definition says.
    [Theory]
    [InlineData(2)]
    [InlineData(13)]
    [InlineData(48)]
    [InlineData(49)]
    [InlineData(300)]
    public void Merge_WordsByChance_JoinsTheLeastRankAndTheLeftmost(int length)
    {
        var random = new Random(length);
        for (int round = 0; round < 40; round++)
        {
            (MergeTable table, Dictionary<(int, int), (int Rank, int Id)> pairs) = MakePairs(random);
            int[] word = [.. Enumerable.Range(0, length).Select(_ => random.Next(Letters))];

            SymbolMerger merger = Merged(table, word);
            List<(int Id, int End)> expected = Define(pairs, word);

            Assert.Equal(expected.Select(symbol => symbol.Id), merger.Ids.ToArray());
            Assert.Equal(expected.Select(symbol => symbol.End), merger.Ends.ToArray());
        }
    }

    [Fact]
    public void Merge_LongRun_LooksUpInProportion()
    {
        (MergeTable table, _) = MakePairs(new Random(1));

        long shorter = Merged(table, new int[20_000]).Lookups;
        long longer = Merged(table, new int[80_000]).Lookups;

        Assert.InRange(longer, 80_000, shorter * 5);
    }

    // Pairs of letters and of what pairs make; the letter 0 joins itself, again and again.
    private static (MergeTable Table, Dictionary<(int, int), (int Rank, int Id)> Pairs) MakePairs(Random random)
    {
        var pairs = new Dictionary<(int, int), (int Rank, int Id)> { [(0, 0)] = (0, Letters) };
        for (int rank = 1; rank < 40; rank++)
        {
            int known = Letters + pairs.Count;
            pairs.TryAdd((random.Next(known), random.Next(known)), (rank, known));
        }

        var table = new MergeTable(1);
        foreach (((int left, int right), (int rank, int id)) in pairs)
        {
            table.Add(left, right, rank, id);
        }

        return (table, pairs);
    }

    private static SymbolMerger Merged(MergeTable table, int[] word)
    {
        var merger = new SymbolMerger(table);
        for (int i = 0; i < word.Length; i++)
        {
            merger.Add(word[i], i + 1);
        }

        merger.Merge();
        return merger;
    }

    private static List<(int Id, int End)> Define(Dictionary<(int, int), (int Rank, int Id)> pairs, int[] word)
    {
        List<(int Id, int End)> symbols = [.. word.Select((id, i) => (id, i + 1))];
        while (true)
        {
            int best = -1;
            int least = int.MaxValue;
            for (int i = 0; i + 1 < symbols.Count; i++)
            {
                if (pairs.TryGetValue((symbols[i].Id, symbols[i + 1].Id), out (int Rank, int Id) pair) && pair.Rank < least)
                {
                    (best, least) = (i, pair.Rank);
                }
            }

            if (best < 0)
            {
                return symbols;
            }

            int joined = pairs[(symbols[best].Id, symbols[best + 1].Id)].Id;
            symbols[best] = (joined, symbols[best + 1].End);
            symbols.RemoveAt(best + 1);
        }
    }
}
