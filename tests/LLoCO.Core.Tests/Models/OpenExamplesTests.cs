using LLoCO.Core.Numerics;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation.Synth;
using LLoCO.Models.Tiny;
using LLoCO.Models.Tiny.Training;
using LLoCO.Training;

namespace LLoCO.Core.Tests.Models;

public sealed class OpenExamplesTests
{
    private static readonly SentencePieceTokenizer Tokenizer =
        SentencePieceTokenizer.Load(Path.Combine(TinyModel.Package.Folder, "tokenizer.model"));

    private static readonly OpenExampleOptions Options = new()
    {
        SegmentLength = 64, TokensPerFact = 16, ItemsPerExample = 40, LanguageWeight = 0.5,
        Shape = new OpenShape(1) { MinPieces = 3, MaxPieces = 5 },
    };

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public void Next_Items_AskForWhatTheSegmentsTell(int segments, bool noise)
    {
        var examples = new OpenExamples(Tokenizer, Options, OpenLexicon.OfClosedCorpus(), noise ? Noise : null);

        TrainingExample[] made = Make(examples, segments, 20);

        Assert.All(made, example =>
        {
            Assert.Equal(segments, example.Segments.Length);
            Assert.All(example.Segments, segment => Assert.InRange(segment.Length, 1, Options.SegmentLength));
            int[] all = [.. example.Segments.SelectMany(segment => segment)];
            Assert.NotEmpty(example.Items);
            Assert.All(example.Items, item =>
            {
                int[] value = item.Ids[item.Target..(item.Target + item.TargetLength)];
                Assert.True(all.AsSpan().IndexOf(value) >= 0);
                Assert.Equal(item.Ids.Length - 1, item.Target + item.TargetLength);
                Assert.Equal(Tokenizer.EndOfSequenceIds[0], item.Ids[^1]);
                Assert.Equal(0, item.Weights[0]);
                Assert.All(item.Weights[1..item.Target], weight => Assert.Equal(0.5f, weight));
                Assert.All(item.Weights[item.Target..], weight => Assert.Equal(1f, weight));
            });
        });
        int gulls = Tokenizer.Encode("Gulls")[0];
        Assert.Equal(noise, made.Any(example => example.Segments.Any(segment => segment.Contains(gulls))));
    }

    [Fact]
    public void Next_Questions_LearnTheAnswerOnly()
    {
        var examples = new OpenExamples(
            Tokenizer, Options with { QuestionShare = 1 }, OpenLexicon.OfClosedCorpus());

        Assert.All(Make(examples, 1, 20).SelectMany(example => example.Items), item =>
        {
            Assert.StartsWith("Question: ", Tokenizer.Decode(item.Ids[..item.Target]));
            Assert.All(item.Weights[..item.Target], weight => Assert.Equal(0f, weight));
        });
    }

    [Fact]
    public void Next_FactsPerSegment_AreAsMany()
    {
        var examples = new OpenExamples(
            Tokenizer, Options with { Facts = 4, SegmentLength = 200, Shape = Options.Shape with { ListShare = 1 } },
            OpenLexicon.OfClosedCorpus());

        Assert.All(Make(examples, 1, 20), example => Assert.Equal(4, example.Items.Count));
    }

    [Fact]
    public void From_ValueOfSeveralPieces_CountsTheFirstApartFromTheOthers()
    {
        var item = new TrainingItem([1, 2, 3, 4, 5], [0, 1, 1, 1, 1], 2, "open") { TargetLength = 2 };

        ItemBatch batch = ItemBatch.From([[item]]);

        Assert.Equal([null, "open", "open+", null], batch.Targets);
    }

    private static List<int[]> Noise(SeededRandom random, int tokens)
    {
        int[] sentence = [.. Tokenizer.Encode("Gulls followed us all day.")];
        return [.. Enumerable.Repeat(sentence, tokens / sentence.Length)];
    }

    private static TrainingExample[] Make(OpenExamples examples, int segments, int count) => [.. Enumerable.Range(0, 10 * count)
        .Select(number => examples.Next(SeededRandom.For(2, $"{number}"), segments, alone: true, raw: false))
        .OfType<TrainingExample>().Take(count)];
}
