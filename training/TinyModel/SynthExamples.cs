using System.Runtime.InteropServices;
using LLoCO.Core.Families;
using LLoCO.Core.Numerics;
using LLoCO.Core.Segments;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation.Synth;
using LLoCO.Training;

namespace LLoCO.Models.Tiny.Training;

/// <summary>Turns documents of the practice corpus into training examples. One thread at a time.</summary>
internal sealed class SynthExamples(ITokenizer tokenizer, SynthExampleOptions options) : ITrainingExamples
{
    /// <summary>Long documents hold no more facts than those of the generator, about.</summary>
    private const int MaxFacts = 128;

    private readonly WordEncoder _encoder = new(tokenizer);
    private readonly Segmenter _segmenter = new(options.SegmentLength, SegmentBoundary.Sentence, tokenizer);

    /// <summary>What stands behind a chunk that a teacher shall ask about.</summary>
    internal const string TeacherCue = "Ask:";

    /// <summary>Puts a question as the model learns to be asked.</summary>
    internal static string Prompt(string question) => $"Question: {question} Answer:";

    /// <inheritdoc/>
    TrainingExample? ITrainingExamples.Next(SeededRandom random, int segments, bool alone, bool raw) =>
        Next(random, segments);

    /// <summary>Writes a document and cuts it.</summary>
    /// <param name="random">Draws seed, group and number.</param>
    /// <param name="segments">Segments that the example shall have.</param>
    internal TrainingExample Next(SeededRandom random, int segments)
    {
        while (true)
        {
            string group = options.Group ?? random.Pick(SynthGenerator.Groups);
            long names = random.NextDouble() < options.MiddleNameShare ? MiddleNames(random) : 0;
            SynthShare share = SynthFactSpace.OfTraining(random.Next(SynthFactSpace.TrainingSlots), names);
            int tokens = Math.Max(64, (segments * options.SegmentLength) + (segments > 1 ? 32 : 0));
            var shape = new SynthShape(tokens, Math.Clamp((int)(tokens / options.TokensPerFact), 1, MaxFacts))
            {
                OneRelation = random.NextDouble() < options.OneRelationShare,
                ListShare = options.ListShare,
            };
            SynthDocument document = SynthGenerator.Write(SynthGroup.Named(group), group, random, share, shape);
            TrainingExample? example = Cut(document, segments, random);
            if (example is not null)
            {
                return example;
            }
        }
    }

    /// <summary>From one to three middle names, as documents of seeds have.</summary>
    private static long MiddleNames(SeededRandom random) => random.Next(1 << (8 * (1 + random.Next(3))));

    private TrainingExample? Cut(SynthDocument document, int segments, SeededRandom random)
    {
        var ids = new List<int>();
        var starts = new List<int>();
        _encoder.Encode(document.Text, ids, starts);
        var cuts = new List<int[]>();
        int place = 0;
        foreach (int length in _segmenter.Cut(CollectionsMarshal.AsSpan(ids)).Take(segments))
        {
            cuts.Add(ids.GetRange(place, length).ToArray());
            place += length;
        }

        if (cuts.Count < segments)
        {
            return null;
        }

        List<SynthFact> known = document.Facts
            .Where(fact => TokensBefore(document.Text, fact, starts, ids.Count) <= place).ToList();
        if (known.Count == 0)
        {
            return null;
        }

        random.Shuffle(known);
        SynthGroup group = SynthGroup.Named(document.Group);
        TrainingItem[] items = Enumerable.Repeat(known, options.AsksPerFact).SelectMany(facts => facts)
            .Take(options.ItemsPerExample).Select(fact => Item(group, fact, random)).ToArray();
        return new TrainingExample(cuts.ToArray(), items);
    }

    /// <summary>Tokens up to the end of a fact's sentence.</summary>
    private static int TokensBefore(string text, SynthFact fact, List<int> wordStarts, int total)
    {
        int word = text.AsSpan(0, fact.Start + fact.Length).Count(' ') + 1;
        return word < wordStarts.Count ? wordStarts[word] : total;
    }

    private TrainingItem Item(SynthGroup group, SynthFact fact, SeededRandom random)
    {
        SynthRelation relation = group.Relations.First(candidate => candidate.Name == fact.Relation);
        var ids = new List<int>();
        if (options.Teacher)
        {
            return Teach(relation, fact, random);
        }

        bool question = random.NextDouble() < options.QuestionShare;
        if (question)
        {
            _encoder.Encode(Prompt(SynthGenerator.Fill(random.Pick(relation.Questions), fact.Subject, fact.Value)), ids);
            int target = ids.Count;
            _encoder.Encode(fact.Value, ids);
            ids.Add(tokenizer.EndOfSequenceIds[0]);
            float[] answer = new float[ids.Count];
            Array.Fill(answer, 1f, target, ids.Count - target);
            return new TrainingItem(ids.ToArray(), answer, target);
        }

        return Restate(relation, fact, random);
    }

    /// <summary>What a teacher writes about a chunk: a question and its answer. Which fact it asks about is its own choice, so
    /// the loss of the person's name is that of a free choice.</summary>
    private TrainingItem Teach(SynthRelation relation, SynthFact fact, SeededRandom random)
    {
        var ids = new List<int>();
        string question = SynthGenerator.Fill(random.Pick(relation.Questions), fact.Subject, fact.Value);
        _encoder.Encode(TeacherCue, ids);
        int given = ids.Count;
        _encoder.Encode(Prompt(question), ids);
        int target = ids.Count;
        _encoder.Encode(fact.Value, ids);
        ids.Add(tokenizer.EndOfSequenceIds[0]);
        float[] weights = new float[ids.Count];
        Array.Fill(weights, 1f, given, ids.Count - given);
        return new TrainingItem(ids.ToArray(), weights, target);
    }

    private TrainingItem Restate(SynthRelation relation, SynthFact fact, SeededRandom random)
    {
        var ids = new List<int>();
        string wording = random.NextDouble() < options.ListShare ? SynthRelation.ListWording : random.Pick(relation.Restatements);
        int before = wording.IndexOf("{V}", StringComparison.Ordinal);
        _encoder.Encode(SynthGenerator.Fill(wording[..before].TrimEnd(' '), fact.Subject, fact.Value), ids);
        int place = ids.Count;
        _encoder.Encode(SynthGenerator.Fill(wording[before..], fact.Subject, fact.Value), ids);
        ids.Add(tokenizer.EndOfSequenceIds[0]);
        float[] weights = new float[ids.Count];
        Array.Fill(weights, (float)options.LanguageWeight);
        weights[0] = 0;
        weights[place] = 1;
        return new TrainingItem(ids.ToArray(), weights, place);
    }
}
