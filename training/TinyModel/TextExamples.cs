using LLoCO.Core.Families;
using LLoCO.Core.Numerics;
using LLoCO.Core.Segments;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation;
using LLoCO.Evaluation.Synth;
using LLoCO.Training;

namespace LLoCO.Models.Tiny.Training;

/// <summary>Stories and books. The base learns the words that follow (AutoCompressors' objective), an adapter answers
/// FairytaleQA's questions.</summary>
internal sealed class TextExamples : ITrainingExamples
{
    private const int Continued = 64;

    private readonly TrainingStage _stage;
    private readonly ITokenizer _tokenizer;
    private readonly WordEncoder _encoder;
    private readonly BookNoise _books;
    private readonly (int[][] Segments, QuestionItem[] Questions)[] _stories;

    internal TextExamples(TrainingStage stage, ITokenizer tokenizer, WordEncoder encoder, BookNoise books, TrainingData data)
    {
        (_stage, _tokenizer, _encoder, _books) = (stage, tokenizer, encoder, books);
        var segmenter = new Segmenter(stage.SegmentLength, SegmentBoundary.Sentence, tokenizer);
        _stories = [.. data.Fairytales().GroupBy(item => item.DocumentId)
            .Select(story => (Cut(segmenter, Encode(story.First().Document!)), story.ToArray()))];
    }

    /// <inheritdoc/>
    public TrainingExample? Next(SeededRandom random, int segments, bool alone, bool raw)
    {
        if (_stage.QuestionShare > 0)
        {
            return Asked(random, segments);
        }

        if (random.Next(2) == 0)
        {
            int[] book = [.. _books.Take(random, ((segments + 1) * _stage.SegmentLength) + 48).SelectMany(ids => ids)];
            int[][] cuts = Enumerable.Range(0, segments + 1).Select(i => book.Skip(i * _stage.SegmentLength).Take(_stage.SegmentLength).ToArray()).ToArray();
            return cuts[^1].Length < 16 ? null : new TrainingExample(cuts[..^1], [Continue(cuts[^1])]);
        }

        (int[][] story, _) = random.Pick(_stories);
        int first = story.Length > segments ? random.Next(story.Length - segments) : -1;
        return first < 0 ? null : new TrainingExample(story[first..(first + segments)], [Continue(story[first + segments])]);
    }

    /// <summary>Questions behind the whole story, or behind its first part where the batch is of shorter documents.</summary>
    private TrainingExample? Asked(SeededRandom random, int segments)
    {
        (int[][] story, QuestionItem[] questions) = random.Pick(_stories);
        if (story.Length < segments)
        {
            return null;
        }

        QuestionItem[] chosen = [.. questions];
        random.Shuffle(chosen);
        return new TrainingExample(story[..segments], [.. chosen.Take(Math.Min(16, _stage.Items)).Select(item => Item(item, random))]);
    }

    private TrainingItem Item(QuestionItem item, SeededRandom random)
    {
        List<int> ids = [.. Encode(SynthExamples.Prompt(item.Question))];
        int target = ids.Count;
        ids.AddRange(Encode(random.Pick(item.Answers)));
        ids.Add(_tokenizer.EndOfSequenceIds[0]);
        float[] weights = new float[ids.Count];
        Array.Fill(weights, 1f, target, ids.Count - target);
        return new TrainingItem([.. ids], weights, target, "text");
    }

    private static TrainingItem Continue(int[] next)
    {
        int[] ids = next[..Math.Min(next.Length, Continued)];
        float[] weights = new float[ids.Length];
        Array.Fill(weights, 0.2f, 1, ids.Length - 1);
        return new TrainingItem(ids, weights, -1);
    }

    private int[] Encode(string text)
    {
        var ids = new List<int>();
        _encoder.Encode(text, ids);
        return [.. ids];
    }

    private static int[][] Cut(Segmenter segmenter, int[] ids)
    {
        var segments = new List<int[]>();
        int place = 0;
        foreach (int length in segmenter.Cut(ids))
        {
            segments.Add(ids[place..(place + length)]);
            place += length;
        }

        return [.. segments];
    }
}
