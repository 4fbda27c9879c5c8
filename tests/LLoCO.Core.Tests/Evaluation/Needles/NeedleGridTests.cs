using LLoCO.Core.Numerics;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Evaluation;
using LLoCO.Evaluation.Needles;
using LLoCO.Evaluation.Synth;
using Xunit;

namespace LLoCO.Core.Tests.Evaluation.Needles;

/// <summary>A token is a character here, so that places can be counted in the text.</summary>
public sealed class NeedleGridTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Questions_Grid_EachNeedleStandsAtItsDepthOfADocumentOfItsLength()
    {
        NeedleGrid grid = Grid(new NumberedNeedles());

        QuestionItem[] items = [.. grid.Questions()];

        Assert.Equal(2 * 5, items.Length);
        foreach (QuestionItem item in items)
        {
            (int length, int depth) = NeedleGrid.CellOf(item.Id);
            string text = item.Document!;
            Assert.InRange(text.Length, 0.95 * grid.Lengths[length], 1.05 * grid.Lengths[length]);
            int at = text.IndexOf($"Needle {item.Answers[0]}.", StringComparison.Ordinal);
            Assert.InRange(at, (grid.Depths[depth] * text.Length) - 100, (grid.Depths[depth] * text.Length) + 60);
        }

        Assert.Equal(["n0-0", "n0-1", "n0-2", "n0-3", "n0-4", "n1-0"], items.Take(6).Select(item => item.Answers[0]));
        Assert.Equal(2, items.Select(item => item.DocumentId).Distinct().Count());
    }

    [Fact]
    public void Questions_Alone_EachDocumentHoldsOneNeedle()
    {
        NeedleGrid grid = Grid(new NumberedNeedles(), alone: true);

        QuestionItem[] items = [.. grid.Questions()];

        Assert.Equal(10, items.Select(item => item.DocumentId).Distinct().Count());
        Assert.All(items, item => Assert.Equal(1, item.Document!.Split("Needle ").Length - 1));
    }

    [Fact]
    public void LongestDocument_Grid_IsTheSameAsWhenAsked()
    {
        NeedleGrid grid = Grid(new NumberedNeedles());

        Assert.Equal(grid.Questions().Last().Document, grid.LongestDocument()[0].Document);
    }

    [Theory]
    [InlineData("ship")]
    [InlineData("workshop")]
    public void SynthNeedles_TestAndTrainingAndOtherSeeds_ShareNone(string group)
    {
        HashSet<Needle> test = Needles(new SynthNeedles(group, 5), training: false);
        HashSet<Needle> training = Needles(new SynthNeedles(group, 5), training: true);
        HashSet<Needle> other = Needles(new SynthNeedles(group, 6), training: false);

        Assert.Equal(100, test.Count);
        Assert.Equal(100, training.Count);
        Assert.False(test.Overlaps(training));
        Assert.False(test.Overlaps(other));
        Assert.All(test, needle => Assert.Contains(needle.Answer, needle.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void SynthHaystack_Prose_NamesNoneOfThePeople()
    {
        string[] sentences = [.. new SynthHaystack("town").Sentences(new SeededRandom(1)).Skip(1).Take(500)];
        HashSet<string> names = [.. SynthLexicon.FirstNames, .. SynthLexicon.Surnames];

        Assert.DoesNotContain(sentences.SelectMany(sentence => sentence.Split(' ', '.', ',')), names.Contains);
        Assert.InRange(sentences.Count(sentence => sentence.StartsWith("\nPage ", StringComparison.Ordinal)), 50, 130);
    }

    [Fact]
    public void NeedleFile_OwnNeedles_TestAndTrainingShareNoneAndTogetherAreAll()
    {
        string path = _folder.PathOf("needles.jsonl");
        File.WriteAllLines(path, Enumerable.Range(0, 40).Select(number =>
            $$"""{"needle": "City {{number}} is magic.", "question": "Which city is magic?", "answer": "{{number}}"}"""));
        var file = new NeedleFile(path);

        LlocoException error = Assert.Throws<LlocoException>(() => file.Take(3, 12, training: false));

        Needle[] test = [.. Enumerable.Range(0, 10).SelectMany(number => file.Take(number, 1, training: false))];
        Needle[] training = [.. Enumerable.Range(0, 10).SelectMany(number => file.Take(number, 1, training: true))];
        Assert.Empty(test.Intersect(training));
        Assert.Equal(20, test.Concat(training).Distinct().Count());
        Assert.Contains("37 to 48", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json", "line 1")]
    [InlineData("{\"needle\": \"x\", \"question\": \"y\"}", "answer")]
    public void NeedleFile_BrokenLine_IsNamed(string line, string named)
    {
        File.WriteAllText(_folder.PathOf("needles.jsonl"), line);

        LlocoException error = Assert.Throws<LlocoException>(() => new NeedleFile(_folder.PathOf("needles.jsonl")));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Questions_HaystackTooSmall_IsAnError()
    {
        File.WriteAllText(_folder.PathOf("book.txt"), "One sentence. And another one.");
        var grid = new NeedleGrid(
            new CharacterTokenizer(), new NumberedNeedles(), new BookHaystack([_folder.PathOf("book.txt")]), "ship", 1)
        {
            Lengths = [1000],
            Depths = [0.5],
        };

        LlocoException error = Assert.Throws<LlocoException>(() => grid.Questions().ToArray());
        Assert.Contains("ends after", error.Message, StringComparison.Ordinal);
    }

    private static NeedleGrid Grid(INeedleSource needles, bool alone = false) => new(
        new CharacterTokenizer(), needles, new SynthHaystack("ship"), "ship", 3)
    {
        Lengths = [1000, 4000],
        Depths = NeedleGrid.Spread(0, 1, 5),
        Alone = alone,
    };

    private static HashSet<Needle> Needles(SynthNeedles source, bool training) =>
        [.. Enumerable.Range(0, 10).SelectMany(document => source.Take(document, 10, training))];

    private sealed class NumberedNeedles : INeedleSource
    {
        public IReadOnlyList<Needle> Take(int document, int count, bool training) =>
        [
            .. Enumerable.Range(0, count).Select(number => new Needle(
                $"Needle n{document}-{number}.", $"Where is n{document}-{number}?", $"n{document}-{number}")),
        ];
    }
}
