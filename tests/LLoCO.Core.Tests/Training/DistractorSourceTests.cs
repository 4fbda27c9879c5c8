using LLoCO.Core.Compression;
using LLoCO.Training;

namespace LLoCO.Core.Tests.Training;

public sealed class DistractorSourceTests
{
    private const int Epochs = 40;

    private static readonly ModelFingerprint Fingerprint = new("m", "t", 4, 2, "identity");

    /// <summary>Six documents of two vectors with three questions each; a question takes three positions.</summary>
    private static readonly AdapterExample[] Examples = [.. Enumerable.Range(0, 18).Select(number => new AdapterExample
    {
        Id = $"{number}", Documents = [Document($"d{number % 6}", 2)], Prompt = new[] { 1, 2 }, Answer = new[] { 3 },
    })];

    [Fact]
    public void Get_EveryEpoch_PutsTheOwnDocumentAmongUpToSoManyOthers()
    {
        DistractorSource source = Source(distractors: 2);
        var sizes = new HashSet<int>();
        var places = new HashSet<int>();
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            for (int i = 0; i < source.Count; i++)
            {
                AdapterExample example = source.Get(i, epoch);
                string[] ids = [.. example.Documents.Select(document => document.DocumentId)];
                Assert.Equal(Examples[i].Id, example.Id);
                Assert.Distinct(ids);
                sizes.Add(ids.Length);
                places.Add(Array.IndexOf(ids, $"d{i % 6}"));
            }
        }

        Assert.Equal([1, 2, 3], sizes.Order());
        Assert.Equal([0, 1, 2], places.Order());
    }

    [Fact]
    public void Get_QuestionsOfASet_ShareThePrefixAndEachDocumentIsPaidForOnce()
    {
        DistractorSource source = Source(distractors: 3);
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            string[] prefixes = [.. Enumerable.Range(0, source.Count)
                .Select(i => string.Join(' ', source.Get(i, epoch).Documents.Select(document => document.DocumentId))).Distinct()];

            Assert.Equal(
                ["d0", "d1", "d2", "d3", "d4", "d5"], prefixes.SelectMany(prefix => prefix.Split(' ')).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Get_SameIndexAndEpoch_GivesTheSameInAnyOrderOfCalls()
    {
        DistractorSource one = Source(distractors: 3);
        DistractorSource other = Source(distractors: 3);
        string Of(DistractorSource source, int epoch) => string.Join(
            ' ', Enumerable.Range(0, source.Count).SelectMany(i => source.Get(i, epoch).Documents).Select(one => one.DocumentId));

        string[] forward = [Of(one, 0), Of(one, 1)];
        string[] backward = [Of(other, 1), Of(other, 0)];

        Assert.Equal(forward, backward.Reverse());
        Assert.NotEqual(forward[0], forward[1]);
    }

    [Fact]
    public void Get_WindowTooSmallForASet_MakesItSmaller()
    {
        DistractorSource source = new(new AdapterExampleList(Examples), 5, window: 8, seed: 1);

        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            for (int i = 0; i < source.Count; i++)
            {
                Assert.InRange(source.Get(i, epoch).Positions, 5, 8);
            }
        }
    }

    [Fact]
    public void Get_SeveralDocumentsAlready_SaysSo()
    {
        AdapterExample several = Examples[0] with { Documents = [Document("a", 2), Document("b", 2)] };
        DistractorSource source = new(new AdapterExampleList([several]), 1, 64, 1);

        Assert.Contains("'0' has 2 documents", Assert.Throws<LlocoException>(() => source.Get(0, 0)).Message);
    }

    private static DistractorSource Source(int distractors) => new(new AdapterExampleList(Examples), distractors, 1000, seed: 1);

    private static SummaryEmbeddings Document(string id, int vectors) => new(
        id, vectors, 1, SummaryEncoding.Float32, new byte[vectors * 4], [new SegmentSummary(0, 0, 4, 0, vectors)], Fingerprint);
}
