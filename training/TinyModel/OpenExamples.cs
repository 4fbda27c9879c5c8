using LLoCO.Core.Families;
using LLoCO.Core.Numerics;
using LLoCO.Core.Segments;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation.Synth;
using LLoCO.Training;

namespace LLoCO.Models.Tiny.Training;

/// <summary>Turns facts of the open practice corpus into training examples, among sentences of other texts. One thread at a
/// time.</summary>
internal sealed class OpenExamples : ITrainingExamples
{
    private const string Kind = "open";
    private const string ProfileKind = "profile";
    private const string FollowingKind = "pronoun";
    private const int MaxFacts = 128;
    private const int ProfileTokensPerFact = 18;
    private const int Given = 4;
    private const int Restored = 48;
    private const float RestoreWeight = 0.2f;

    private readonly ITokenizer _tokenizer;
    private readonly OpenExampleOptions _options;
    private readonly WordEncoder _encoder;
    private readonly Segmenter _segmenter;
    private readonly OpenCorpus _corpus;
    private readonly Func<SeededRandom, int, List<int[]>>? _noise;

    /// <summary>Prepares the examples.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="options">What they are made of.</param>
    /// <param name="lexicon">Nouns and names.</param>
    /// <param name="noise">Gives sentences of other texts, at most so many tokens of them; <see langword="null"/> for
    /// none.</param>
    internal OpenExamples(
        ITokenizer tokenizer, OpenExampleOptions options, OpenLexicon lexicon, Func<SeededRandom, int, List<int[]>>? noise = null)
    {
        (_tokenizer, _options, _noise) = (tokenizer, options, noise);
        _encoder = new WordEncoder(tokenizer);
        _segmenter = new Segmenter(options.SegmentLength, SegmentBoundary.Sentence, tokenizer);
        _corpus = new OpenCorpus(lexicon, text => Encode(text).Count, options.HeldOut);
    }

    /// <inheritdoc/>
    public TrainingExample? Next(SeededRandom random, int segments, bool alone, bool raw)
    {
        int tokens = segments * _options.SegmentLength;
        bool profiles = _options.ProfileShare > 0 && random.NextDouble() < _options.ProfileShare;
        double apart = profiles
            ? ProfileTokensPerFact + (random.NextDouble() * (_options.TokensPerFact - ProfileTokensPerFact))
            : _options.TokensPerFact;
        OpenShape shape = _options.Shape with
        {
            Facts = _options.Facts > 0 ? _options.Facts * segments : Math.Clamp((int)(tokens / apart), 1, MaxFacts),
        };
        IReadOnlyList<OpenFact> facts = profiles ? _corpus.DrawProfiles(random, shape) : _corpus.Draw(random, shape);
        List<(int[] Ids, OpenFact? Fact)> sentences = Mix(facts, segments, random);
        int[] ids = [.. sentences.SelectMany(sentence => sentence.Ids)];
        int[] cuts = [.. _segmenter.Cut(ids).Take(segments)];
        List<OpenFact> known = Told(sentences, cuts.Sum());
        if (cuts.Length < segments || known.Count == 0)
        {
            return null;
        }

        random.Shuffle(known);
        TrainingItem[] items = [.. Enumerable.Repeat(known, _options.AsksPerFact).SelectMany(again => again)
            .Take(_options.ItemsPerExample).Select(fact => Item(fact, random))];
        int[][] parts = Parts(ids, cuts);
        bool restored = random.NextDouble() < _options.RestoreShare;
        return new TrainingExample(parts, restored ? [.. items, Restore(random.Pick(parts))] : items);
    }

    /// <summary>Facts in their order among sentences of another text, as many as the segments have room for.</summary>
    private List<(int[] Ids, OpenFact? Fact)> Mix(IReadOnlyList<OpenFact> facts, int segments, SeededRandom random)
    {
        List<(int[] Ids, OpenFact? Fact)> told = [.. facts.Select(fact => (Encode(fact.Sentence).ToArray(), (OpenFact?)fact))];
        int room = (segments * _options.SegmentLength) + (segments > 1 ? _options.SegmentLength / 4 : -1)
            - told.Sum(sentence => sentence.Ids.Length);
        if (_noise is null || room <= 0)
        {
            return told;
        }

        // A short document is full at times and at times not.
        int wanted = segments > 1 ? room : (int)(random.NextDouble() * room);
        var sentences = new List<(int[], OpenFact?)>();
        List<int[]> others = _noise(random, wanted);
        int[] places = [.. told.Select(_ => random.Next(others.Count + 1)).Order()];
        for (int i = 1; i < places.Length; i++)
        {
            places[i] = told[i].Fact!.Follows ? places[i - 1] : places[i];
        }

        int next = 0;
        for (int place = 0; place <= others.Count; place++)
        {
            for (; next < places.Length && places[next] == place; next++)
            {
                sentences.Add(told[next]);
            }

            if (place < others.Count)
            {
                sentences.Add((others[place], null));
            }
        }

        return sentences;
    }

    /// <summary>The facts whose sentences end within the first tokens.</summary>
    private static List<OpenFact> Told(List<(int[] Ids, OpenFact? Fact)> sentences, int tokens)
    {
        var told = new List<OpenFact>();
        int place = 0;
        foreach ((int[] ids, OpenFact? fact) in sentences)
        {
            place += ids.Length;
            if (fact is not null && place <= tokens)
            {
                told.Add(fact);
            }
        }

        return told;
    }

    private TrainingItem Item(OpenFact fact, SeededRandom random)
    {
        bool question = random.NextDouble() < _options.QuestionShare;
        string cue = question ? SynthExamples.Prompt(_corpus.Question(random, fact))
            : fact.InProfile || random.NextDouble() >= _options.ListShare ? $"{fact.Relation.Name} of {fact.Subject} :"
            : _options.Shape.ListMark ? $"{fact.Subject} :"
            : fact.Subject;
        List<int> ids = Encode(cue);
        int target = ids.Count;
        ids.AddRange(Encode(fact.Value));
        int end = ids.Count;
        ids.Add(_tokenizer.EndOfSequenceIds[0]);

        // What is copied of the cue itself teaches to copy, before anything can be looked up.
        float[] weights = new float[ids.Count];
        Array.Fill(weights, question ? 0 : (float)_options.LanguageWeight, 1, target - 1);
        Array.Fill(weights, 1f, target, ids.Count - target);
        return new TrainingItem([.. ids], weights, target, fact.Follows ? FollowingKind : fact.InProfile ? ProfileKind : Kind) { TargetLength = end - target };
    }

    /// <summary>A stretch of a segment: its first tokens are given, the others are to be written. A summary that serves for this
    /// holds what nobody has asked for yet.</summary>
    private static TrainingItem Restore(int[] segment)
    {
        int[] ids = segment[..Math.Min(segment.Length, Restored)];
        float[] weights = new float[ids.Length];
        int given = Math.Min(ids.Length, Given);
        Array.Fill(weights, RestoreWeight, given, ids.Length - given);
        return new TrainingItem(ids, weights, Target: -1);
    }

    private List<int> Encode(string text)
    {
        var ids = new List<int>();
        _encoder.Encode(text, ids);
        return ids;
    }

    private static int[][] Parts(int[] ids, int[] cuts)
    {
        var parts = new int[cuts.Length][];
        int place = 0;
        for (int i = 0; i < cuts.Length; i++)
        {
            parts[i] = ids[place..(place + cuts[i])];
            place += cuts[i];
        }

        return parts;
    }
}
